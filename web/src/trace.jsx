// SPDX-License-Identifier: Apache-2.0
// trace.jsx - the last CoAP exchanges of a device, from when somebody first asked for them.
import { bytes, moment, ms, num } from "./format.js";
import { Card, Icon, Table } from "./parts.jsx";
import { useResource } from "./resources.js";

const GOOD = ["received", "notified", "answered", "served", "under-way"];

/** Of a package: how many blocks, how fast, how far. */
const blocksOf = (x) => x.blockwise && (
  <span class="faint"> {num(x.blocks || 1)} blocks{x.block_bytes && ` of ${num(x.block_bytes)}, to ${num(x.last_block)}`}
    {x.bytes_per_s && `, ${bytes(x.bytes_per_s)}/s`}</span>);

/** Who began it, what was asked, what came of it. */
const cellsOf = (x) => [
  moment(ms(x.at), true),
  <span class={`s-${x.from === "device" ? "succeeded" : "updating"}`}><span class="swatch"><Icon name={x.from === "device" ? "up" : "down"} /></span> {x.from}</span>,
  <><b>{x.method}</b> <code>{x.path}</code>{x.observe && <span class="faint"> observe</span>}{blocksOf(x)}{x.repeats && <span class="is-bad"> {num(x.repeats)} again</span>}</>,
  x.request_bytes ? bytes(x.request_bytes) : "",
  <span class={GOOD.includes(x.outcome) && !(x.code > "3") ? "" : "is-bad"}>{x.code && <b>{x.code}</b>} {x.outcome}</span>,
  x.bytes ? bytes(x.bytes) : "",
  x.took_ms == null ? "" : `${num(x.took_ms)} ms`,
];

export function Trace({ url }) {
  const { data, error } = useResource(`${url}/trace`, undefined, () => true);
  return data && !error && (
    <Card id="trace" title="Trace" note="the last CoAP exchanges, the newest first">
      {data.items.length
        ? <div class="tall"><Table label="Table of exchanges" head={["Time", "Begun by", "Request", "Sent", "Answer", "Received", "Took"]} rows={data.items.map(cellsOf)} /></div>
        : <p class="faint"><Icon name="eye" /> Watching from now on: what is exchanged with the device appears here. Read something above, or its inventory again.</p>}
    </Card>
  );
}
