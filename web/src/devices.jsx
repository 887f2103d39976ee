// SPDX-License-Identifier: Apache-2.0
// devices.jsx - a page of devices as a table.
import { Ago, Badge, Icon } from "./parts.jsx";
import { link } from "./route.js";

const COMPONENTS_SHOWN = 6;

/** Up and down go from device to device. */
export function onArrow(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.classList.contains("endpoint")) return;
  const links = [...event.currentTarget.querySelectorAll(".endpoint")];
  const next = links[links.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** A click beside the link of a row goes there too, unless text is being picked. */
export const openRow = (href) => (event) => {
  if (!event.target.closest("a") && !getSelection().toString()) location.hash = href;
};

/** A table whose rows become cards on a phone. */
export const RowTable = ({ label, head, children }) => (
  <div class="table-wrap">
    <table class="rows" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">{head.map((cell) => <th key={cell} role="columnheader" scope="col">{cell}</th>)}</tr>
      </thead>
      <tbody role="rowgroup" onKeyDown={onArrow}>{children}</tbody>
    </table>
  </div>
);

export const EndpointCell = ({ endpoint }) => (
  <th role="rowheader" scope="row"><a href={link("devices", endpoint)} class="endpoint" title={endpoint}>{endpoint}</a></th>
);

const Versions = ({ components = [] }) => (
  <div class="parts">
    {components.slice(0, COMPONENTS_SHOWN).map((c) => <span key={c.component} class="version">{c.component} <b>{c.version || "–"}</b></span>)}
    {components.length > COMPONENTS_SHOWN && <span class="faint">and {components.length - COMPONENTS_SHOWN} more</span>}
  </div>
);

export const DeviceTable = ({ items }) => (
  <RowTable label="Devices" head={["Device", "State", "Model", "Components", "Tags", "Last heard"]}>
    {items.map((d) => (
      <tr key={d.endpoint} role="row" data-endpoint={d.endpoint} onClick={openRow(link("devices", d.endpoint))}>
        <EndpointCell endpoint={d.endpoint} />
        <td role="cell" data-label="State"><Badge word={d.state} />{d.problem && <span class="late" title={d.problem}> <Icon name="alert" /> problem</span>}</td>
        <td role="cell" data-label="Model">{[d.manufacturer, d.model].filter(Boolean).join(" ") || <span class="faint">not read yet</span>}</td>
        <td role="cell" data-label="Components" class="wide-cell"><Versions components={d.components} /></td>
        <td role="cell" data-label="Tags" class="tags-cell">{Object.entries(d.tags ?? {}).map(([name, value]) => <span key={name} class="tag">{name}={value}</span>)}</td>
        <td role="cell" data-label="Last heard" class="when"><Ago time={d.seen_at} /></td>
      </tr>
    ))}
  </RowTable>
);
