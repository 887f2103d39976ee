// SPDX-License-Identifier: Apache-2.0
// trace.jsx - the last CoAP exchanges of a device, from when somebody first asked for them.
import { bytes, moment, ms, num } from "./format.js";
import { Card, Icon } from "./parts.jsx";
import { useResource } from "./resources.js";

const HEAD = ["Time", "From", "Request", "Sent", "Answer", "Bytes", "Took"];

const Row = ({ exchange: x }) => (
  <tr>
    <th scope="row">{moment(ms(x.at), true)}</th>
    <td>{x.from}</td>
    <td><code>{x.method} {x.path}</code>{x.blockwise && <span class="faint"> in blocks</span>}</td>
    <td>{bytes(x.request_bytes)}</td>
    <td>{x.code && <code>{x.code}</code>} {x.outcome}</td>
    <td>{x.bytes == null ? "–" : bytes(x.bytes)}</td>
    <td>{x.took_ms == null ? "–" : `${num(x.took_ms)} ms`}</td>
  </tr>
);

export function Trace({ url }) {
  const { data, error } = useResource(`${url}/trace`, undefined, () => true);
  if (!data || error) return null;
  return (
    <Card id="trace" title="Trace" note="the last CoAP exchanges, the newest first">
      {data.items.length === 0
        ? <p class="faint"><Icon name="eye" /> Watching from now on: what is exchanged with the device appears here. <q>Read inventory again</q> asks it for something.</p>
        : (
          <div class="scroll" tabIndex={0} role="region" aria-label="Table of exchanges">
            <table class="plain">
              <thead><tr>{HEAD.map((cell) => <th key={cell} scope="col">{cell}</th>)}</tr></thead>
              <tbody>{data.items.map((x, i) => <Row key={i} exchange={x} />)}</tbody>
            </table>
          </div>
        )}
    </Card>
  );
}
