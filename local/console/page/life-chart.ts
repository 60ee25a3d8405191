import uPlot from 'uplot';
import type { MarkView } from '../view.ts';
import { shortTime } from './words.ts';

type Kind = MarkView['kind'];
type Colour = (name: string) => string;

/** Lines that matter: refresh at two thirds of an hour, warning at a third, critical at a sixth. */
const lifeLines = { 0: '--line', 40: '--line', 20: '--warning', 10: '--critical' } as const;

/** The rows under the chart's zero line, one per kind of event; their height is in minutes of the life axis. */
export const markRows: {
  readonly bottom: number;
  readonly rows: readonly { readonly kind: Kind; readonly label: string; readonly y: number }[];
} = {
  bottom: -32,
  rows: [
    { kind: 'refresh', label: 'refreshes', y: -7 },
    { kind: 'probe', label: 'probes', y: -14 },
    { kind: 'failure', label: 'failures', y: -21 },
    { kind: 'alert', label: 'alerts', y: -28 },
  ],
};

/** Place of a kind among the rows. */
export function rowOf(kind: Kind): number {
  return markRows.rows.findIndex((row) => row.kind === kind);
}

/** Makes the chart, still without points; the first line is that of the lowest if `hasLowest`. */
export function createLifeChart(
  host: HTMLElement,
  options: {
    labels: readonly string[];
    hasLowest: boolean;
    /** What is drawn into the rows below the lines. */
    marks: () => readonly MarkView[];
    /** Called with the moment under the pointer; `undefined` when it leaves the chart. */
    read: (instant: number | undefined) => void;
    /** Called with the moment that was clicked, in epoch milliseconds. */
    choose: (instant: number) => void;
  },
): uPlot {
  const { labels, hasLowest, marks, read, choose } = options;
  const colour = coloursOf(host);
  const axis = { stroke: colour('--quiet'), font: `12px ${getComputedStyle(host).fontFamily}` };
  const instantAt = (chart: uPlot) => {
    const { left = -1 } = chart.cursor;
    return left !== null && left >= 0 ? chart.posToVal(left, 'x') * 1000 : undefined;
  };
  const chart = new uPlot(
    {
      ...sizeOf(host),
      legend: { show: false },
      ms: 1e-3,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      padding: [8, 20, 0, 0],
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range: [markRows.bottom, 63] } },
      axes: [
        {
          ...axis,
          size: 34,
          grid: { show: false },
          ticks: { stroke: colour('--line'), size: 5 },
          values: (_, seconds) => seconds.map((each) => shortTime(each * 1000)),
        },
        {
          ...axis,
          size: 72,
          gap: 8,
          grid: { show: false },
          ticks: { show: false },
          splits: () => [...markRows.rows.map(({ y }) => y), 0, 10, 20, 40, 60],
          values: (_, splits) =>
            splits.map(
              (y) => markRows.rows.find((row) => row.y === y)?.label ?? (y === 60 ? '60 min' : `${y}`),
            ),
        },
      ],
      series: [{}, ...labels.map((label, index) => seriesOf(label, index, labels.length, hasLowest, colour))],
      hooks: {
        draw: [(drawn) => drawLifeLines(drawn, colour), (drawn) => drawMarks(drawn, marks(), colour)],
        setCursor: [(moved) => read(instantAt(moved))],
      },
    },
    [[]],
    host,
  );
  chart.over.addEventListener('click', () => {
    const instant = instantAt(chart);
    if (instant !== undefined) choose(instant);
  });
  return chart;
}

/** Name of a line's colour. */
export function seriesColour(index: number, hasLowest: boolean): string {
  if (hasLowest) return index === 0 ? '--quiet' : `--series-${index - 1}`;
  return `--series-${index}`;
}

function seriesOf(
  label: string,
  index: number,
  count: number,
  hasLowest: boolean,
  colour: Colour,
): uPlot.Series {
  const isLowest = hasLowest && index === 0;
  return {
    label,
    points: { show: false },
    stroke: colour(seriesColour(index, hasLowest)),
    ...(isLowest ? { fill: colour('--wash') } : {}),
    // Lines that lie on each other, as those of tokens of the same minute do, are all to be seen.
    width: isLowest ? 1 : 2 + (hasLowest ? 0 : 1.5 * (count - 1 - index)),
  };
}

/** The size that the chart's place has. */
export function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(280, host.clientWidth), height: host.clientHeight || 320 };
}

/** Looks each colour up once, as the scheme of the page makes it: thousands of marks are drawn with the same four. */
function coloursOf(host: HTMLElement): Colour {
  const known = new Map<string, string>();
  return (name) => {
    host.style.color = `var(${name})`;
    const colour = known.get(name) ?? getComputedStyle(host).color;
    host.style.color = '';
    known.set(name, colour);
    return colour;
  };
}

function drawLifeLines(chart: uPlot, colour: Colour): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const [minutes, name] of Object.entries(lifeLines)) {
    const y = Math.round(chart.valToPos(Number(minutes), 'y', true)) + 0.5;
    ctx.strokeStyle = colour(name);
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(minutes === '0' ? [] : [3 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.stroke(new Path2D(`M${bbox.left} ${y}h${bbox.width}`));
  }
  ctx.restore();
}

/** Draws every event into its row; shape and row say what it is, colour only helps. */
function drawMarks(chart: uPlot, marks: readonly MarkView[], colour: Colour): void {
  const { ctx, bbox } = chart;
  const size = 3.5 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - size, bbox.top, bbox.width + 2 * size, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  // Thousands of marks: each shape is made once, and only moved.
  const paths = Object.fromEntries(
    Object.entries(shapes).map(([kind, { path }]) => [kind, new Path2D(path(size))]),
  );
  for (const { kind, y: row } of markRows.rows) {
    const y = chart.valToPos(row, 'y', true);
    const { fill, stroke } = shapes[kind];
    ctx.fillStyle = colour(fill ?? '--ink');
    ctx.strokeStyle = colour(stroke ?? '--ink');
    // Many connections have theirs at the same moment: one on a place is enough.
    const places = marks
      .filter((mark) => mark.kind === kind)
      .map(({ at }) => Math.round(chart.valToPos(at / 1000, 'x', true)));
    for (const x of new Set(places)) {
      ctx.translate(x, y);
      if (fill !== undefined) ctx.fill(paths[kind] as Path2D);
      if (stroke !== undefined) ctx.stroke(paths[kind] as Path2D);
      ctx.translate(-x, -y);
    }
  }
  ctx.restore();
}

type Shape = { path: (size: number) => string; fill?: string; stroke?: string };
const circle = (r: number) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
const shapes: Record<Kind, Shape> = {
  refresh: { path: circle, fill: '--accent' },
  probe: { path: (r) => circle(r * 0.75), stroke: '--quiet' },
  failure: { path: (r) => `M${-r} ${-r}L${r} ${r}M${r} ${-r}L${-r} ${r}`, stroke: '--critical' },
  alert: { path: (r) => `M0 ${-r * 1.4}L${r * 1.4} 0L0 ${r * 1.4}L${-r * 1.4} 0z`, fill: '--warning' },
};
