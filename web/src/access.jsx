// SPDX-License-Identifier: Apache-2.0
// access.jsx - who may do what, and who did what.
import { useState } from "preact/hooks";
import { path, query } from "./api.js";
import { History } from "./history.jsx";
import { Ago, Badge, Card, Confirm, Empty, Input, Lines, Modal, Pager, Select, Table, Trouble, useAct, ViewHead } from "./parts.jsx";
import { ofKind, usePages, useSession } from "./resources.js";
import { go } from "./route.js";
import { ROLES } from "./words.js";

const DAY_S = 86400;
const MAY = {
  viewer: "looks only",
  operator: "uploads, plans, runs campaigns",
  approver: "also withdraws bundles and clears blocked packages",
  admin: "also tokens, profiles and deleting devices",
};
const ENDS = [["", "never"], [1, "in a day"], [30, "in 30 days"], [90, "in 90 days"], [365, "in a year"]];
const KINDS = ["campaign", "task", "device", "bundle", "package", "profile", "plan", "token"];

const Secret = ({ made, onClose }) => (
  <Modal label="The new token" onClose={onClose}>
    <h2>Token of {made.name}</h2>
    <p>Copy it now: it is shown this once, and kept nowhere.</p>
    <Lines>{made.token}</Lines>
    <div class="dialog-actions"><button type="button" class="primary" onClick={onClose}>I have it</button></div>
  </Modal>
);

function NewToken() {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const [name, setName] = useState("");
  const [role, setRole] = useState("viewer");
  const [days, setDays] = useState("90");
  const [made, setMade] = useState(null);
  async function submit(event) {
    event.preventDefault();
    const body = { name: name.trim(), role, ...(days && { expires_s: Number(days) * DAY_S }) };
    const answer = await act("create", () => api.send("POST", "/v1/tokens", body));
    if (!answer) return;
    setMade(answer);
    setName("");
  }
  return (
    <form class="new-token" onSubmit={submit} aria-label="New token">
      <Input label="Name" name="token-name" required maxLength={63} value={name} set={setName} placeholder="a person or a program" />
      <Select label="Role" name="role" value={role} set={setRole} words={ROLES.map((r) => [r, `${r}: ${MAY[r]}`])} />
      <Select label="Ends" name="expires" value={days} set={setDays} words={ENDS} />
      <button type="submit" class="primary" disabled={Boolean(busy) || !name.trim()}>Make a token</button>
      <Trouble error={error} />
      {made && <Secret made={made} onClose={() => setMade(null)} />}
    </form>
  );
}

function Tokens() {
  const { api } = useSession();
  const list = usePages("/v1/tokens", { wants: ofKind("token") });
  const [asked, setAsked] = useState("");
  return (
    <Card id="tokens" title="Tokens">
      <NewToken />
      <Trouble error={list.error} />
      {list.items && <Table label="All tokens" head={["Name", "Role", "Made", "Ends", <span class="unseen">Actions</span>]}
        rows={list.items.map((t) => [t.name, <span title={MAY[t.role]}>{t.role}</span>,
          <><Ago time={t.created_at} />{t.created_by && ` by ${t.created_by}`}</>,
          !t.expires_at ? "never" : Date.parse(t.expires_at) < Date.now() ? <Badge word="expired" /> : <Ago time={t.expires_at} />,
          <button type="button" class="quiet bad-outline" aria-label={`Revoke ${t.name}`} onClick={() => setAsked(t.name)}>Revoke…</button>])} />}
      <Pager list={list} what="tokens" />
      {asked && (
        <Confirm title={`Revoke ${asked}?`} word={asked} label="Revoke" isBad ask={() => api.send("DELETE", path("tokens", asked))} onClose={() => setAsked("")}>
          <p>Who has this token cannot do anything with it from now on.</p>
        </Confirm>
      )}
    </Card>
  );
}

const Audit = ({ kind }) => (
  <Card id="audit" title="Audit" note="what people did, the newest first"
    tools={<Select label="Of" name="kind" value={kind} set={(picked) => go("access", "", { kind: picked })} words={[["", "everything"], ...KINDS]} />}>
    <History url={`/v1/audit${query({ kind })}`} limit={25} wants={() => true} what="events" />
  </Card>
);

export const Access = ({ role, filter }) => (
  <>
    <ViewHead title="Access" />
    {role === "admin" ? <Tokens />
      : <section class="card"><Empty title="Tokens are for admins"><p>As a {role} you see below what was done, and by whom. An admin makes and revokes tokens.</p></Empty></section>}
    <Audit kind={filter.kind ?? ""} />
  </>
);
