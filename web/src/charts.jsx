// SPDX-License-Identifier: Apache-2.0
// charts.jsx - areas and bars over time as SVG, with axes. What they show stands in a
// table behind them as well.
import { useEffect, useRef, useState } from "preact/hooks";
import { clockOf, dayOf, moment, num } from "./format.js";

const S = 1000, MIN = 60 * S, H = 60 * MIN, D = 24 * H;
const STEPS = [S, 5 * S, 10 * S, 30 * S, MIN, 5 * MIN, 10 * MIN, 30 * MIN, H, 2 * H, 3 * H, 6 * H, 12 * H, D, 2 * D, 7 * D, 30 * D, 365 * D];
const AREAS = 250, BARS = 150; // their heights
const LEFT = 46, RIGHT = 14, TOP = 10, BOTTOM = 26;

/** @return [ref, width of its element] */
function useWidth() {
  const ref = useRef(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const sizes = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    sizes.observe(ref.current);
    return () => sizes.disconnect();
  }, []);
  return [ref, width];
}

/** Round numbers from 0 on, the last at or over max; whole ones only. */
export function scaleOf(max, count = 4) {
  const rough = Math.max(1, max) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough && (n >= 10 || n % 1 === 0)) ?? 1);
  return Array.from({ length: Math.ceil(Math.max(1, max) / step) + 1 }, (_, i) => i * step);
}

/** Moments that stand on a clock's face. */
function timesOf(begin, end, width) {
  const step = STEPS.find((s) => (end - begin) / s <= Math.max(2, width / 90)) ?? STEPS.at(-1);
  const zone = new Date(begin).getTimezoneOffset() * MIN, times = [];
  for (let t = Math.ceil((begin - zone) / step) * step + zone; t <= end; t += step) times.push(t);
  const text = step < MIN ? (t) => moment(t, true) : step < D ? clockOf : dayOf;
  return times.map((t) => [t, text(t)]);
}

function frameOf(width, height, begin, end, max) {
  const scale = scaleOf(max), top = scale.at(-1);
  return {
    width, height, begin, end, scale,
    x: (t) => LEFT + ((t - begin) / (end - begin || 1)) * (width - LEFT - RIGHT),
    y: (n) => height - BOTTOM - (n / top) * (height - BOTTOM - TOP),
  };
}

const Axes = ({ frame: f }) => (
  <g class="axes">
    {f.scale.map((n) => (
      <g key={n}>
        <line x1={LEFT} x2={f.width - RIGHT} y1={f.y(n)} y2={f.y(n)} />
        <text x={LEFT - 8} y={f.y(n) + 4} text-anchor="end">{num(n)}</text>
      </g>
    ))}
    {timesOf(f.begin, f.end, f.width - LEFT - RIGHT).map(([t, text]) => (
      <text key={t} x={f.x(t)} y={f.height - 6} text-anchor="middle">{text}</text>
    ))}
  </g>
);

/** The place among ascending times that is nearest to t. */
export function nearest(times, t) {
  let best = 0;
  for (let i = 1; i < times.length; i++) if (Math.abs(times[i] - t) < Math.abs(times[best] - t)) best = i;
  return best;
}

function Plot({ height, label, begin, end, max, onTime, children }) {
  const [ref, width] = useWidth();
  const f = width > 0 && frameOf(width, height, begin, end, max);
  const move = (event) => {
    const share = (event.clientX - ref.current.getBoundingClientRect().left - LEFT) / (width - LEFT - RIGHT);
    onTime?.(begin + Math.min(1, Math.max(0, share)) * (end - begin));
  };
  return (
    <div class="plot" ref={ref} onPointerMove={onTime && move} onPointerLeave={onTime && (() => onTime(null))}>
      <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="2" height="6" class="stripe" />
          </pattern>
        </defs>
        {f && <Axes frame={f} />}
        {f && children(f)}
      </svg>
    </div>
  );
}

const pathOf = (pairs) => pairs.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/**
 * Areas on top of each other.
 * @param points  [{t, n: [of each layer, from the bottom up]}], at least one
 * @param layers  [{word, isHatched}]
 * @param lines   [{name, points: [[t, n]]}] drawn over them
 */
export function Areas({ points, layers, lines = [], end, max, label, onIndex, index }) {
  const tops = points.map((p) => p.n.reduce((sums, n) => [...sums, sums.at(-1) + n], [0]));
  const times = points.map((p) => p.t);
  return (
    <Plot height={AREAS} label={label} begin={times[0]} end={Math.max(end, times[0] + S)} max={max}
      onTime={(t) => onIndex(t == null ? null : nearest(times, t))}>
      {(f) => (
        <>
          {layers.map(({ word, isHatched }, i) => {
            const d = pathOf([...points.map((p, k) => [f.x(p.t), f.y(tops[k][i + 1])]),
              ...points.map((p, k) => [f.x(p.t), f.y(tops[k][i])]).reverse()]);
            return <g key={word} class={`area s-${word}`}><path d={d} />{isHatched && <path d={d} class="hatch" />}</g>;
          })}
          {lines.map((l) => <path key={l.name} class={`line ${l.name}`} d={pathOf(l.points.map(([t, n]) => [f.x(t), f.y(n)]))} />)}
          {index != null && <line class="cursor" x1={f.x(times[index])} x2={f.x(times[index])} y1={TOP} y2={AREAS - BOTTOM} />}
        </>
      )}
    </Plot>
  );
}

/** A bar for each step. @param bars  [{t, n}], step ms apart */
export function Bars({ bars, step, label }) {
  return (
    <Plot height={BARS} label={label} begin={bars[0].t} end={bars.at(-1).t + step} max={Math.max(...bars.map((b) => b.n))}>
      {(f) => bars.map((b) => b.n > 0 && (
        <rect key={b.t} class="bar" x={f.x(b.t) + 0.5} width={Math.max(1, f.x(b.t + step) - f.x(b.t) - 1)} y={f.y(b.n)}
          height={f.y(0) - f.y(b.n)}><title>{`${moment(b.t)}: ${num(b.n)}`}</title></rect>
      ))}
    </Plot>
  );
}
