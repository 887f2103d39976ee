// SPDX-License-Identifier: Apache-2.0
// create.jsx - a new campaign, step by step: which bundle, which devices, what the plan
// says of them, how it is to run; then a draft, or started at once.
import { useEffect, useState } from "preact/hooks";
import { canOperate } from "./actions.jsx";
import { onceKey, path, query } from "./api.js";
import { num, plural } from "./format.js";
import { Ago, Badge, Card, Confirm, Empty, Icon, Input, Pager, Trouble, ViewHead, useAct } from "./parts.jsx";
import { Plan } from "./plan.jsx";
import { PolicyForm, differing } from "./policy.jsx";
import { Query, numberFound, useCount } from "./query.jsx";
import { ofKind, usePages, useResource, useSession } from "./resources.js";
import { go, link } from "./route.js";

const Step = ({ number, title, note, isDone, children }) => (
  <Card id={`step-${number}`} class={`step ${isDone ? "is-done" : ""}`} note={note}
    title={<><span class="step-number">{isDone ? <Icon name="check" /> : number}</span> {title}</>}>{children}</Card>
);

function ChooseBundle({ bundle, pick }) {
  const list = usePages("/v1/bundles?state=ready", { limit: 12, wants: ofKind("bundle") });
  return (
    <Step number={1} title="Bundle" note={bundle} isDone={bundle}>
      <Trouble error={list.error} />
      {list.items?.length === 0 && list.isFirst && (
        <Empty title="No bundle is ready"><p><a href={link("bundles")}>Upload one</a>: its manifest and the files that it names.</p></Empty>
      )}
      <div class="picks" role="radiogroup" aria-label="Bundle">
        {list.items?.map((b) => (
          <label key={b.id} class="pick">
            <input type="radio" name="bundle" value={b.bundle} checked={bundle === b.bundle} onChange={() => pick(b.bundle)} />
            <b>{b.name}</b> {b.version}
            <span class="faint">{b.vendor} · <Ago time={b.created_at} /></span>
          </label>
        ))}
      </div>
      <Pager list={list} what="bundles" />
    </Step>
  );
}

function Matching({ q }) {
  const { data } = useResource(`/v1/devices${query({ q, limit: 5 })}`);
  return data?.items.length > 0 && (
    <p class="hint">Such as {data.items.map((d, i) => <>{i > 0 && ", "}<a href={link("devices", d.endpoint)}>{d.endpoint}</a> <span class="faint">{d.model}</span></>)}</p>
  );
}

/** A plan is good for one bundle and one query. */
function usePlan(bundle, q) {
  const { api } = useSession();
  const [made, setMade] = useState({ bundle: "", q: "", plan: null });
  const [act, busy, error] = useAct();
  const isGood = made.plan && made.bundle === bundle && made.q === q;
  const make = () => act("plan", async () => setMade({ bundle, q, plan: await api.send("POST", "/v1/plans", { bundle, q }) }));
  return { plan: isGood ? made.plan : null, make, busy, error, isOld: made.plan && !isGood };
}

function Devices({ q, setQ, found, planning: { make, busy, error, isOld, plan }, hasBundle }) {
  const missing = hasBundle ? (q.trim() ? null : "Say which devices first: endpoint==* are all.") : "Choose a bundle first.";
  const canPlan = !missing && !found.error;
  return (
    <Step number={2} title="Devices" note={numberFound(found)} isDone={plan}>
      <Query id="q" label="Query" value={q} onInput={setQ} onSubmit={() => canPlan && make()} found={found}
        hint="endpoint==* for all devices, or such as model==GW-100;tag.site==north" />
      {found.q && !found.error && <Matching q={found.q} />}
      <div class="actions">
        <button type="button" class={plan ? "" : "primary"} disabled={!canPlan || Boolean(busy)} onClick={make}>
          {busy ? "Planning…" : isOld ? "Make the plan again" : "Make the plan"}</button>
        <span class="faint">{missing ?? "A dry run: nothing is sent to any device."}</span>
      </div>
      <Trouble error={error} />
    </Step>
  );
}

function Finish({ plan, bundle, policy, name, setName }) {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const [isAsked, setAsked] = useState(false);
  const [key] = useState(onceKey);
  const body = { plan: plan.id, name: name || bundle, ...(policy && { policy }) };
  const create = () => api.send("POST", "/v1/campaigns", body, { headers: { "Idempotency-Key": `${key}-${plan.id}` } });
  async function draft() {
    const made = await act("draft", create);
    if (made) go("campaigns", made.id);
  }
  async function start() {
    const { id } = await create();
    await api.send("POST", `${path("campaigns", id)}/start`);
    go("campaigns", id);
  }
  return (
    <Step number={4} title="Create">
      <Input label="Name" name="name" value={name} set={setName} placeholder={bundle} maxLength={100} />
      <div class="actions">
        <button type="button" disabled={Boolean(busy)} onClick={draft}>Create a draft</button>
        <button type="button" class="primary" disabled={Boolean(busy) || !plan.devices} onClick={() => setAsked(true)}>Create and start…</button>
        {!plan.devices && <span class="faint">No device would change.</span>}
      </div>
      <Trouble error={error} />
      {isAsked && (
        <Confirm title={`Start ${body.name}?`} word={body.name} label="Start campaign" ask={start} onClose={() => setAsked(false)}>
          <p>{plural(plan.devices, "device")} will get {bundle}, at most {num(policy?.in_flight ?? 0) === "0" ? "as many at once as the policy says" : `${num(policy.in_flight)} at once`}.</p>
        </Confirm>
      )}
    </Step>
  );
}

export function Create({ filter, role }) {
  const [bundle, setBundle] = useState(filter.bundle ?? "");
  const [q, setQ] = useState(filter.q ?? "");
  const [name, setName] = useState("");
  const { data: base } = useResource("/v1/policy");
  const [policy, setPolicy] = useState(null);
  const planning = usePlan(bundle, q.trim());
  const found = useCount(q.trim(), Boolean(q.trim()));
  useEffect(() => base && setPolicy((p) => p ?? base), [base]);
  const { plan } = planning;
  if (!canOperate(role))
    return <><ViewHead title="New campaign" back={[link("campaigns"), "All campaigns"]} /><section class="card"><Empty title="You may look only"><p>A {role} cannot make campaigns. Ask for a token of an operator.</p></Empty></section></>;
  return (
    <>
      <ViewHead title="New campaign" back={[link("campaigns"), "All campaigns"]} badge={<Badge word="draft" />} />
      <ChooseBundle bundle={bundle} pick={setBundle} />
      <Devices q={q} setQ={setQ} found={found} planning={planning} hasBundle={Boolean(bundle)} />
      {plan && <Plan plan={{ data: plan }} />}
      {plan && policy && <Step number={3} title="Policy" note={differing(policy, base) ? "changed" : "as the daemon would"}><PolicyForm policy={policy} set={setPolicy} /></Step>}
      {plan && policy && <Finish plan={plan} bundle={bundle} policy={differing(policy, base)} name={name} setName={setName} />}
    </>
  );
}
