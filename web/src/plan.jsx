// SPDX-License-Identifier: Apache-2.0
// plan.jsx - the stages of each distinct inventory, and why they are in this order.
import { useState } from "preact/hooks";
import { bytes, num, plural, span } from "./format.js";
import { Card, Facts, Icon, Stack } from "./parts.jsx";

const GROUPS_AT_FIRST = 2;

const Stage = ({ stage, number }) => (
  <li class={`stage ${stage.atomic ? "atomic" : ""}`}>
    <p class="stage-number">Stage {number}{stage.atomic && <span class="together"><Icon name="link" /> together</span>}</p>
    <ul>
      {stage.components.map((c) => (
        <li key={c.component} class="change">
          <b>{c.component}</b>
          <span class="versions"><span>{c.from || "none"}</span> <Icon name="arrow" /> <span class="to">{c.to}</span></span>
          <span class="faint">{bytes(c.bytes)}</span>
        </li>
      ))}
    </ul>
    {stage.reason && <p class="stage-reason">{stage.reason}</p>}
  </li>
);

const Group = ({ group, rank }) => (
  <section class="plan-group">
    <h3><span class={`swatch rank-${rank}`} /> {plural(group.devices, "device")} <span class="faint">{group.stages.length ? `${bytes(group.bytes)} each` : "up to date"}</span></h3>
    <p class="inventory">
      {Object.entries(group.inventory).map(([name, version]) => <span key={name}>{name} <b>{version}</b></span>)}
    </p>
    <ol class="stages">{group.stages.map((stage, i) => <Stage key={i} stage={stage} number={i + 1} />)}</ol>
    {group.detail && <details class="behind"><summary>What the planner did not know</summary><p class="stage-reason">{group.detail}</p></details>}
  </section>
);

const Excluded = ({ groups }) => groups.length > 0 && (
  <section class="plan-group">
    <h3><span class="swatch s-excluded" /> Excluded</h3>
    <ul class="excluded">
      {groups.map((g, i) => (
        <li key={i}>
          <b>{plural(g.devices, "device")}</b> <code>{g.reason}</code> {g.detail}
          {g.sample?.length > 0 && <span class="faint"> such as {g.sample.slice(0, 3).join(", ")}</span>}
        </li>
      ))}
    </ul>
  </section>
);

const BRAKE_OFF = "no brake";
function brakeText({ first, failures_in_a_row: row, failure_pct: pct, min_sample: sample } = {}) {
  const parts = [];
  if (first) parts.push(`the first ${first} must all end well`);
  if (row) parts.push(`stops after ${row} failures in a row`);
  if (pct < 100) parts.push(`or over ${pct} % of at least ${sample}`);
  return parts.join(", ") || BRAKE_OFF;
}

export const Policy = ({ policy: p }) => p && (
  <Facts pairs={[
    ["At once", plural(p.in_flight, "device")],
    ["Brake", brakeText(p.brake)],
    ["Delivery", p.delivery],
    ["Install", p.install],
    ["Approval", p.approval && "by another than who made it"],
    ["Battery at least", `${p.min_battery_pct} %`],
    ["Expires after", span(p.expires_after_s * 1000)],
  ]} />
);

/** @param plan  {data, error} of the plan */
export function Plan({ plan: { data: plan, error }, children }) {
  const [isAll, setAll] = useState(false);
  const groups = plan ? [...plan.groups].sort((a, b) => b.devices - a.devices) : [];
  const shown = isAll ? groups : groups.slice(0, GROUPS_AT_FIRST);
  const excluded = plan?.excluded_devices ?? 0, absent = plan?.unregistered_devices;
  const counts = { ...Object.fromEntries(groups.map((g, i) => [`inventory ${i + 1}`, g.devices])), excluded };
  return (
    <Card id="plan" title="Plan"
      note={plan && `${plural(plan.devices, "device")}, ${plural(groups.length, "inventory", "inventories")}, ${bytes(plan.bytes)}${excluded ? `, ${num(excluded)} excluded` : ""}${absent ? `, ${num(absent)} not registered` : ""}`}>
      {error && <p class="faint">The plan is no longer kept: {error.message}</p>}
      {plan && plan.devices + excluded > 0 && <Stack counts={counts} words={Object.keys(counts)} label="Devices by inventory" signs />}
      {shown.map((group, i) => <Group key={group.inventory_id} group={group} rank={i} />)}
      {groups.length > shown.length &&
        <button type="button" class="quiet" onClick={() => setAll(true)}>All {num(groups.length)} inventories</button>}
      {plan && <Excluded groups={plan.excluded} />}
      {children}
    </Card>
  );
}
