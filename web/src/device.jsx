// SPDX-License-Identifier: Apache-2.0
// device.jsx - everything about one device, in a drawer: its task, components, history, events.
import { useState } from "preact/hooks";
import { path, query } from "./api.js";
import { canOperate, usePost } from "./actions.jsx";
import { num, span } from "./format.js";
import { Ago, Badge, Icon, Modal, Trouble } from "./parts.jsx";
import { ofDevice, useResource } from "./resources.js";
import { Part } from "./tasks.jsx";
import { FINAL, REASONS, RESULTS, WAITS } from "./words.js";

const EVENTS_AT_FIRST = 20;
const BAD_ENDS = ["failed", "reverted"];

const Facts = ({ pairs }) => (
  <dl class="facts">
    {pairs.filter(([, value]) => value || value === 0).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
  </dl>
);

const factsOf = (d) => [
  ["Manufacturer", d.manufacturer],
  ["Model", d.model],
  ["Hardware", d.hardware],
  ["Software", d.software],
  ["Serial", d.serial],
  ["LwM2M", d.lwm2m && `${d.lwm2m}${d.queue_mode ? ", queue mode" : ""}`],
  ["Address", d.address && `${d.address}:${d.port}`],
  ["Lifetime", d.lifetime_s && span(d.lifetime_s * 1000)],
  ["Registered", d.registered_at && <Ago time={d.registered_at} />],
  ["Last heard", d.seen_at && <Ago time={d.seen_at} />],
  ["Expires", d.expires_at && <Ago time={d.expires_at} />],
  ["Tags", Object.entries(d.tags ?? {}).map(([name, value]) => `${name}=${value}`).join(", ")],
];

const Components = ({ components }) => (
  <table class="plain">
    <thead><tr><th scope="col">Component</th><th scope="col">Version</th><th scope="col">State</th><th scope="col">Result</th><th scope="col">Object</th></tr></thead>
    <tbody>
      {components.map((c) => (
        <tr key={c.object_id + c.component + c.instance}>
          <th scope="row">{c.component}</th>
          <td>{c.version || "–"}</td>
          <td><Badge word={c.state} /></td>
          <td title={RESULTS[c.result]}>{c.result} <span class="faint">{RESULTS[c.result]}</span></td>
          <td>/{c.object_id}/{c.instance}{c.delivery && <span class="faint"> {c.delivery}</span>}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const actionsOf = (task) => [
  { name: "cancel", label: "Cancel", fits: !FINAL.includes(task.state) },
  { name: "skip", label: "Skip", fits: task.state === "waiting" },
  { name: "retry", label: "Retry", fits: FINAL.includes(task.state) && task.state !== "succeeded" },
];

function Task({ task: t, campaign, endpoint, role }) {
  const [post, busy, error] = usePost();
  const url = path("campaigns", campaign, "tasks", endpoint);
  const may = canOperate(role);
  return (
    <section>
      <h3>In this campaign</h3>
      <p class="task-line">
        <Badge word={t.state} detail={t.waiting_for} />
        <span>since <Ago time={t.since} /></span>
        {t.next_at && t.active && <span>next <Ago time={t.next_at} /></span>}
        {t.tries > 0 && <span>{num(t.tries)} {t.tries === 1 ? "retry" : "retries"}</span>}
      </p>
      {t.waiting_for && <p class="faint">Waits {WAITS[t.waiting_for] ?? t.waiting_for}.</p>}
      {t.reason && <p><code>{t.reason}</code> {t.detail || REASONS[t.reason]}</p>}
      <div class="parts">{t.components.map((p) => <Part key={p.component} part={p} />)}</div>
      <div class="actions">
        {actionsOf(t).map((a) => a.fits && (
          <button key={a.name} type="button" disabled={!may || Boolean(busy)} onClick={() => post(`${url}/${a.name}`, a.name)}>{a.label}</button>
        ))}
        <button type="button" disabled={!may || Boolean(busy)}
          onClick={() => post(`${path("devices", endpoint)}/refresh`, "refresh")}>Read inventory again</button>
      </div>
      <Trouble error={error} />
    </section>
  );
}

function textOf(e) {
  const versions = e.to ? `${e.from || "none"} → ${e.to}` : "";
  const what = { component: e.component, task: "task", campaign: "campaign" }[e.kind] ?? "";
  const more = [versions, e.waiting_for && `for ${e.waiting_for}`, e.reason, e.detail, BAD_ENDS.includes(e.state) ? RESULTS[e.result] : ""].filter(Boolean).join(", ");
  return { what, word: e.event ?? e.state, more };
}

function Events({ endpoint }) {
  const [limit, setLimit] = useState(EVENTS_AT_FIRST);
  const { data, error } = useResource(`${path("devices", endpoint)}/events${query({ limit })}`, ofDevice(endpoint));
  return (
    <section>
      <h3>Events</h3>
      <Trouble error={error} />
      {data?.items.length === 0 && <p class="faint">None yet.</p>}
      <ol class="events">
        {data?.items.map((e) => {
          const { what, word, more } = textOf(e);
          return (
            <li key={e.event_id}>
              <span class="when"><Ago time={e.at} /></span>
              <span><b>{what} {word}</b> {more}{e.actor && e.actor !== "device" && <span class="faint"> by {e.actor}</span>}</span>
            </li>
          );
        })}
      </ol>
      {data?.next && limit < 1000 && <button type="button" class="quiet" onClick={() => setLimit(Math.min(1000, limit * 3))}>Earlier events</button>}
    </section>
  );
}

function Versions({ endpoint }) {
  const { data } = useResource(`${path("devices", endpoint)}/versions${query({ limit: 50 })}`, ofDevice(endpoint));
  return data?.items.length > 0 && (
    <section>
      <h3>Versions it has had</h3>
      <ol class="events">
        {data.items.map((v, i) => (
          <li key={i}><span class="when"><Ago time={v.at} /></span><span>{v.component} <b>{v.version || "none"}</b></span></li>
        ))}
      </ol>
    </section>
  );
}

export function Device({ campaign, endpoint, role, onClose }) {
  const { data: device, error } = useResource(path("devices", endpoint), ofDevice(endpoint));
  const { data: task } = useResource(path("campaigns", campaign, "tasks", endpoint), ofDevice(endpoint), (t) => t?.active);
  return (
    <Modal label={`Device ${endpoint}`} class="drawer" onClose={onClose}>
      <header class="drawer-head">
        <div>
          <h2>{endpoint}</h2>
          {device && <Badge word={device.state} />}
        </div>
        <button type="button" class="quiet close" onClick={onClose} aria-label="Close"><Icon name="cross" /></button>
      </header>
      <Trouble error={error} />
      {device?.problem && <p class="banner bad"><Icon name="alert" /> {device.problem}</p>}
      {device && <Facts pairs={factsOf(device)} />}
      {task && <Task task={task} campaign={campaign} endpoint={endpoint} role={role} />}
      {device && <section><h3>Components on the device</h3><Components components={device.components} /></section>}
      {device && <Versions endpoint={endpoint} />}
      {device && <Events endpoint={endpoint} />}
    </Modal>
  );
}
