// SPDX-License-Identifier: Apache-2.0
// tasks.jsx - the devices of a campaign as a table that filters and pages.
import { useEffect, useRef, useState } from "preact/hooks";
import { path, query } from "./api.js";
import { bytes, num, percent, plural } from "./format.js";
import { EndpointCell, openRow, RowTable } from "./devices.jsx";
import { Ago, Badge, Card, Empty, Icon, Trouble } from "./parts.jsx";
import { ofCampaign, useSession } from "./resources.js";
import { go, link } from "./route.js";
import { COMPONENT_STATES, ICONS, REASONS, TASK_STATES, WAITING_FOR, WAITS } from "./words.js";

const PAGE = 25, ROWS_MAX = 1000;

/** Rows up to a number that "more" raises; all of them are read again when something happened. */
function useTasks(id, filter) {
  const { api, live } = useSession();
  const [state, setState] = useState({ items: null, next: null, error: null });
  const [limit, setLimit] = useState(PAGE);
  const search = query({ include: "components", ...filter });
  useEffect(() => setLimit(PAGE), [search]);
  useEffect(() => {
    const abort = new AbortController();
    async function refresh() {
      const items = [];
      let cursor = "";
      try {
        do { // a page may be short although there is more
          const rest = query({ limit: limit - items.length, cursor }).replace("?", "&");
          const page = await api.get(`${path("campaigns", id)}/tasks${search}${rest}`, abort.signal);
          items.push(...page.items);
          cursor = page.next;
        } while (cursor && items.length < limit);
        setState({ items, next: cursor, error: null });
      } catch (error) {
        if (error.name !== "AbortError") setState((s) => ({ ...s, error }));
      }
    }
    const stop = live.watch(ofCampaign(id), refresh, () => true);
    stop.dirty();
    return () => {
      stop();
      abort.abort();
    };
  }, [id, search, limit, live]);
  return { ...state, more: limit < ROWS_MAX ? () => setLimit(Math.min(ROWS_MAX, limit + 2 * PAGE)) : null };
}

const Choice = ({ label, name, filter, words, pick, counts }) => (
  <label class="choice">
    <span>{label}</span>
    <select name={name} value={filter[name] ?? ""} onChange={(e) => pick({ ...filter, [name]: e.currentTarget.value })}>
      <option value="">any</option>
      {words.map((word) => (
        <option key={word} value={word}>{word}{counts?.[word] ? ` (${num(counts[word])})` : ""}</option>
      ))}
    </select>
  </label>
);

function Filters({ filter, pick, progress }) {
  const [endpoint, setEndpoint] = useState("");
  const present = (words, counts, picked) => words.filter((word) => counts[word] || word === picked);
  const reasons = {};
  for (const r of progress.reasons)
    if (!filter.state || filter.state === r.state) reasons[r.reason] = (reasons[r.reason] ?? 0) + r.devices;
  const components = Object.keys(progress.components);
  const parts = progress.components[filter.component] ?? {};
  const isFiltered = Object.values(filter).some(Boolean);
  const find = (event) => {
    event.preventDefault();
    if (endpoint.trim()) go("devices", endpoint.trim());
  };
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
      <form class="find" role="search" onSubmit={find}>
        <input type="search" aria-label="Endpoint of a device" placeholder="Open an endpoint" value={endpoint} spellcheck={false}
          onInput={(e) => setEndpoint(e.currentTarget.value)} />
        <button type="submit" class="quiet">Open</button>
      </form>
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
  const { items, next, error, more } = useTasks(id, filter);
  const section = useRef(null);
  const wanted = JSON.stringify(filter);
  const before = useRef(wanted);
  useEffect(() => { // a filter picked in a chart shows what it picked
    if (before.current === wanted) return;
    before.current = wanted;
    if (section.current.getBoundingClientRect().top > innerHeight * 0.8) section.current.scrollIntoView({ block: "start" });
  }, [wanted]);
  const note = items && `${next ? "the first " : ""}${plural(items.length, "device")}${Object.keys(filter).length ? " that match" : ""}`;
  return (
    <div ref={section}>
      <Card id="tasks" title="Devices" note={note}>
        <Filters filter={filter} pick={pick} progress={progress} />
        <Trouble error={error} />
        {items?.length > 0 && <RowTable label="Devices of the campaign" head={HEAD}>{items.map((t) => <Row key={t.endpoint} task={t} />)}</RowTable>}
        {items?.length === 0 && (
          <Empty title="No device matches">
            <button type="button" onClick={() => pick({})}>Show all devices</button>
          </Empty>
        )}
        {next && more && <button type="button" class="wide" onClick={more}>More</button>}
        {next && !more && <p class="faint">The page shows up to {num(ROWS_MAX)}. Filter above, or read all of them
          with <code>curl -H "Accept: application/x-ndjson" -H "$AUTH" "$API/campaigns/{id}/tasks"</code></p>}
      </Card>
    </div>
  );
}
