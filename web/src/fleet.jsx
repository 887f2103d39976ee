// SPDX-License-Identifier: Apache-2.0
// fleet.jsx - what needs somebody first, then all devices: by state, by version, when they
// registered, and which they are.
import { useState } from "preact/hooks";
import { canOperate } from "./actions.jsx";
import { Alerts } from "./alerts.jsx";
import { query } from "./api.js";
import { Bars } from "./charts.jsx";
import { quoted } from "./complete.js";
import { DeviceTable } from "./devices.jsx";
import { moment, ms, num, percent, plural } from "./format.js";
import { Behind, BehindStack, Card, Empty, Figure, Legend, Pager, Stack, Trouble, ViewHead, Waiting } from "./parts.jsx";
import { Query, useCount } from "./query.jsx";
import { ofKind, usePages, useResource } from "./resources.js";
import { go, link } from "./route.js";
import { FirstDevices } from "./start.jsx";
import { DEVICE_STATES, FINAL, sum, total } from "./words.js";

const MINUTE_MS = 60000, MINUTES = 60, VERSIONS_SHOWN = 5;

const showing = (q) => go("", "", { q });

const States = ({ devices }) => (
  <Card id="states" title="Devices by state">
    <Stack counts={devices} words={DEVICE_STATES} label="Devices" size="tall" />
    <Legend counts={devices} words={DEVICE_STATES} onPick={(state) => showing(`state==${state}`)} />
    <BehindStack caption="Devices by state as a table" counts={devices} words={DEVICE_STATES} />
  </Card>
);

/** The most frequent versions by name, all others as one. */
function shownOf(versions) {
  const first = versions.slice(0, VERSIONS_SHOWN), rest = versions.slice(VERSIONS_SHOWN);
  const others = rest.reduce((n, v) => n + v.devices, 0);
  const counts = Object.fromEntries(first.map((v) => [v.version || "unknown", v.devices]));
  if (others) counts[`${num(rest.length)} others`] = others;
  return counts;
}

const Component = ({ component: { component, versions } }) => {
  const counts = shownOf(versions), words = Object.keys(counts), all = total(counts);
  return (
    <section class="component" aria-label={`Versions of ${component}`}>
      <h3>{component}</h3>
      <Stack counts={counts} words={words} label={`Versions of ${component}`} size="tall" signs />
      <ul class="legend">
        {words.map((word, i) => (
          <li key={word}>
            <button type="button" class="legend-entry" disabled={i >= VERSIONS_SHOWN} title="Show these devices"
              onClick={() => showing(`component.${quoted(component)}.version==${quoted(versions[i].version)}`)}>
              <span class={`swatch rank-${i}`} /> <span>{word}</span> <b>{num(counts[word])}</b> <span class="faint">{percent(counts[word], all)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Versions = ({ components }) => (
  <Card id="versions" title="Versions" note={components && plural(components.length, "component")}>
    {components?.length === 0 && <p class="faint">Nothing is known of components yet: it is read from devices after they register.</p>}
    <div class="components">{components?.map((c) => <Component key={c.component} component={c} />)}</div>
    {components?.length > 0 && (
      <Behind caption="Versions as a table" head={["Component", "Version", "Devices"]}
        rows={components.flatMap((c) => c.versions.map((v) => [c.component, v.version || "unknown", num(v.devices)]))} />
    )}
  </Card>
);

function Registrations({ rows, now }) {
  const last = Math.floor(now / MINUTE_MS), found = new Map(rows.map((r) => [ms(r.minute) / MINUTE_MS, r.devices]));
  const bars = Array.from({ length: MINUTES }, (_, i) => ({ t: (last - MINUTES + 1 + i) * MINUTE_MS, n: found.get(last - MINUTES + 1 + i) ?? 0 }));
  const all = bars.reduce((n, b) => n + b.n, 0);
  return (
    <Card id="registrations" title="Registrations per minute" note={`${num(all)} in the last hour`}>
      <Bars bars={bars} step={MINUTE_MS} label="Registrations in each of the last 60 minutes; the table below has the numbers" />
      <Behind caption="Registrations as a table" head={["Minute", "Registrations"]}
        rows={bars.filter((b) => b.n).reverse().map((b) => [moment(b.t), num(b.n)])} />
    </Card>
  );
}

function Devices({ q, role }) {
  const [typed, setTyped] = useState(q);
  const [before, setBefore] = useState(q);
  if (before !== q) { // picked in a chart
    setBefore(q);
    setTyped(q);
  }
  const found = useCount(typed);
  const list = usePages(`/v1/devices${query({ q, include: "components,tags" })}`, { wants: ofKind("device", "component"), hasBeat: () => true });
  return (
    <Card id="devices" title="Devices">
      <form class="search" onSubmit={(e) => {
        e.preventDefault();
        showing(typed.trim());
      }}>
        <Query id="q" label="Query" value={typed} onInput={setTyped} onSubmit={() => showing(typed.trim())} found={found} />
        <button type="submit">Show</button>
        {q && <button type="button" class="quiet" onClick={() => showing("")}>Clear</button>}
        {q && canOperate(role) && <a class="button" href={`#/campaigns/new${query({ q })}`}>Update these</a>}
      </form>
      {!found.error && <Trouble error={list.error} />}
      {list.items?.length === 0 && list.isFirst && <Empty title="No device matches"><p>Change the query, or clear it to see all devices.</p></Empty>}
      {list.items?.length > 0 && <DeviceTable items={list.items} />}
      <Pager list={list} what="devices" />
    </Card>
  );
}

const Figures = ({ status: { devices, tasks } }) => (
  <dl class="figures">
    <Figure name="devices" label="Devices" value={num(total(devices))} note={`${num(devices.registered)} registered, ${num(devices.asleep)} asleep`} />
    <Figure name="away" label="Away" value={num(sum(devices, ["expired", "deregistered"]))} note="expired or deregistered" />
    <Figure name="open-tasks" label="Open tasks" value={num(total(tasks) - sum(tasks, FINAL))} note={`${num(tasks.waiting)} waiting`} />
    <Figure name="failed-tasks" label="Failed tasks" value={num(tasks.failed)} note="of all campaigns" />
  </dl>
);

export function Fleet({ status: { data, error }, alerts, filter, role }) {
  const { data: fleet } = useResource("/v1/fleet", ofKind("device"), () => true);
  if (!data) return <Waiting title="Fleet" error={error} />;
  const isEmpty = total(data.devices) === 0;
  return (
    <>
      <ViewHead title="Fleet" actions={canOperate(role) && <a class="button" href={link("devices")}>Add devices</a>} />
      <Trouble error={error} />
      <Alerts alerts={alerts} />
      {isEmpty ? <section class="card"><FirstDevices /></section> : (
        <>
          <Figures status={data} />
          <div class="pair wide-last">
            <States devices={data.devices} />
            {fleet && <Registrations rows={fleet.registrations} now={ms(data.now)} />}
          </div>
          {fleet && <Versions components={fleet.components} />}
          <Devices q={filter.q ?? ""} role={role} />
        </>
      )}
    </>
  );
}
