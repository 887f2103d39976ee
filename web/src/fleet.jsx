// SPDX-License-Identifier: Apache-2.0
// fleet.jsx - the strip across the top: what needs somebody first, then all in numbers.
import { num, plural } from "./format.js";
import { Icon, Legend, Stack, Trouble } from "./parts.jsx";
import { link } from "./route.js";
import { DEVICE_STATES, ENDED_CAMPAIGN, FINAL, REASONS, TASK_STATES, sum, total } from "./words.js";

const HEALTH = {
  "storage-full": "The disk of the store is nearly full: nothing new is started until there is room.",
  "core-late": "The daemon's core is late. Look at its log.",
};

/* The campaign that is open has a banner of its own. */
function alertsOf(status, campaigns, open) {
  const alerts = [];
  if (status.status !== "ok") alerts.push({ key: "health", text: HEALTH[status.status] ?? `The daemon is ${status.status}.` });
  for (const c of campaigns ?? [])
    if (c.braked && c.id !== open && !ENDED_CAMPAIGN.includes(c.state))
      alerts.push({ key: c.id, href: link(c.id), text: `${c.name} is braked: ${c.detail || REASONS[c.reason] || c.reason}` });
  if (status.stuck_tasks > 0)
    alerts.push({ key: "stuck", text: `${plural(status.stuck_tasks, "task")} without progress for longer than expected` });
  if (status.devices.pending > 0)
    alerts.push({ key: "pending", mild: true,
      text: `${plural(status.devices.pending, "device is", "devices are")} unknown and not admitted: POST /v1/devices/{endpoint}/admit` });
  return alerts;
}

const Alerts = ({ alerts }) => alerts.length > 0 && (
  <ul class="alerts" aria-label="Needs attention">
    {alerts.map((a) => (
      <li key={a.key} class={a.mild ? "mild" : ""}>
        <Icon name="alert" />
        <span>{a.text}</span>
        {a.href && <a href={a.href}>Open</a>}
      </li>
    ))}
  </ul>
);

const Summary = ({ title, counts, words, note }) => (
  <section class="summary" aria-label={title}>
    <h2><b>{num(total(counts))}</b> {title} <span class="faint">{note}</span></h2>
    <Stack counts={counts} words={words} label={title} />
    <Legend counts={counts} words={words} />
  </section>
);

export function Fleet({ status: { data, error }, campaigns, shown }) {
  if (!data) return <div class="fleet"><Trouble error={error} /></div>;
  const open = total(data.tasks) - sum(data.tasks, FINAL);
  return (
    <div class="fleet">
      <Alerts alerts={alertsOf(data, campaigns, shown)} />
      <div class="summaries">
        <Summary title="devices" counts={data.devices} words={DEVICE_STATES} />
        <Summary title="tasks" counts={data.tasks} words={TASK_STATES} note={open ? `${num(open)} open` : "none open"} />
      </div>
    </div>
  );
}
