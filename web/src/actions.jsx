// SPDX-License-Identifier: Apache-2.0
// actions.jsx - what the viewer's role and the state allow; an abort must be typed.
import { useState } from "preact/hooks";
import { path } from "./api.js";
import { num } from "./format.js";
import { Modal, Trouble } from "./parts.jsx";
import { useSession } from "./resources.js";
import { ROLES, TROUBLE, UNDER_WAY, sum } from "./words.js";

export const canOperate = (role) => ROLES.indexOf(role) >= ROLES.indexOf("operator");

/** A post at a time. @return [post, name of what is under way, error] */
export function usePost() {
  const { api, live } = useSession();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState(null);
  async function post(url, name) {
    setBusy(name);
    setError(null);
    try {
      await api.post(url);
      live.everything();
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy("");
    }
  }
  return [post, busy, error];
}

/** What can be done to a campaign; why says what is missing. */
function actionsOf(c, progress) {
  const has = (...states) => states.includes(c.state);
  const troubled = sum(progress.tasks, TROUBLE);
  const list = [];
  if (has("draft", "scheduled")) list.push({ name: "start", label: "Start", isMain: true });
  if (has("running")) list.push({ name: "pause", label: "Pause" });
  if (c.braked && has("running", "paused")) list.push({ name: "release", label: "Release brake", isMain: true });
  else if (has("paused")) list.push({ name: "resume", label: "Resume", isMain: true });
  if (c.policy?.install === "hold" && has("running", "paused"))
    list.push({ name: "install", label: "Install", isMain: !c.install_given,
      why: c.install_given && "Was said already: devices go on as soon as they are ready." });
  if (!has("draft", "scheduled", "aborting", "aborted"))
    list.push({ name: "retry", label: troubled ? `Retry ${num(progress.tasks.failed)} failed` : "Retry failed",
      why: !progress.tasks.failed && "No device has failed." });
  if (!has("finished", "aborted")) list.push({ name: "abort", label: "Abort…", isBad: true, why: has("aborting") && "Is under way." });
  return list;
}

function AbortDialog({ campaign: c, progress, onClose }) {
  const [typed, setTyped] = useState("");
  const [post, busy, error] = usePost();
  const updating = sum(progress.tasks, ["updating", "verifying"]);
  async function submit(event) {
    event.preventDefault();
    if (typed.trim() === c.name && await post(`${path("campaigns", c.id)}/abort`, "abort")) onClose();
  }
  return (
    <Modal label="Abort the campaign" class="confirm" onClose={onClose}>
      <form onSubmit={submit}>
        <h2>Abort {c.name}?</h2>
        <p>{num((progress.tasks.waiting ?? 0) + sum(progress.tasks, UNDER_WAY) - updating)} devices that have not begun to update
          end as canceled; what was delivered to them is taken back. {num(updating)} that are updating are verified to their end.
          An aborted campaign cannot be resumed.</p>
        <label for="abort-name">Type <b>{c.name}</b> to confirm</label>
        <input id="abort-name" autocomplete="off" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} autofocus />
        <Trouble error={error} />
        <div class="dialog-actions">
          <button type="button" onClick={onClose}>Keep it</button>
          <button type="submit" class="bad" disabled={typed.trim() !== c.name || Boolean(busy)}>Abort campaign</button>
        </div>
      </form>
    </Modal>
  );
}

export function Actions({ campaign: c, progress, role }) {
  const [post, busy, error] = usePost();
  const [isAborting, setAborting] = useState(false);
  const may = canOperate(role);
  const act = (name) => name === "abort" ? setAborting(true) : post(`${path("campaigns", c.id)}/${name}`, name);
  const list = actionsOf(c, progress);
  return (
    <>
      <div class="actions" role="group" aria-label="Actions">
        {list.map((a) => (
          <button key={a.name} type="button" data-action={a.name} class={a.isBad ? "bad-outline" : a.isMain ? "primary" : ""}
            disabled={!may || Boolean(a.why) || Boolean(busy)} title={may ? a.why || "" : `A ${role} may look only.`}
            onClick={() => act(a.name)}>{busy === a.name ? "…" : a.label}</button>
        ))}
        {!may && list.length > 0 && <span class="faint">As a {role} you may look only.</span>}
      </div>
      <Trouble error={error} />
      {isAborting && <AbortDialog campaign={c} progress={progress} onClose={() => setAborting(false)} />}
    </>
  );
}
