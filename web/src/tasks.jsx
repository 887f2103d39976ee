// SPDX-License-Identifier: Apache-2.0
// tasks.jsx - the devices of a campaign as a table that filters and pages.
import { useEffect, useRef } from "preact/hooks";
import { path, query } from "./api.js";
import { bytes, num, percent } from "./format.js";
import { EndpointCell, openRow, RowTable } from "./devices.jsx";
import { Ago, Badge, Card, Empty, Icon, Pager, Select, Trouble } from "./parts.jsx";
import { ofCampaign, usePages } from "./resources.js";
import { link } from "./route.js";
import { COMPONENT_STATES, ICONS, REASONS, TASK_STATES, WAITING_FOR, WAITS } from "./words.js";

const Choice = ({ label, name, filter, words, pick, counts }) => (
  <Select label={label} name={name} value={filter[name] ?? ""} set={(picked) => pick({ ...filter, [name]: picked })}
    words={[["", "any"], ...words.map((word) => [word, counts?.[word] ? `${word} (${num(counts[word])})` : word])]} />
);

function Filters({ filter, pick, progress }) {
  const present = (words, counts, picked) => words.filter((word) => counts[word] || word === picked);
  const reasons = {};
  for (const r of progress.reasons)
    if (!filter.state || filter.state === r.state) reasons[r.reason] = (reasons[r.reason] ?? 0) + r.devices;
  const components = Object.keys(progress.components);
  const parts = progress.components[filter.component] ?? {};
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <div class="filters">
      <Choice label="State" name="state" words={present(TASK_STATES, progress.tasks, filter.state)} counts={progress.tasks} filter={filter}
        pick={(f) => pick({ ...f, waiting_for: f.state === "waiting" ? f.waiting_for : "", reason: "" })} />
      {(filter.state === "waiting" || filter.waiting_for) &&
        <Choice label="Waiting for" name="waiting_for" words={present(WAITING_FOR, progress.waiting_for, filter.waiting_for)}
          counts={progress.waiting_for} filter={filter} pick={pick} />}
      <Choice label="Reason" name="reason" words={[...new Set([...Object.keys(reasons), filter.reason])].filter(Boolean)}
        counts={reasons} filter={filter} pick={pick} />
      <Choice label="Component" name="component" words={components} filter={filter}
        pick={(f) => pick({ ...f, component_state: f.component ? f.component_state : "" })} />
      {filter.component &&
        <Choice label="is" name="component_state" words={present(COMPONENT_STATES, parts, filter.component_state)} counts={parts}
          filter={filter} pick={pick} />}
      {isFiltered && <button type="button" class="quiet" onClick={() => pick({})}>Clear</button>}
    </div>
  );
}

/* Their sign says it all, but to those who cannot see it. */
const SILENT = ["updated", "pending"];

/** One component of a task: what it was, what it becomes, how much has arrived. */
export function Part({ part: p }) {
  const isMoving = p.state === "delivering" && p.bytes_total > 0;
  return (
    <span class={`part s-${p.state}`} title={`${p.component}: ${p.state}${p.reason ? `, ${p.reason}` : ""}`}>
      <span class="part-sign"><Icon name={ICONS[p.state]} /></span>
      <span class="part-name">{p.component}</span>
      <span class="versions"><span>{p.from || "none"}</span> <Icon name="arrow" /> <span class="to">{p.to}</span></span>
      <span class={`part-state ${SILENT.includes(p.state) ? "unseen" : ""}`}>{isMoving ? `${percent(Math.min(p.bytes_sent, p.bytes_total), p.bytes_total)} of ${bytes(p.bytes_total)}` : p.state}</span>
      {isMoving && <progress max={p.bytes_total} value={p.bytes_sent} aria-label={`${p.component} sent`} />}
    </span>
  );
}

const isLate = (task) => task.active && task.deadline_at && Date.parse(task.deadline_at) < Date.now();

const Row = ({ task: t }) => (
  <tr role="row" onClick={openRow(link("devices", t.endpoint))} data-endpoint={t.endpoint} data-state={t.state}>
    <EndpointCell endpoint={t.endpoint} />
    <td role="cell" data-label="State">
      <Badge word={t.state} detail={t.waiting_for} />
      {isLate(t) && <span class="late">late</span>}
    </td>
    <td role="cell" data-label="Components" class="wide-cell"><div class="parts">{t.components?.map((p) => <Part key={p.component} part={p} />)}</div></td>
    <td role="cell" data-label="Since" class="when"><Ago time={t.since} /></td>
    <td role="cell" data-label="Next" class="when">{t.next_at && t.active ? <Ago time={t.next_at} /> : <span class="faint">–</span>}</td>
    <td role="cell" data-label="Reason" class="why" title={t.detail || REASONS[t.reason] || (t.waiting_for && `Waits ${WAITS[t.waiting_for]}`)}>
      {t.reason ? <code>{t.reason}</code> : <span class="faint">–</span>}
      {t.detail && <span class="detail">{t.detail}</span>}
    </td>
  </tr>
);

const HEAD = ["Device", "State", "Components", "Since", "Next", "Reason"];

export function Tasks({ id, filter, pick, progress }) {
  const list = usePages(`${path("campaigns", id)}/tasks${query({ include: "components", ...filter })}`, { wants: ofCampaign(id), hasBeat: () => true });
  const section = useRef(null);
  const wanted = JSON.stringify(filter);
  const before = useRef(wanted);
  useEffect(() => { // a filter picked in a chart shows what it picked
    if (before.current === wanted) return;
    before.current = wanted;
    if (section.current.getBoundingClientRect().top > innerHeight * 0.8) section.current.scrollIntoView({ block: "start" });
  }, [wanted]);
  return (
    <div ref={section}>
      <Card id="tasks" title="Devices" note={Object.keys(filter).length > 0 && "that match"}>
        <Filters filter={filter} pick={pick} progress={progress} />
        <Trouble error={list.error} />
        {list.items?.length > 0 && <RowTable label="Devices of the campaign" head={HEAD}>{list.items.map((t) => <Row key={t.endpoint} task={t} />)}</RowTable>}
        {list.items?.length === 0 && (
          <Empty title="No device matches">
            <button type="button" onClick={() => pick({})}>Show all devices</button>
          </Empty>
        )}
        <Pager list={list} what="devices" />
      </Card>
    </div>
  );
}
