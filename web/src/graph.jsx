// SPDX-License-Identifier: Apache-2.0
// graph.jsx - how the packages of a bundle depend on each other: what must be there first
// stands to the left, what changes together is joined, what cannot be together is crossed.
import { Behind } from "./parts.jsx";

const WIDTH = 168, HEIGHT = 52, COLUMN = 262, ROW = 78, PAD = 12, TEXT_MAX = 20;

const short = (text) => text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
const namesOf = (p) => p.provides ? Object.keys(p.provides) : [p.component];
const versionsOf = (p) => p.provides ? Object.values(p.provides).join(", ") : p.version;

/** @return {nodes: [{names, version, isOutside}], edges: [{from, to, kind, rule}]} of places in nodes */
export function rulesOf(manifest) {
  const nodes = (manifest.packages ?? []).map((p) => ({ names: namesOf(p), version: versionsOf(p) }));
  const place = (name) => {
    const known = nodes.findIndex((n) => n.names.includes(name));
    return known >= 0 ? known : nodes.push({ names: [name], version: "", isOutside: true }) - 1;
  };
  const edges = [];
  (manifest.packages ?? []).forEach((p, to) => {
    for (const [name, rule] of Object.entries(p.requires ?? {})) edges.push({ from: place(name), to, kind: "requires", rule });
    for (const [name, rule] of Object.entries(p.conflicts ?? {})) edges.push({ from: place(name), to, kind: "conflicts", rule });
    for (const name of p.together_with ?? []) edges.push({ from: place(name), to, kind: "together", rule: "" });
  });
  return { nodes, edges };
}

/** Columns: one after what is required; together stands together. Bounded, for there may be cycles. */
function columnsOf({ nodes, edges }) {
  const column = nodes.map(() => 0);
  for (let round = 0; round < nodes.length; round++)
    for (const { from, to, kind } of edges) {
      if (kind === "requires") column[to] = Math.min(nodes.length - 1, Math.max(column[to], column[from] + 1));
      if (kind === "together") column[from] = column[to] = Math.max(column[from], column[to]);
    }
  const used = [...new Set(column)].sort((a, b) => a - b);
  return column.map((c) => used.indexOf(c));
}

function placed(graph) {
  const columns = columnsOf(graph), rows = [];
  return graph.nodes.map((node, i) => {
    const row = rows[columns[i]] ?? 0;
    rows[columns[i]] = row + 1;
    return { ...node, x: PAD + columns[i] * COLUMN, y: PAD + row * ROW };
  });
}

const Edge = ({ edge, a, b }) => {
  const isSame = a.x === b.x, [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const lane = a.x + WIDTH * (edge.kind === "conflicts" ? 0.6 : 0.35); // two rules of one pair do not cover each other
  const [x1, y1] = isSame ? [lane, Math.min(a.y, b.y) + HEIGHT] : [left.x + WIDTH, left.y + HEIGHT / 2];
  const [x2, y2] = isSame ? [lane, Math.max(a.y, b.y)] : [right.x, right.y + HEIGHT / 2];
  const middle = (x1 + x2) / 2;
  const d = isSame ? `M${x1} ${y1}V${y2}` : `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  const sign = { requires: edge.rule, conflicts: `✕ ${edge.rule}`, together: "" }[edge.kind];
  return (
    <g class={`edge ${edge.kind}`}>
      <path d={d} marker-end={edge.kind === "requires" ? "url(#to)" : undefined} />
      {sign && <text x={isSame ? x1 + 8 : middle} y={(y1 + y2) / 2 - (isSame ? -4 : 5)} text-anchor={isSame ? "start" : "middle"}>{short(sign)}</text>}
    </g>
  );
};

const WORDS = { requires: "requires", conflicts: "conflicts with", together: "changes together with" };

export function Graph({ manifest }) {
  const graph = rulesOf(manifest), nodes = placed(graph);
  const width = Math.max(...nodes.map((n) => n.x)) + WIDTH + PAD, height = Math.max(...nodes.map((n) => n.y)) + HEIGHT + PAD;
  const name = (n) => n.names.join(", ");
  return (
    <>
      <div class="graph" tabIndex={0} role="region" aria-label="Graph of the dependencies">
        <svg role="img" aria-label={`${nodes.length} packages and ${graph.edges.length} rules; the table below has them`} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8Z" /></marker></defs>
          {graph.edges.map((edge, i) => <Edge key={i} edge={edge} a={nodes[edge.from]} b={nodes[edge.to]} />)}
          {nodes.map((n) => (
            <g key={name(n)} class={`node ${n.isOutside ? "is-outside" : ""}`}>
              <rect x={n.x} y={n.y} width={WIDTH} height={HEIGHT} rx="8" />
              <text x={n.x + 12} y={n.y + 22} class="node-name">{short(name(n))}<title>{name(n)}</title></text>
              <text x={n.x + 12} y={n.y + 40}>{n.isOutside ? "not in this bundle" : short(n.version ?? "")}</text>
            </g>
          ))}
        </svg>
      </div>
      <ul class="legend">
        <li class="legend-entry"><span class="swatch-line" /> needs first</li>
        <li class="legend-entry"><span class="swatch-line pace" /> changes together</li>
        <li class="legend-entry"><span class="swatch-line conflict" /> conflicts</li>
      </ul>
      <Behind caption="Dependencies as a table" head={["Component", "Rule", "Of", "Version"]}
        rows={graph.edges.map((e) => [name(nodes[e.to]), WORDS[e.kind], name(nodes[e.from]), e.rule || "–"])} />
    </>
  );
}
