// SPDX-License-Identifier: Apache-2.0
// device.jsx - one device: what it is made of, what it waits for, what has happened to it.
import { useState } from "preact/hooks";
import { canAdminister, canApprove, canOperate } from "./actions.jsx";
import { path, query } from "./api.js";
import { bytes, num, percent, span } from "./format.js";
import { Ask } from "./ask.jsx";
import { History } from "./history.jsx";
import { Ago, Badge, Card, Confirm, Facts, Icon, Pager, Table, Trouble, useAct, ViewHead, Waiting } from "./parts.jsx";
import { Profile } from "./profile.jsx";
import { ofDevice, usePages, useResource, useSession } from "./resources.js";
import { go, link } from "./route.js";
import { Tags } from "./tags.jsx";
import { Trace } from "./trace.jsx";
import { FINAL, REASONS, RESULTS, WAITS } from "./words.js";

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
  ["Inventory read", d.inventory_at && <Ago time={d.inventory_at} />],
];

const Transfer = ({ part: p }) => p?.bytes_total > 0 && (
  <span class="transfer">
    <progress max={p.bytes_total} value={Math.min(p.bytes_sent, p.bytes_total)} aria-label={`${p.component} sent`} />
    <span class="faint">{percent(Math.min(p.bytes_sent, p.bytes_total), p.bytes_total)} of {bytes(p.bytes_total)}</span>
  </span>
);

/** What the device reports beside what its task wants. */
const Matrix = ({ components, parts = [] }) => (
  <Table label="Table of components"
    head={["Component", "Version", "On the device", "Result", ...(parts.length ? ["Becomes", "In the task", "Transfer"] : []), "Object"]}
    rows={components.map((c) => {
      const part = parts.find((p) => p.component === c.component), none = <span class="faint">–</span>;
      return [c.component, c.version || "–", <Badge word={c.state} />, <>{c.result} <span class="faint">{RESULTS[c.result]}</span></>,
        ...(parts.length ? [
          part ? <span class="versions"><Icon name="arrow" /> <span class="to">{part.to}</span></span> : none,
          part ? <Badge word={part.state} detail={part.reason} /> : none,
          <Transfer part={part} />] : []),
        <>/{c.object_id}/{c.instance}{c.delivery && <span class="faint"> {c.delivery}</span>}</>];
    })} />
);

const actionsOf = (task) => [
  { name: "cancel", label: "Cancel", fits: !FINAL.includes(task.state) },
  { name: "skip", label: "Skip", fits: task.state === "waiting" },
  { name: "retry", label: "Retry", fits: FINAL.includes(task.state) && !["succeeded", "excluded"].includes(task.state) },
];

function Task({ task: t, endpoint, role }) {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const url = path("campaigns", t.campaign, "tasks", endpoint), may = canOperate(role);
  return (
    <Card id="task" title="Task" note={<a href={link("campaigns", t.campaign)}>campaign {t.campaign}</a>}
      tools={<div class="actions">
        {actionsOf(t).map((a) => a.fits && (
          <button key={a.name} type="button" disabled={!may || Boolean(busy)} onClick={() => act(a.name, () => api.send("POST", `${url}/${a.name}`))}>{a.label}</button>
        ))}
      </div>}>
      <p class="task-line">
        <Badge word={t.state} detail={t.waiting_for} />
        <span>since <Ago time={t.since} /></span>
        {t.next_at && t.active && <span>next <Ago time={t.next_at} /></span>}
        {t.deadline_at && t.active && <span>until <Ago time={t.deadline_at} /></span>}
        {t.tries > 0 && <span>{num(t.tries)} {t.tries === 1 ? "retry" : "retries"}</span>}
      </p>
      {t.waiting_for && <p>Waits {WAITS[t.waiting_for] ?? t.waiting_for}
        {t.waiting_for_campaign && <>: <a href={link("campaigns", t.waiting_for_campaign)}>campaign {t.waiting_for_campaign}</a></>}.</p>}
      {t.reason && <p><code>{t.reason}</code> {t.detail || REASONS[t.reason]}</p>}
      <Trouble error={error} />
    </Card>
  );
}

const Versions = ({ endpoint }) => {
  const list = usePages(`${path("devices", endpoint)}/versions`, { limit: 10, wants: ofDevice(endpoint) });
  return list.items?.length > 0 && (
    <Card id="versions" title="Versions it has had">
      <Table label="Table of versions" head={["Component", "Version", "Since"]}
        rows={list.items.map((v) => [v.component, v.version || "none", <Ago time={v.at} />])} />
      <Pager list={list} what="versions" />
    </Card>
  );
};

/** Packages that it may not try again by itself. */
function Blocked({ endpoint, role }) {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const url = `${path("devices", endpoint)}/attempts`;
  const { data } = useResource(url, ofDevice(endpoint));
  const blocked = data?.items.filter((a) => a.blocked) ?? [];
  return blocked.length > 0 && (
    <section class="banner" aria-label="Blocked packages">
      <Icon name="stop" />
      <div>
        {blocked.map((a) => <p key={a.sha256}>Package <code>{a.sha256.slice(0, 16)}…</code> is blocked: <b>{a.blocked}</b>, executed {num(a.executes)} times, last <Ago time={a.last_at} />.</p>)}
        {canApprove(role)
          ? <button type="button" disabled={Boolean(busy)} onClick={() => act("clear", () => api.send("DELETE", url))}>Allow to try again</button>
          : <p class="faint">An approver can allow it to be tried again.</p>}
        <Trouble error={error} />
      </div>
    </section>
  );
}

/** The task that is under way, else the newest. @return [task, whether that is known] */
function useTask(endpoint) {
  const { data, error } = useResource(`${path("devices", endpoint)}/tasks${query({ limit: 50 })}`, ofDevice(endpoint));
  const found = data?.items.find((t) => t.active) ?? data?.items.at(-1);
  const task = useResource(found ? path("campaigns", found.campaign, "tasks", endpoint) : null, ofDevice(endpoint), (t) => t?.active);
  return [task.data, Boolean(error || task.data || task.error || (data && !found))];
}

export function Device({ endpoint, role }) {
  const { api } = useSession();
  const [act, busy, failure] = useAct();
  const [isAsked, setAsked] = useState(false);
  const url = path("devices", endpoint), wants = ofDevice(endpoint);
  const { data: d, error } = useResource(url, wants, () => true);
  const [task, isKnown] = useTask(endpoint);
  if (!d || !isKnown) return <Waiting title={endpoint} back={[link(), "Fleet"]} error={error} />;
  const may = canOperate(role);
  const actions = (
    <div class="actions">
      {d.state === "pending" && <button type="button" class="primary" disabled={!may || Boolean(busy)} onClick={() => act("admit", () => api.send("POST", `${url}/admit`))}>Admit</button>}
      <button type="button" disabled={!may || Boolean(busy)} onClick={() => act("refresh", () => api.send("POST", `${url}/refresh`))}>Read inventory again</button>
      {canAdminister(role) && <button type="button" class="bad-outline" onClick={() => setAsked(true)}>Forget…</button>}
    </div>
  );
  return (
    <>
      <ViewHead title={endpoint} badge={<Badge word={d.state} />} back={[link(), "Fleet"]} actions={actions}>
        <span>{[d.manufacturer, d.model].filter(Boolean).join(" ")}</span>
      </ViewHead>
      <Trouble error={failure} />
      {d.problem && <section class="banner bad"><Icon name="alert" /><p>{d.problem}</p></section>}
      <Blocked endpoint={endpoint} role={role} />
      {task && <Task task={task} endpoint={endpoint} role={role} />}
      <Card id="matrix" title="Components">
        {d.components.length ? <Matrix components={d.components} parts={task?.components} />
          : <p class="faint">Its inventory has not been read yet.</p>}
      </Card>
      <Card id="facts" title="About"><Facts pairs={factsOf(d)} /><Tags url={url} tags={d.tags ?? {}} may={may} /></Card>
      <div class="pair">
        {may && <Ask url={url} device={d} />}
        <Profile url={url} />
      </div>
      <div class="pair">
        <Card id="events" title="Events"><History url={`${url}/events`} wants={wants} what="events" isOfDevice /></Card>
        <Versions endpoint={endpoint} />
      </div>
      <Trace url={url} />
      {isAsked && (
        <Confirm title={`Forget ${endpoint}?`} word={endpoint} label="Forget it" isBad onClose={() => setAsked(false)}
          ask={() => api.send("DELETE", url).then(() => go())}>
          <p>Its inventory, tags and history are erased. If it registers again it is a new device.</p>
        </Confirm>
      )}
    </>
  );
}
