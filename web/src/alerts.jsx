// SPDX-License-Identifier: Apache-2.0
// alerts.jsx - what needs somebody, wherever in the fleet it is.
import { hasStopped, wordOf } from "./campaigns.jsx";
import { plural } from "./format.js";
import { Icon } from "./parts.jsx";
import { link } from "./route.js";
import { REASONS } from "./words.js";

const HEALTH = {
  "storage-full": "The disk of the store is nearly full: nothing new is started until there is room.",
  "core-late": "The daemon's core is late. Look at its log.",
};

/** @return [{key, text, href, isMild}], the worst first */
export function alertsOf(status, campaigns = []) {
  const alerts = [];
  if (status && status.status !== "ok")
    alerts.push({ key: "health", text: HEALTH[status.status] ?? `The daemon is ${status.status}.` });
  for (const c of campaigns)
    if (hasStopped(c))
      alerts.push({ key: c.id, href: link("campaigns", c.id), text: `${c.name} is ${wordOf(c)}: ${c.detail || REASONS[c.reason] || c.reason}` });
  if (status?.stuck_tasks > 0)
    alerts.push({ key: "stuck", href: link("campaigns"), text: `${plural(status.stuck_tasks, "task")} without progress for longer than expected` });
  if (status?.devices.pending > 0)
    alerts.push({ key: "pending", isMild: true, href: link("", "", { q: "state==pending" }),
      text: `${plural(status.devices.pending, "device is", "devices are")} unknown and not admitted` });
  return alerts;
}

export const Alerts = ({ alerts }) => alerts.length > 0 && (
  <ul class="alerts" aria-label="Needs attention">
    {alerts.map((a) => (
      <li key={a.key} class={a.isMild ? "mild" : ""}>
        <Icon name="alert" />
        <span>{a.text}</span>
        {a.href && <a href={a.href}>Open<span class="unseen"> {a.text}</span></a>}
      </li>
    ))}
  </ul>
);
