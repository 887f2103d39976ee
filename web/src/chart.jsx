// SPDX-License-Identifier: Apache-2.0
// chart.jsx - burn-up: how the devices moved from waiting to ended. Minutes come from the
// daemon; while the page looks on, what it sees stands between them.
import uPlot from "uplot";
import { useEffect, useRef, useState } from "preact/hooks";
import { path, query } from "./api.js";
import { isActive } from "./campaigns.jsx";
import { clockOf, dayOf, moment, ms, num } from "./format.js";
import { Behind } from "./parts.jsx";
import { ofCampaign, useSession } from "./resources.js";
import { LEFT_OUT, TROUBLE, UNDER_WAY, sum } from "./words.js";

/** From the bottom up; each is drawn as one area. */
const LAYERS = [
  ["succeeded", ["succeeded"], "succeeded"],
  ["in trouble", TROUBLE, "failed"],
  ["left out", LEFT_OUT, "canceled"],
  ["under way", UNDER_WAY, "updating"],
  ["waiting", ["waiting"], "waiting"],
];
const POINTS_MAX = 600, HEIGHT = 240, MINUTE_MS = 60000, TABLE_MAX = 240;

const layersOf = (counts) => LAYERS.map(([, words]) => sum(counts, words));

/** Points {t, n[]} at the end of each minute; rows are changes of counts. */
function pointsOf(rows, end) {
  const counts = {}, points = [];
  for (const row of rows) {
    counts[row.state] = (counts[row.state] ?? 0) + row.change;
    const t = Math.min(ms(row.minute) + MINUTE_MS, end);
    const point = { t, n: layersOf(counts) };
    if (points.at(-1)?.t === t) points[points.length - 1] = point;
    else points.push(point);
  }
  return points;
}

function thin(points) {
  if (points.length <= POINTS_MAX) return points;
  const step = (points.length - 1) / (POINTS_MAX - 1);
  return Array.from({ length: POINTS_MAX }, (_, i) => points[Math.round(i * step)]);
}

function merged(rows, seen, progress) {
  const end = progress.ended_at ? ms(progress.ended_at) : Date.now();
  const begin = ms(progress.started_at);
  const all = [...pointsOf(rows, end), ...seen].sort((a, b) => a.t - b.t)
    .filter((p) => p.t > begin && p.t < end);
  const start = { t: begin, n: layersOf({ waiting: progress.devices }) };
  return thin([start, ...all, { t: end, n: layersOf(progress.tasks) }]);
}

/** Rows of the chart, of which only the last minute is asked for again. */
function useRows(id, progress) {
  const { api, live } = useSession();
  const kept = useRef({ rows: [], from: 0 });
  const [rows, setRows] = useState([]);
  useEffect(() => {
    async function refresh() {
      const k = kept.current;
      for (let cursor = k.from; cursor != null;) {
        const page = await api.get(`${path("campaigns", id)}/chart${query({ cursor: cursor || "" })}`);
        k.rows = k.rows.filter((row) => !page.items.length || row.minute < page.items[0].minute).concat(page.items);
        cursor = page.next;
      }
      if (k.rows.length) k.from = ms(k.rows.at(-1).minute) / MINUTE_MS;
      setRows(k.rows.filter((row) => !row.component));
    }
    const stop = live.watch(ofCampaign(id), refresh);
    stop.dirty();
    return stop;
  }, [id, live]);
  const seen = useRef([]);
  useEffect(() => {
    if (isActive(progress)) seen.current = [...seen.current, { t: Date.now(), n: layersOf(progress.tasks) }].slice(-2000);
  }, [progress]);
  return [rows, seen.current];
}

const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

function timeLabels(u, splits) {
  const isLong = splits.length > 1 && splits.at(-1) - splits[0] > 86400;
  const isShort = splits.length > 1 && splits[1] - splits[0] < 60;
  return splits.map((s) => isLong ? `${dayOf(s * 1000)} ${clockOf(s * 1000)}` : isShort ? moment(s * 1000, true) : clockOf(s * 1000));
}

function optionsOf(element, width, onPoint) {
  const axis = { stroke: colour(element, "--ink-2"), font: `12px ${getComputedStyle(element).fontFamily}`,
    grid: { stroke: colour(element, "--line"), width: 1 }, ticks: { show: false } };
  const layer = ([label, , word]) => ({
    label,
    stroke: colour(element, `--s-${word}`),
    fill: colour(element, `--s-${word}`),
    width: 1,
    points: { show: false },
  });
  return {
    width, height: HEIGHT, padding: [8, 32, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: true }, y: { range: (u, min, max) => [0, Math.max(1, max)] } },
    axes: [
      { ...axis, space: 80, size: 30, values: timeLabels },
      { ...axis, size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5],
        values: (u, splits) => splits.map((n) => num(n)) },
    ],
    series: [{}, ...LAYERS.map(layer).reverse()],
    hooks: { setCursor: [(u) => onPoint(u.cursor.idx ?? null)] },
  };
}

/** The tallest is drawn first, so each layer covers what is below it. */
function dataOf(points) {
  const heights = LAYERS.map((_, i) => points.map((p) => p.n.slice(0, i + 1).reduce((a, b) => a + b, 0)));
  return [points.map((p) => p.t / 1000), ...heights.reverse()];
}

function usePlot(ref, points, setPoint) {
  const plot = useRef(null), latest = useRef(points);
  latest.current = points;
  useEffect(() => {
    const element = ref.current, scheme = matchMedia("(prefers-color-scheme: dark)");
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(element, element.clientWidth, setPoint), dataOf(latest.current), element);
    };
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    draw();
    scheme.addEventListener("change", draw);
    sizes.observe(element);
    return () => {
      scheme.removeEventListener("change", draw);
      sizes.disconnect();
      plot.current.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(points)), [points]);
}

export function BurnUp({ id, progress }) {
  const ref = useRef(null);
  const [rows, seen] = useRows(id, progress);
  const [index, setIndex] = useState(null);
  const points = merged(rows, seen, progress);
  usePlot(ref, points, setIndex);
  const shown = points[index] ?? points.at(-1);
  return (
    <section class="card" aria-labelledby="chart-title">
      <h2 id="chart-title">Over time <span class="faint">{moment(shown.t, true)}</span></h2>
      <ul class="legend">
        {LAYERS.map(([label, , word], i) => (
          <li key={label} class="legend-entry"><span class={`swatch s-${word}`} /> {label} <b>{num(shown.n[i])}</b></li>
        ))}
      </ul>
      <div ref={ref} class="plot" role="img" aria-label="Devices by state over time; the table below has the numbers" />
      <Behind caption="Over time as a table" head={["Time", ...LAYERS.map(([label]) => label)]}
        rows={points.slice(-TABLE_MAX).map((p) => [moment(p.t, true), ...p.n.map(num)])} />
    </section>
  );
}
