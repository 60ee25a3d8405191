import uPlot from 'uplot';
import type { MarkView } from '../view.ts';
import { drawMarks, markRows } from './marks.ts';
import { shortTime } from './words.ts';

/** Lines that matter: refresh at two thirds of an hour, warning at a third, critical at a sixth. */
const lifeLines = [40, 20, 10];

/** Makes the chart, still without points; the first line is that of the lowest where `hasLowest`. */
export function createLifeChart(
  host: HTMLElement,
  options: {
    labels: readonly string[];
    hasLowest: boolean;
    /** What is drawn into the rows below the lines. */
    marks: () => readonly MarkView[];
    /** Called when the pointer moves over the chart. */
    read: (chart: uPlot) => void;
    /** Called with the moment that was clicked, in epoch milliseconds. */
    choose: (instant: number) => void;
  },
): uPlot {
  const { labels, hasLowest, marks, read, choose } = options;
  const colour = coloursOf(host);
  const font = `12px ${getComputedStyle(host).fontFamily}`;
  const chartOptions: uPlot.Options = {
    ...sizeOf(host),
    legend: { show: false },
    ms: 1e-3,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    padding: [8, 20, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: [markRows.bottom, 63] } },
    axes: [
      {
        stroke: colour('--quiet'),
        size: 34,
        grid: { show: false },
        ticks: { stroke: colour('--line'), size: 5 },
        font,
        values: hoursAndMinutes,
      },
      {
        stroke: colour('--quiet'),
        font,
        size: 72,
        gap: 8,
        grid: { show: false },
        ticks: { show: false },
        splits: () => [...markRows.rows.map(({ y }) => y), 0, 10, 20, 40, 60],
        values: (_, splits) =>
          splits.map(
            (y) => markRows.rows.find((row) => row.y === y)?.label ?? (y === 60 ? '60 min' : String(y)),
          ),
      },
    ],
    series: [
      {},
      ...labels.map((label, index) => ({
        label,
        stroke:
          hasLowest && index === 0 ? colour('--quiet') : colour(`--series-${hasLowest ? index - 1 : index}`),
        ...(hasLowest && index === 0 ? { fill: colour('--wash') } : {}),
        width: hasLowest ? (index === 0 ? 1 : 2) : widthOf(index, labels.length),
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [(chart) => drawLifeLines(chart, colour), (chart) => drawMarks(chart, marks(), colour)],
      setCursor: [read],
    },
  };
  const chart = new uPlot(chartOptions, [[]], host);
  chart.over.addEventListener('click', () => {
    const { left } = chart.cursor;
    if (left !== undefined && left !== null && left >= 0) choose(chart.posToVal(left, 'x') * 1000);
  });
  return chart;
}

/** Lines that lie on each other, as those of tokens of the same minute do, are all to be seen. */
function widthOf(index: number, count: number): number {
  return 2 + 1.5 * (count - 1 - index);
}

/** The size that the chart's place has. */
export function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: Math.max(280, host.clientWidth), height: host.clientHeight || 320 };
}

/** Looks each colour up once: thousands of marks are drawn with the same four. */
function coloursOf(host: HTMLElement): (name: string) => string {
  const style = getComputedStyle(host);
  const known = new Map<string, string>();
  return (name) => {
    const colour = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, colour);
    return colour;
  };
}

function hoursAndMinutes(_: uPlot, seconds: number[]): string[] {
  return seconds.map((each) => shortTime(each * 1000));
}

function drawLifeLines(chart: uPlot, colour: (name: string) => string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const minutes of [0, ...lifeLines]) {
    const y = Math.round(chart.valToPos(minutes, 'y', true)) + 0.5;
    ctx.strokeStyle = colour(minutes === 10 ? '--critical' : minutes === 20 ? '--warning' : '--line');
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(minutes === 0 ? [] : [3 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}
