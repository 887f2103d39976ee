// SPDX-License-Identifier: Apache-2.0
// policy.jsx - the policy of a new campaign: fields that begin with what the daemon would
// take, and what differs from it.
import { Input, Select } from "./parts.jsx";

const DAY_S = 86400;

/** @return the members of what that differ from those of base, undefined when none does */
export function differing(what, base) {
  const pairs = Object.entries(what).flatMap(([key, value]) => {
    const isObject = value && typeof value === "object" && !Array.isArray(value);
    const other = isObject ? differing(value, base[key] ?? {}) : value === base[key] ? undefined : value;
    return other === undefined ? [] : [[key, other]];
  });
  return pairs.length ? Object.fromEntries(pairs) : undefined;
}

const at = (policy, where) => where.reduce((found, key) => found?.[key], policy);
const put = (policy, [key, ...rest], value) => ({ ...policy, [key]: rest.length ? put(policy[key] ?? {}, rest, value) : value });

const Number_ = ({ policy, set, where, label, hint, unit = 1, ...range }) => (
  <Input label={label} hint={hint} type="number" name={where.join(".")} step="any" required value={at(policy, where) / unit} {...range}
    set={(typed) => typed !== "" && set(put(policy, where, Number(typed) * unit))} />
);

const Choice = ({ policy, set, where, label, hint, words }) => (
  <Select label={label} hint={hint} name={where.join(".")} value={String(at(policy, where))} words={words}
    set={(picked) => set(put(policy, where, words.find(([value]) => String(value) === picked)[0]))} />
);

/** Numbers that have no words of their own here, group by group. */
const Rest = ({ policy, set, where }) => (
  <fieldset>
    <legend>{where.join(", ")}</legend>
    <div class="fields">
      {Object.entries(at(policy, where)).filter(([, value]) => typeof value === "number").map(([key]) => (
        <Number_ key={key} policy={policy} set={set} where={[...where, key]} label={key} />
      ))}
    </div>
  </fieldset>
);

export function PolicyForm({ policy, set }) {
  const p = { policy, set };
  return (
    <div class="policy-form">
      <fieldset>
        <legend>Pace</legend>
        <div class="fields">
          <Number_ {...p} where={["in_flight"]} label="Devices at once" min={1} max={100000} hint="delivering or updating" />
          <Choice {...p} where={["delivery"]} label="Delivery" words={[["auto", "as each device can"], ["push", "push"], ["pull", "pull"]]} />
          <Choice {...p} where={["install"]} label="Install" words={[["at-once", "as soon as it is delivered"], ["hold", "hold until I say install"]]} />
          <Choice {...p} where={["approval"]} label="Approval" words={[[false, "not needed"], [true, "by another than me"]]} />
          <Number_ {...p} where={["expires_after_s"]} unit={DAY_S} label="Ends after, days" min={0} />
        </div>
      </fieldset>
      <fieldset>
        <legend>Brake</legend>
        <div class="fields">
          <Number_ {...p} where={["brake", "first"]} label="First devices" min={0} hint="must all end well before others start; 0: none" />
          <Number_ {...p} where={["brake", "failures_in_a_row"]} label="Failures in a row" min={0} hint="stop it; 0: never" />
          <Number_ {...p} where={["brake", "failure_pct"]} label="Failed, %" min={0} max={100} hint="more than this stops it; 100: never" />
          <Number_ {...p} where={["brake", "min_sample"]} label="Counts from, devices" min={1} hint="ended, before the share counts" />
        </div>
      </fieldset>
      <fieldset>
        <legend>Conditions</legend>
        <div class="fields">
          <Number_ {...p} where={["min_battery_pct"]} label="Battery at least, %" min={0} max={100} />
          <Choice {...p} where={["severity"]} label="Severity" words={[["as-bundle", "as the bundle says"], ["critical", "critical"], ["mandatory", "mandatory"], ["optional", "optional"]]} />
          <Number_ {...p} where={["max_defer_s"]} label="May be deferred, s" min={-1} hint="by a user; -1: as the device does" />
        </div>
      </fieldset>
      <details class="behind">
        <summary>Retries and timers</summary>
        {Object.keys(policy.retry ?? {}).map((name) => <Rest key={name} {...p} where={["retry", name]} />)}
        {policy.timers && <Rest {...p} where={["timers"]} />}
      </details>
    </div>
  );
}
