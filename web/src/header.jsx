// SPDX-License-Identifier: Apache-2.0
// header.jsx - the name, whether the page is live, and who looks at it.
import { useEffect, useState } from "preact/hooks";
import { moment } from "./format.js";
import { useSession } from "./resources.js";

const SIGNS = { connecting: "Connecting", live: "Live", offline: "Offline" };

function LiveSign() {
  const { live } = useSession();
  const [status, setStatus] = useState(live.status());
  useEffect(() => live.listen(setStatus), [live]);
  const heard = status.heard ? `last heard ${moment(status.heard, true)}` : "nothing heard yet";
  return (
    <p class={`live ${status.state}`} role="status" title={heard}>
      <span class="lamp" aria-hidden="true" />
      <span>{SIGNS[status.state]}</span>
      {status.state === "offline" && <span class="live-note">{heard}, trying again</span>}
    </p>
  );
}

const Who = ({ name, role }) => <span class="who"><b>{name}</b> {name !== role && role}</span>;

export const Header = ({ status, onLeave }) => (
  <header class="top">
    <a class="wordmark" href="#/" title={status && `Version ${status.version}`}><img src="/icon.svg" alt="" width="24" height="24" /> Lockstep</a>
    <LiveSign />
    <span class="spacer" />
    {status && <Who {...status.principal} />}
    <button type="button" class="quiet" onClick={onLeave}>Sign out</button>
  </header>
);
