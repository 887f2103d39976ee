// SPDX-License-Identifier: Apache-2.0
// brake.jsx - how near the brake is, under the bar of a campaign: where the first devices
// end, and how many failures it still bears.
import { num, plural } from "./format.js";
import { Icon } from "./parts.jsx";
import { isActive } from "./campaigns.jsx";
import { UNDER_WAY, sum } from "./words.js";

/** Where on the bar of all devices something stands. */
const Mark = ({ at, of, word, children }) => {
  const share = Math.min(1, at / (of || 1));
  return (
    <span class={`mark s-${word} ${share > 0.5 ? "is-late" : ""}`} style={{ left: `${100 * share}%` }}>{children}</span>
  );
};

export function BrakeMarks({ campaign: c, progress: p }) {
  const { first = 0 } = c.policy?.brake ?? {};
  const isOn = c.braked && isActive(c);
  if (!first && !isOn) return null;
  return (
    <div class="marks" aria-hidden="true">
      {first > 0 && !isOn && first < p.devices && (
        <Mark at={first} of={p.devices} word={c.first_passed ? "succeeded" : "waiting"}>
          <Icon name={c.first_passed ? "check" : "clock"} /> first {num(first)}{c.first_passed ? " ended well" : ""}
        </Mark>
      )}
      {isOn && <Mark at={sum(p.tasks, ["succeeded", ...UNDER_WAY])} of={p.devices} word="failed"><Icon name="alert" /> brake holds {num(p.tasks.waiting)}</Mark>}
    </div>
  );
}

const Gauge = ({ name, value, limit, text, isOver }) => (
  <li class={isOver ? "is-over" : ""}>
    <span>{name}</span>
    <span class="gauge" aria-hidden="true"><span style={{ width: `${Math.min(100, (100 * value) / (limit || 1))}%` }} /></span>
    <b>{text}</b>
  </li>
);

export function BrakeState({ campaign: c }) {
  const b = c.policy?.brake;
  if (!b || (!b.first && !b.failures_in_a_row && b.failure_pct >= 100))
    return <p class="waits">No brake: this campaign goes on whatever fails.</p>;
  const pct = c.brake_ended ? (100 * c.brake_failed) / c.brake_ended : 0, counts = c.brake_ended >= b.min_sample;
  return (
    <ul class="brake" aria-label="Brake">
      {b.first > 0 && <Gauge name="First devices" value={c.first_passed ? b.first : c.brake_ended - c.brake_failed} limit={b.first}
        text={c.first_passed ? `${num(b.first)} ended well` : `${num(Math.max(0, c.brake_ended - c.brake_failed))} of ${num(b.first)} ended well`} />}
      {b.failures_in_a_row > 0 && <Gauge name="Failures in a row" value={c.failures_in_a_row} limit={b.failures_in_a_row}
        isOver={c.failures_in_a_row >= b.failures_in_a_row} text={`${num(c.failures_in_a_row)}, stops at ${num(b.failures_in_a_row)}`} />}
      {b.failure_pct < 100 && <Gauge name="Failed" value={counts ? pct : 0} limit={b.failure_pct} isOver={counts && pct > b.failure_pct}
        text={counts ? `${pct.toFixed(1)} %, stops over ${b.failure_pct} %` : `counts from ${plural(b.min_sample, "ended device")} on`} />}
    </ul>
  );
}
