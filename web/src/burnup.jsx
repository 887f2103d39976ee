// SPDX-License-Identifier: Apache-2.0
// burnup.jsx - how the devices moved from waiting to ended, with the plan's line. Minutes
// come from the daemon; while the page looks on, what it sees stands between them.
import { useEffect, useRef, useState } from "preact/hooks";
import { path, query } from "./api.js";
import { isActive } from "./campaigns.jsx";
import { Areas } from "./charts.jsx";
import { moment, ms, num } from "./format.js";
import { Behind, Card } from "./parts.jsx";
import { ofCampaign, useSession } from "./resources.js";
import { LEFT_OUT, TROUBLE, UNDER_WAY, sum } from "./words.js";

/** From the bottom up; each is drawn as one area. */
const LAYERS = [
  { label: "succeeded", words: ["succeeded"], word: "succeeded" },
  { label: "in trouble", words: TROUBLE, word: "failed", isHatched: true },
  { label: "left out", words: LEFT_OUT, word: "canceled" },
  { label: "under way", words: UNDER_WAY, word: "updating" },
  { label: "waiting", words: ["waiting"], word: "waiting" },
];
const POINTS_MAX = 600, MINUTE_MS = 60000, TABLE_MAX = 240;

const layersOf = (counts) => LAYERS.map(({ words }) => sum(counts, words));

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

/** Straight from the start to the estimated end, as far as the chart reaches. */
function paceOf(begin, now, progress) {
  const end = ms(progress.estimated_end_at);
  if (!end || end <= now) return null;
  const shown = Math.min(end, now + Math.max(now - begin, MINUTE_MS));
  const done = progress.ended;
  return { end: shown, points: [[now, done], [shown, done + ((progress.devices - done) * (shown - now)) / (end - now)]] };
}

export function BurnUp({ id, progress }) {
  const [rows, seen] = useRows(id, progress);
  const [index, setIndex] = useState(null);
  const points = merged(rows, seen, progress);
  const shown = points[index] ?? points.at(-1);
  const begin = points[0].t, now = points.at(-1).t;
  const pace = paceOf(begin, now, progress), end = pace?.end ?? now;
  const lines = [{ name: "planned", points: [[begin, progress.devices], [end, progress.devices]] }];
  if (pace) lines.push({ name: "pace", points: pace.points });
  return (
    <Card id="chart" title="Over time" note={moment(shown.t, true)}>
      <ul class="legend">
        {LAYERS.map(({ label, word }, i) => (
          <li key={label} class="legend-entry"><span class={`swatch s-${word}`} /> {label} <b>{num(shown.n[i])}</b></li>
        ))}
        <li class="legend-entry"><span class="swatch-line planned" /> in the plan <b>{num(progress.devices)}</b></li>
        {pace && <li class="legend-entry"><span class="swatch-line pace" /> at this pace</li>}
      </ul>
      <Areas points={points} layers={LAYERS} lines={lines} end={end} max={progress.devices} index={index} onIndex={setIndex}
        label="Devices by state over time; the table below has the numbers" />
      <Behind caption="Over time as a table" head={["Time", ...LAYERS.map(({ label }) => label)]}
        rows={points.slice(-TABLE_MAX).map((p) => [moment(p.t, true), ...p.n.map(num)])} />
    </Card>
  );
}
