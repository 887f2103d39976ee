// SPDX-License-Identifier: Apache-2.0
// campaigns.jsx - the list of campaigns: those that need somebody come first.
import { useEffect, useRef, useState } from "preact/hooks";
import { query } from "./api.js";
import { num, percent } from "./format.js";
import { Ago, Badge, Stack, Trouble } from "./parts.jsx";
import { ofCampaign, useResource } from "./resources.js";
import { link } from "./route.js";
import { ENDED_CAMPAIGN, TASK_STATES } from "./words.js";

const PAGE = 25;
const GROUPS = [
  ["Needs a decision", (c) => c.braked && !ENDED_CAMPAIGN.includes(c.state)],
  ["Under way", (c) => ["running", "aborting"].includes(c.state)],
  ["Paused", (c) => c.state === "paused"],
  ["Not started", (c) => ["draft", "scheduled"].includes(c.state)],
  ["Ended", () => true],
];

export const isActive = (campaign) => campaign && !ENDED_CAMPAIGN.includes(campaign.state);

function grouped(items) {
  const groups = GROUPS.map(([title]) => ({ title, items: [] }));
  for (const item of items) groups[GROUPS.findIndex(([, fits]) => fits(item))].items.push(item);
  return groups.filter((group) => group.items.length);
}

/** @return the newest campaigns, grouped, and which to show when none was chosen */
export function useCampaigns() {
  const [limit, setLimit] = useState(PAGE);
  const [last, setLast] = useState(null);
  const { data, error } = useResource(`/v1/campaigns${query({ limit })}`, (e) => e.kind === "campaign");
  useEffect(() => {
    if (data) setLast(data);
  }, [data]);
  const held = data ?? last;
  const groups = held && grouped(held.items);
  const first = useRef(""); // stays, whatever comes before it later
  first.current ||= groups?.[0]?.items[0].id ?? "";
  const more = held?.next && limit < 1000 ? () => setLimit(Math.min(1000, limit * 4)) : null;
  return { items: held?.items, groups, first: first.current, more, error };
}

function Row({ campaign: c, isShown }) {
  const { data } = useResource(`/v1/campaigns/${c.id}/progress`, ofCampaign(c.id), isActive);
  const word = c.braked && isActive(c) ? "braked" : c.state;
  return (
    <li>
      <a class="campaign-row" href={link(c.id)} aria-current={isShown ? "page" : undefined}>
        <span class="campaign-name">{c.name}</span>
        <Badge word={word} />
        <Stack counts={data?.tasks} words={TASK_STATES} label="Tasks" size="thin" />
        <span class="faint">{data?.devices ? `${num(data.ended)} of ${num(data.devices)} ended` : c.bundle}</span>
        <span class="faint end">{data?.devices && isActive(c) ? percent(data.ended, data.devices) : <Ago time={c.ended_at ?? c.created_at} />}</span>
      </a>
    </li>
  );
}

export const CampaignList = ({ campaigns: { groups, more, error }, shown }) => (
  <nav class="campaigns" aria-label="Campaigns">
    <h2 class="list-title">Campaigns</h2>
    <Trouble error={error} />
    {groups?.length === 0 && <p class="faint">None yet.</p>}
    {groups?.map((group) => (
      <section key={group.title}>
        <h3>{group.title}</h3>
        <ul>{group.items.map((c) => <Row key={c.id} campaign={c} isShown={c.id === shown} />)}</ul>
      </section>
    ))}
    {more && <button type="button" class="quiet wide" onClick={more}>Older campaigns</button>}
  </nav>
);
