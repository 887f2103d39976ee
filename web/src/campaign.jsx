// SPDX-License-Identifier: Apache-2.0
// campaign.jsx - one campaign: how far it is, what stopped it, what failed, its devices.
import { path } from "./api.js";
import { Actions } from "./actions.jsx";
import { Banner } from "./banner.jsx";
import { isActive } from "./campaigns.jsx";
import { BurnUp } from "./chart.jsx";
import { Device } from "./device.jsx";
import { bytes, moment, ms, num, percent, relative, span } from "./format.js";
import { Ago, Badge, Behind, Figure, Legend, Stack, Trouble } from "./parts.jsx";
import { Plan } from "./plan.jsx";
import { ofCampaign, useNow, useResource } from "./resources.js";
import { go, link } from "./route.js";
import { NotStarted } from "./start.jsx";
import { Tasks } from "./tasks.jsx";
import { COMPONENT_STATES, FINAL, LEFT_OUT, REASONS, TASK_STATES, TROUBLE, UNDER_WAY, WAITS, sum, total } from "./words.js";

function Head({ campaign: c, role, progress }) {
  return (
    <header class="campaign-head">
      <p class="back"><a href="#/">All campaigns</a></p>
      <div class="campaign-title">
        <h1>{c.name}</h1>
        <Badge word={c.braked && isActive(c) ? "braked" : c.state} />
      </div>
      <p class="subtitle">
        <span>Campaign {c.id}</span>
        <span>{c.bundle}</span>
        {c.q ? <code title="Which devices">{c.q}</code> : <span>all devices of the bundle</span>}
        {c.components && <span>only {c.components.join(", ")}</span>}
        <span>{c.started_at ? "started" : "created"} <Ago time={c.started_at ?? c.created_at} />{c.created_by && ` by ${c.created_by}`}</span>
      </p>
      <Actions campaign={c} progress={progress} role={role} />
    </header>
  );
}

function endOf(progress, now) {
  if (progress.ended_at)
    return ["Ended", moment(ms(progress.ended_at)), `took ${span(ms(progress.ended_at) - ms(progress.started_at))}`];
  if (progress.estimated_end_at)
    return ["Estimated end", moment(ms(progress.estimated_end_at)), relative(progress.estimated_end_at, now)];
  return ["Estimated end", "–", progress.state === "running" ? "once some have ended" : `while ${progress.state}`];
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
    </p>
  );
}

function Components({ progress, filter, pick }) {
  const components = Object.entries(progress.components);
  return (
    <div class="components">
      {components.map(([name, counts]) => (
        <section key={name} class="component" data-component={name} aria-label={`Component ${name}`}>
          <h3>{name}</h3>
          <Stack counts={counts} words={COMPONENT_STATES} label={`Component ${name}`} />
          <Legend counts={counts} words={COMPONENT_STATES} picked={filter.component === name ? filter.component_state : ""}
            onPick={(component_state) => pick(component_state ? { component: name, component_state } : {})} />
        </section>
      ))}
      <Behind caption="Components as a table" head={["Component", ...COMPONENT_STATES, "all"]}
        rows={components.map(([name, counts]) => [name, ...COMPONENT_STATES.map((word) => num(counts[word])), num(total(counts))])} />
    </div>
  );
}

function Progress({ progress, filter, pick }) {
  return (
    <section class="card" aria-labelledby="progress-title">
      <h2 id="progress-title">Progress</h2>
      <div data-tasks>
        <Stack counts={progress.tasks} words={TASK_STATES} label="Devices" size="tall" />
        <Legend counts={progress.tasks} words={TASK_STATES} picked={filter.state} onPick={(state) => pick(state ? { state } : {})} />
      </div>
      <Waits progress={progress} pick={pick} />
      <Components progress={progress} filter={filter} pick={pick} />
    </section>
  );
}

/** What went wrong, the most frequent first; a row filters the devices. */
function Pareto({ progress, filter, pick }) {
  const reasons = [...progress.reasons].sort((a, b) => b.devices - a.devices);
  const most = reasons[0]?.devices ?? 1;
  return (
    <section class="card" aria-labelledby="reasons-title">
      <h2 id="reasons-title">Reasons</h2>
      {reasons.length === 0 && <p class="faint">{sum(progress.tasks, FINAL) ? "Nothing has failed." : "Nothing has ended yet."}</p>}
      <ul class="pareto">
        {reasons.map((r) => {
          const isPicked = filter.reason === r.reason && filter.state === r.state;
          return (
            <li key={r.state + r.reason}>
              <button type="button" aria-pressed={isPicked} class={`pareto-row s-${r.state}`} data-reason={r.reason}
                onClick={() => pick(isPicked ? {} : { state: r.state, reason: r.reason })}>
                <span class="pareto-bar"><span style={{ width: `${(100 * r.devices) / most}%` }} /></span>
                <span class="pareto-word">{r.reason}</span>
                <Badge word={r.state} />
                <b>{num(r.devices)}</b>
                {REASONS[r.reason] && <span class="pareto-help">{REASONS[r.reason]}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function Campaign({ id, filter, role }) {
  const { data: campaign, error } = useResource(path("campaigns", id), ofCampaign(id));
  const { data: progress } = useResource(`${path("campaigns", id)}/progress`, ofCampaign(id), isActive);
  const { device, ...wanted } = filter;
  const pick = (picked) => go(id, picked);
  if (!campaign || !progress) return <section class="card loading" aria-busy={!error}><Trouble error={error} /></section>;
  const hasTasks = progress.devices > 0;
  return (
    <>
      <Head campaign={campaign} role={role} progress={progress} />
      <Banner campaign={campaign} />
      {hasTasks ? (
        <>
          <Figures progress={progress} />
          <Progress progress={progress} filter={wanted} pick={pick} />
          <div class="pair">
            <BurnUp id={id} progress={progress} />
            <Pareto progress={progress} filter={wanted} pick={pick} />
          </div>
        </>
      ) : <section class="card"><NotStarted id={id} /></section>}
      <Plan campaign={campaign} />
      {hasTasks && <Tasks id={id} filter={wanted} pick={pick} progress={progress} />}
      {device && <Device campaign={id} endpoint={device} role={role} onClose={() => { location.hash = link(id, wanted); }} />}
    </>
  );
}
