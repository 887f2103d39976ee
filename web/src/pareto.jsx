// SPDX-License-Identifier: Apache-2.0
// pareto.jsx - what went wrong, the most frequent first; a row leads to its devices.
import { num, percent, plural } from "./format.js";
import { Badge, Behind, Card } from "./parts.jsx";
import { FINAL, REASONS, sum } from "./words.js";

export function Pareto({ progress, filter, pick }) {
  const reasons = [...progress.reasons].sort((a, b) => b.devices - a.devices);
  const all = reasons.reduce((n, r) => n + r.devices, 0), most = reasons[0]?.devices ?? 1;
  let before = 0;
  const rows = reasons.map((r) => ({ ...r, share: percent(before += r.devices, all) }));
  return (
    <Card id="reasons" title="Reasons" note={all > 0 && plural(all, "device")}>
      {rows.length === 0 && <p class="faint">{sum(progress.tasks, FINAL) ? "Nothing has failed." : "Nothing has ended yet."}</p>}
      <ul class="pareto">
        {rows.map((r) => {
          const isPicked = filter.reason === r.reason && filter.state === r.state;
          return (
            <li key={r.state + r.reason}>
              <button type="button" aria-pressed={isPicked} class={`pareto-row s-${r.state}`} data-reason={r.reason} title="Show these devices"
                onClick={() => pick(isPicked ? {} : { state: r.state, reason: r.reason })}>
                <span class="pareto-word">{r.reason}</span>
                <Badge word={r.state} />
                <b>{num(r.devices)}</b>
                <span class="faint">{r.share}</span>
                <span class="pareto-bar"><span style={{ width: `${(100 * r.devices) / most}%` }} /></span>
                {REASONS[r.reason] && <span class="pareto-help">{REASONS[r.reason]}</span>}
              </button>
            </li>
          );
        })}
      </ul>
      {rows.length > 0 && <Behind caption="Reasons as a table" head={["Reason", "State", "Devices", "Up to here"]}
        rows={rows.map((r) => [r.reason, r.state, num(r.devices), r.share])} />}
    </Card>
  );
}
