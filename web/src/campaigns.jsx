// SPDX-License-Identifier: Apache-2.0
// campaigns.jsx - the list of campaigns: those that need somebody come first.
import { canOperate } from "./actions.jsx";
import { num, percent } from "./format.js";
import { Ago, Badge, Card, Pager, Stack, Trouble, ViewHead } from "./parts.jsx";
import { ofCampaign, ofKind, usePages, useResource } from "./resources.js";
import { link } from "./route.js";
import { NoCampaign } from "./start.jsx";
import { ENDED_CAMPAIGN, TASK_STATES } from "./words.js";

export const isActive = (campaign) => campaign && !ENDED_CAMPAIGN.includes(campaign.state);
export const wordOf = (campaign) => campaign.braked && isActive(campaign) ? "braked" : campaign.state;

/** By itself: who paused it gave no reason. */
export const hasStopped = (c) => isActive(c) && (c.braked || (c.state === "paused" && c.reason));

const GROUPS = [
  ["Needs a decision", hasStopped],
  ["Under way", (c) => ["running", "aborting"].includes(c.state)],
  ["Paused", (c) => c.state === "paused"],
  ["Not started", (c) => ["draft", "scheduled"].includes(c.state)],
  ["Ended", () => true],
];

function grouped(items) {
  const groups = GROUPS.map(([title]) => ({ title, items: [] }));
  for (const item of items) groups[GROUPS.findIndex(([, fits]) => fits(item))].items.push(item);
  return groups.filter((group) => group.items.length);
}

function Row({ campaign: c }) {
  const { data } = useResource(`/v1/campaigns/${c.id}/progress`, ofCampaign(c.id), isActive);
  return (
    <li>
      <a class="campaign-row" href={link("campaigns", c.id)}>
        <span class="campaign-name">{c.name}</span>
        <Badge word={wordOf(c)} />
        <span class="faint">{c.bundle}</span>
        <Stack counts={data?.tasks} words={TASK_STATES} label="Devices" />
        <span class="faint">{data?.devices ? `${num(data.ended)} of ${num(data.devices)} ended, ${percent(data.ended, data.devices)}` : "no devices yet"}</span>
        <span class="faint end">{c.ended_at ? "ended " : c.started_at ? "started " : "created "}<Ago time={c.ended_at ?? c.started_at ?? c.created_at} />
          {c.created_by && ` by ${c.created_by}`}</span>
      </a>
    </li>
  );
}

export const NewCampaign = ({ role, filter }) => canOperate(role) && (
  <a class="button primary" href={link("campaigns", "new", filter)}>New campaign</a>
);

export function Campaigns({ role, status }) {
  const list = usePages("/v1/campaigns", { wants: ofKind("campaign") });
  return (
    <>
      <ViewHead title="Campaigns" actions={<NewCampaign role={role} />} />
      <Trouble error={list.error} />
      {list.items?.length === 0 && list.isFirst && <NoCampaign status={status} role={role} />}
      {list.items && grouped(list.items).map((group) => (
        <Card key={group.title} id={`group-${group.title.replaceAll(" ", "-")}`} title={group.title} note={num(group.items.length)}>
          <ul class="campaigns">{group.items.map((c) => <Row key={c.id} campaign={c} />)}</ul>
        </Card>
      ))}
      <Pager list={list} what="campaigns" />
    </>
  );
}
