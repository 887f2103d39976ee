// SPDX-License-Identifier: Apache-2.0
// history.jsx - events as a timeline: of a device, of a campaign, of all that people did.
import { Ago, Icon, Pager, Trouble } from "./parts.jsx";
import { usePages } from "./resources.js";
import { link } from "./route.js";
import { ICONS, RESULTS } from "./words.js";

const BAD_ENDS = ["failed", "reverted"];
const SELF = ["task", "device", "campaign"]; // named once is enough
const MACHINES = ["device", "system", "engine"];

function textOf(e) {
  const versions = e.to ? `${e.from || "none"} → ${e.to}` : "";
  return [versions, e.path, e.waiting_for && `for ${e.waiting_for}`, e.reason, e.detail, BAD_ENDS.includes(e.state) ? RESULTS[e.result] : ""]
    .filter(Boolean).join(", ");
}

/** What it happened to, with a link where there is one. */
function Subject({ event: e, isOfDevice }) {
  if (e.kind === "campaign" && !isOfDevice) return <a href={link("campaigns", e.campaign)}>{e.name || `campaign ${e.campaign}`}</a>;
  if (e.kind === "campaign") return <>campaign</>;
  if (e.kind === "bundle") return <a href={link("bundles", e.id)}>{e.id}</a>;
  if (e.endpoint && !isOfDevice) return <><a href={link("devices", e.endpoint)}>{e.endpoint}</a> {e.component}</>;
  return <>{e.component ?? (e.kind === "package" ? `${e.id}`.slice(0, 16) : e.id) ?? e.kind}</>;
}

const Entry = ({ event: e, isOfDevice }) => {
  const word = e.event ?? e.state;
  return (
    <li class={`s-${e.state ?? word}`}>
      <span class="dot"><Icon name={ICONS[e.state ?? word]} /></span>
      <span class="what"><span class="faint">{!(isOfDevice && SELF.includes(e.kind)) && e.kind}</span> <Subject event={e} isOfDevice={isOfDevice} /> <b>{word}</b> {textOf(e)}</span>
      <span class="when">{e.actor && !MACHINES.includes(e.actor) && <b class="actor">{e.actor}</b>} <Ago time={e.at} /></span>
    </li>
  );
};

export function History({ url, wants, limit = 15, what, isOfDevice }) {
  const list = usePages(url, { limit, wants });
  return (
    <>
      <Trouble error={list.error} />
      {list.items?.length === 0 && <p class="faint">{list.isFirst ? "Nothing yet." : "Nothing more."}</p>}
      <ol class="timeline">{list.items?.map((e) => <Entry key={e.event_id} event={e} isOfDevice={isOfDevice} />)}</ol>
      <Pager list={list} what={what} />
    </>
  );
}
