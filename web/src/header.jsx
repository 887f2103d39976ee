// SPDX-License-Identifier: Apache-2.0
// header.jsx - the name, the ways to the views, whether the page is live, who looks at it.
import { useEffect, useState } from "preact/hooks";
import { moment } from "./format.js";
import { Icon } from "./parts.jsx";
import { useSession } from "./resources.js";
import { link } from "./route.js";

const SIGNS = { connecting: "Connecting", live: "Live", offline: "Offline" };

export const VIEWS = [
  { view: "", title: "Fleet", icon: "fleet", key: "f", holds: ["devices"] },
  { view: "campaigns", title: "Campaigns", icon: "play", key: "c" },
  { view: "bundles", title: "Bundles", icon: "box", key: "b" },
  { view: "access", title: "Access", icon: "key", key: "a" },
];

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

export const Header = ({ status, shown, alerts, onHelp, onLeave }) => (
  <header class="top">
    <a class="wordmark" href="#/" title={status && `Version ${status.version}`}><img src="/icon.svg" alt="" width="24" height="24" /> Lockstep</a>
    <nav class="views" aria-label="Views">
      {VIEWS.map(({ view, title, icon, holds }) => (
        <a key={view} href={link(view)} aria-current={view === shown || holds?.includes(shown) ? "page" : undefined}>
          <Icon name={icon} /> {title}
          {view === "" && alerts > 0 && <span class="alert-count" title="Needs attention">{alerts}<span class="unseen"> alerts</span></span>}
        </a>
      ))}
    </nav>
    <span class="spacer" />
    <LiveSign />
    {status && <Who {...status.principal} />}
    <button type="button" class="quiet help" onClick={onHelp} aria-label="Keyboard shortcuts">?</button>
    <button type="button" class="quiet" onClick={onLeave}>Sign out</button>
  </header>
);
