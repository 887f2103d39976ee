// SPDX-License-Identifier: Apache-2.0
// actions.jsx - what the viewer's role and the state allow. What sends packages to devices
// or cannot be taken back asks for the campaign's name.
import { useState } from "preact/hooks";
import { path } from "./api.js";
import { num, plural } from "./format.js";
import { Confirm, Trouble, useAct } from "./parts.jsx";
import { useSession } from "./resources.js";
import { go } from "./route.js";
import { ROLES, TROUBLE, UNDER_WAY, sum, total } from "./words.js";

const isAtLeast = (role, least) => ROLES.indexOf(role) >= ROLES.indexOf(least);
export const canOperate = (role) => isAtLeast(role, "operator");
export const canAdminister = (role) => isAtLeast(role, "admin");
export const canApprove = (role) => isAtLeast(role, "approver");

/** What can be done to a campaign; why says what is missing, ask that its name is typed. */
function actionsOf(c, progress, role) {
  const has = (...states) => states.includes(c.state);
  const troubled = sum(progress.tasks, TROUBLE);
  const list = [];
  const isOpen = c.policy?.approval && !c.approved_by && has("draft", "scheduled");
  if (isOpen) list.push({ name: "approve", label: "Approve…", isAsked: true, may: canApprove(role) });
  if (has("draft", "scheduled"))
    list.push({ name: "start", label: "Start…", isMain: true, isAsked: true, why: isOpen && "Somebody else, an approver, has to approve it first." });
  if (has("running")) list.push({ name: "pause", label: "Pause" });
  if (c.braked && has("running", "paused")) list.push({ name: "release", label: "Release brake…", isMain: true, isAsked: true });
  else if (has("paused")) list.push({ name: "resume", label: "Resume", isMain: true });
  if (c.policy?.install === "hold" && has("running", "paused"))
    list.push({ name: "install", label: "Install…", isMain: !c.install_given, isAsked: true,
      why: c.install_given && "Was said already: devices go on as soon as they are ready." });
  if (!has("draft", "scheduled", "aborting", "aborted"))
    list.push({ name: "retry", label: troubled ? `Retry ${num(progress.tasks.failed)} failed` : "Retry failed",
      why: !progress.tasks.failed && "No device has failed." });
  if (!has("finished", "aborted")) list.push({ name: "abort", label: "Abort…", isBad: true, isAsked: true, why: has("aborting") && "Is under way." });
  if (canAdminister(role) && has("draft", "finished", "aborted"))
    list.push({ name: "delete", label: "Delete…", isBad: true, isAsked: true });
  return list;
}

const ASKED = {
  start: { title: (c) => `Start ${c.name}?`, label: "Start campaign",
    text: ({ plan }) => `${plan ? plural(plan.devices, "device") : "The devices of its plan"} will get new versions, as the plan and the policy say.` },
  approve: { title: (c) => `Approve ${c.name}?`, label: "Approve campaign",
    text: ({ plan }) => `It may then be started, and will bring new versions to ${plan ? plural(plan.devices, "device") : "the devices of its plan"}.` },
  release: { title: (c) => `Release the brake of ${c.name}?`, label: "Release brake",
    text: (c, p) => `${num(sum(p.tasks, TROUBLE))} devices are in trouble. The counts of the brake begin again, and ${num(p.tasks.waiting)} that wait go on.` },
  install: { title: (c) => `Install ${c.name}?`, label: "Install",
    text: (c, p) => `${num(p.tasks.delivered)} devices that hold the package will update now, others as soon as they have it.` },
  delete: { title: (c) => `Delete ${c.name}?`, label: "Delete campaign",
    text: () => "Its tasks and events are forgotten. What devices have stays as it is." },
  abort: { title: (c) => `Abort ${c.name}?`, label: "Abort campaign",
    text: (c, p) => {
      const updating = sum(p.tasks, ["updating", "verifying"]);
      return `${num((p.tasks.waiting ?? 0) + sum(p.tasks, UNDER_WAY) - updating)} devices that have not begun to update end as canceled;
        what was delivered to them is taken back. ${num(updating)} that are updating are verified to their end. An aborted campaign cannot be resumed.`;
    } },
};

export function Actions({ campaign: c, progress, role, plan }) {
  const { api } = useSession();
  const [act, busy, error] = useAct();
  const [asked, setAsked] = useState(null);
  const may = canOperate(role);
  const post = (name) => api.send("POST", `${path("campaigns", c.id)}/${name}`);
  const list = actionsOf(c, progress, role), question = ASKED[asked];
  return (
    <>
      <div class="actions" role="group" aria-label="Actions">
        {list.map((a) => (
          <button key={a.name} type="button" data-action={a.name} class={a.isBad ? "bad-outline" : a.isMain ? "primary" : ""}
            disabled={!(a.may ?? may) || Boolean(a.why) || Boolean(busy)} title={may ? a.why || "" : `A ${role} may look only.`}
            onClick={() => a.isAsked ? setAsked(a.name) : act(a.name, () => post(a.name))}>{busy === a.name ? "…" : a.label}</button>
        ))}
        {!may && list.length > 0 && <span class="faint">As a {role} you may look only.</span>}
      </div>
      <Trouble error={error} />
      {question && (
        <Confirm title={question.title(c)} word={c.name} label={question.label} isBad={["abort", "delete"].includes(asked)}
          ask={() => asked === "delete" ? api.send("DELETE", path("campaigns", c.id)).then(() => go("campaigns")) : post(asked)} onClose={() => setAsked(null)}>
          <p>{question.text({ ...c, plan }, progress)}</p>
          {asked === "start" && total(progress.tasks) > 0 && <p>Some of its devices are in another campaign and wait for it.</p>}
        </Confirm>
      )}
    </>
  );
}
