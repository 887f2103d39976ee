// SPDX-License-Identifier: Apache-2.0
// campaign.jsx - one campaign: how far it is, what stopped it, what failed, its devices.
import { path, query } from "./api.js";
import { Actions } from "./actions.jsx";
import { Banner } from "./banner.jsx";
import { BrakeMarks, BrakeState } from "./brake.jsx";
import { BurnUp } from "./burnup.jsx";
import { isActive, wordOf } from "./campaigns.jsx";
import { bytes, moment, ms, num, percent, relative, span } from "./format.js";
import { Funnel } from "./funnel.jsx";
import { History } from "./history.jsx";
import { Ago, Badge, BehindStack, Card, Figure, Legend, Stack, ViewHead, Waiting } from "./parts.jsx";
import { Pareto } from "./pareto.jsx";
import { Plan, Policy } from "./plan.jsx";
import { ofCampaign, useNow, useResource } from "./resources.js";
import { go, link } from "./route.js";
import { NotStarted } from "./start.jsx";
import { Tasks } from "./tasks.jsx";
import { LEFT_OUT, TASK_STATES, TROUBLE, UNDER_WAY, WAITS, sum } from "./words.js";

const Head = ({ campaign: c, role, progress, plan }) => (
  <ViewHead title={c.name} badge={<Badge word={wordOf(c)} />} back={[link("campaigns"), "All campaigns"]}
    actions={<Actions campaign={c} progress={progress} role={role} plan={plan} />}>
    <span>Campaign {c.id}</span>
    <a href={link("bundles", c.bundle)}>{c.bundle}</a>
    {c.q ? <code title="Which devices">{c.q}</code> : <span>all devices of the bundle</span>}
    {c.components && <span>only {c.components.join(", ")}</span>}
    {c.approved_by && <span>approved by {c.approved_by}</span>}
    <span>{c.started_at ? "started" : "created"} <Ago time={c.started_at ?? c.created_at} />{c.created_by && ` by ${c.created_by}`}</span>
  </ViewHead>
);

function endOf(progress, now) {
  if (progress.ended_at)
    return ["Ended", moment(ms(progress.ended_at)), `took ${span(ms(progress.ended_at) - ms(progress.started_at))}`];
  if (progress.estimated_end_at)
    return ["Estimated end", moment(ms(progress.estimated_end_at)), relative(progress.estimated_end_at, now)];
  return ["Estimated end", "–", progress.state === "running" ? (progress.ended ? "the rest waits" : "once some have ended") : `while ${progress.state}`];
}

function Figures({ progress: p }) {
  const now = useNow();
  const [endLabel, end, endNote] = endOf(p, now);
  const tried = p.ended - sum(p.tasks, LEFT_OUT);
  return (
    <dl class="figures">
      <Figure name="ended" label="Devices ended" value={num(p.ended)} note={`of ${num(p.devices)}, ${percent(p.ended, p.devices)}`} />
      <Figure name="succeeded" label="Succeeded" value={num(p.tasks.succeeded)} note={`${percent(p.tasks.succeeded ?? 0, tried)} of those tried`} />
      <Figure name="trouble" label="In trouble" value={num(sum(p.tasks, TROUBLE))} note="failed, partial or need attention" />
      <Figure name="under-way" label="Under way" value={num(sum(p.tasks, UNDER_WAY))} note={`${num(p.tasks.waiting)} waiting`} />
      <Figure name="bytes" label="Sent" value={bytes(p.bytes.sent)} note={`${bytes(p.bytes.left)} left of ${bytes(p.bytes.total)}`} />
      <Figure name="end" label={endLabel} value={end} note={endNote} />
    </dl>
  );
}

function Waits({ progress, pick }) {
  const waits = Object.entries(progress.waiting_for);
  if (!waits.length || !progress.tasks.waiting) return null;
  return (
    <p class="waits">
      Waiting: {waits.map(([word, n]) => (
        <button key={word} type="button" class="chip" title={`Show what waits ${WAITS[word] ?? word}`}
          onClick={() => pick({ state: "waiting", waiting_for: word })}><b>{num(n)}</b> {word}</button>
      ))}
      {progress.reason === "first-devices" && <span>{progress.detail}</span>}
    </p>
  );
}

const Progress = ({ campaign, progress, filter, pick }) => (
  <Card id="progress" title="Progress">
    <div data-tasks>
      <Stack counts={progress.tasks} words={TASK_STATES} label="Devices" size="tall" />
      <BrakeMarks campaign={campaign} progress={progress} />
      <Legend counts={progress.tasks} words={TASK_STATES} picked={filter.state} onPick={(state) => pick(state ? { state } : {})} />
    </div>
    <Waits progress={progress} pick={pick} />
    {isActive(campaign) && <BrakeState campaign={campaign} />}
    <BehindStack caption="Progress as a table" counts={progress.tasks} words={TASK_STATES} />
  </Card>
);

const WhoDidWhat = ({ id }) => (
  <Card id="history" title="Who did what">
    <History url={`/v1/events${query({ campaign: id, kind: "campaign" })}`} wants={ofCampaign(id)} limit={8} what="events" />
  </Card>
);

export function Campaign({ id, filter, role }) {
  const { data: campaign, error } = useResource(path("campaigns", id), ofCampaign(id));
  const { data: progress } = useResource(`${path("campaigns", id)}/progress`, ofCampaign(id), isActive);
  const plan = useResource(campaign ? path("plans", campaign.plan) : null);
  const pick = (picked) => go("campaigns", id, picked);
  if (!campaign || !progress || !(plan.data || plan.error)) return <Waiting title={`Campaign ${id}`} back={[link("campaigns"), "All campaigns"]} error={error} />;
  const hasTasks = progress.devices > 0;
  return (
    <>
      <Head campaign={campaign} role={role} progress={progress} plan={plan.data} />
      <Banner campaign={campaign} />
      {hasTasks ? (
        <>
          <Figures progress={progress} />
          <Progress campaign={campaign} progress={progress} filter={filter} pick={pick} />
          <div class="pair">
            <BurnUp id={id} progress={progress} />
            <Pareto progress={progress} filter={filter} pick={pick} />
          </div>
          <Funnel progress={progress} filter={filter} pick={pick} />
        </>
      ) : <section class="card"><NotStarted /></section>}
      <Plan plan={plan}>
        <details class="behind">
          <summary>Policy</summary>
          <Policy policy={campaign.policy} />
        </details>
      </Plan>
      <WhoDidWhat id={id} />
      {hasTasks && <Tasks id={id} filter={filter} pick={pick} progress={progress} />}
    </>
  );
}
