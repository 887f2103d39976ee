// SPDX-License-Identifier: Apache-2.0
// funnel.jsx - the components by state, and how far they have come: each step has those
// that reached it.
import { num, percent } from "./format.js";
import { Behind, Card, Legend, Stack } from "./parts.jsx";
import { COMPONENT_STATES, total } from "./words.js";

/** A component that failed is counted where it is certain: as planned. */
const STEPS = [
  ["planned", null],
  ["delivering", ["delivering", "downloaded", "updating", "updated", "unchanged"]],
  ["downloaded", ["downloaded", "updating", "updated", "unchanged"]],
  ["updating", ["updating", "updated", "unchanged"]],
  ["updated", ["updated", "unchanged"]],
];

const reached = (counts, words) => words ? words.reduce((n, word) => n + (counts[word] ?? 0), 0) : total(counts);
const lost = (counts) => (counts.failed ?? 0) + (counts.reverted ?? 0);

export function Funnel({ progress, filter, pick }) {
  const components = Object.entries(progress.components);
  const rows = components.map(([name, counts]) => [name, STEPS.map(([, words]) => reached(counts, words)), lost(counts)]);
  return (
    <Card id="funnel" title="Components">
      <ul class="funnel">
        {rows.map(([name, steps, failed]) => (
          <li key={name} data-component={name}>
            <h3>{name}</h3>
            <Stack counts={progress.components[name]} words={COMPONENT_STATES} label={`Component ${name}`} />
            <Legend counts={progress.components[name]} words={COMPONENT_STATES} picked={filter.component === name ? filter.component_state : ""}
              onPick={(component_state) => pick(component_state ? { component: name, component_state } : {})} />
            <ol>
              {STEPS.map(([step], i) => (
                <li key={step} class={`s-${i ? step : "waiting"}`} title={`${step}: ${num(steps[i])} (${percent(steps[i], steps[0])})`}>
                  <span class="funnel-bar" aria-hidden="true"><span style={{ height: `${(100 * steps[i]) / (steps[0] || 1)}%` }} /></span>
                  <b>{num(steps[i])}</b>
                  <span class="faint">{step}</span>
                </li>
              ))}
              <li class="s-failed">
                <span class="funnel-bar" aria-hidden="true"><span style={{ height: `${(100 * failed) / (steps[0] || 1)}%` }} /></span>
                <b>{num(failed)}</b>
                <span class="faint">failed</span>
              </li>
            </ol>
          </li>
        ))}
      </ul>
      <Behind caption="How far components have come, as a table" head={["Component", ...STEPS.map(([step]) => step), "failed"]}
        rows={rows.map(([name, steps, failed]) => [name, ...steps.map(num), num(failed)])} />
    </Card>
  );
}
