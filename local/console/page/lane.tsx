import type { MarkView } from '../view.ts';
import type { LaneData } from './lanes.ts';
import { eventKinds, eventShapes, shapeOf } from './shapes.tsx';
import { shortTime } from './words.ts';

/** What all lanes share: the time that they show, and how wide they are. */
export type Chart = {
  readonly from: number;
  readonly now: number;
  readonly to: number;
  readonly width: number;
};

/** A lane has its name, the line of life left, and a row of events, from top to bottom. */
const plot = { top: 20, height: 46, minutes: 62 };
const eventsAt = plot.top + plot.height + 10;
export const laneHeight = eventsAt + 14;
/** Minutes at which a refresh is due, and at which on-call is alerted. */
const lifeLines = [40, 20];
const minute = 60_000;
const axisSteps = [5, 10, 20, 30, 60, 120, 240, 360].map((minutes) => minutes * minute);
const leastLabelWidth = 64;
const grid = 'var(--line)';
const dots = '2 4';

/** So that a shape at the edge is whole. */
const leftMargin = 6;
const xOf = ({ from, to, width }: Chart, instant: number) =>
  leftMargin + ((instant - from) / (to - from)) * (width - leftMargin);
/** The moment at a place of the chart. */
export const instantAt = ({ from, to, width }: Chart, x: number) =>
  from + (Math.max(0, x - leftMargin) / (width - leftMargin)) * (to - from);
const yOf = (minutes: number) => plot.top + plot.height * (1 - Math.min(minutes, plot.minutes) / plot.minutes);

/** One connection's life: what was, and dotted what is to be expected. */
export function Lane({ lane, chart, top }: { lane: LaneData; chart: Chart; top: number }) {
  const { name, index, line, gaps, marks, expiresAt, refreshAt } = lane;
  const { path: shape, colour } = index === undefined ? { path: '', colour: 'var(--quiet)' } : shapeOf(index);
  const x = (instant: number) => Math.round(xOf(chart, Math.max(instant, chart.from)) * 10) / 10;
  const drawn = line.map(([instant, minutes]) => `${x(instant)} ${yOf(minutes).toFixed(1)}`).join('L');
  const [full, zero] = [yOf(60), yOf(0)];
  const expected = { stroke: colour, 'stroke-dasharray': dots };
  const onTop = (place: number) => `translate(${place} ${full}) scale(4.5)`;
  /** Many happen at the same moment: one on a place is enough. */
  const placesOf = (wanted: MarkView['kind']) => [
    ...new Set(marks.filter(({ kind }) => kind === wanted).map(({ at }) => Math.round(x(at)))),
  ];
  return (
    <g transform={`translate(0 ${top})`}>
      {lifeLines.map((minutes) => (
        <g key={minutes}>
          <path stroke={grid} stroke-dasharray={dots} d={`M0 ${yOf(minutes)}H${chart.width}`} />
          <text x={chart.width + 5} y={yOf(minutes) + 4}>
            {minutes}
          </text>
        </g>
      ))}
      {gaps.map(({ from, to }) => (
        <path key={from} class="gap" d={`M${x(from)} ${plot.top}H${x(to)}v${plot.height}H${x(from)}z`} />
      ))}
      <path stroke={grid} d={`M0 ${zero}H${chart.width}`} />
      {line[0] !== undefined && (
        <>
          <path fill={colour} opacity={0.12} d={`M${x(line[0][0])} ${zero}L${drawn}V${zero}z`} />
          <path stroke={colour} d={`M${drawn}`} />
        </>
      )}
      {expiresAt !== undefined && expiresAt > chart.now && (
        <>
          <path {...expected} d={`M${x(chart.now)} ${yOf((expiresAt - chart.now) / minute)}L${x(expiresAt)} ${zero}`} />
          <text text-anchor="end" x={x(expiresAt)} y={plot.top + 10}>
            {`expires ${shortTime(expiresAt)}`}
          </text>
        </>
      )}
      {refreshAt !== undefined && (
        <>
          <path {...expected} d={`M${x(refreshAt)} ${zero}V${full}`} />
          <path stroke={colour} stroke-width={0.35} d={shape} transform={onTop(x(refreshAt))} />
          <text x={x(refreshAt) + 8} y={12}>
            {`refresh ${shortTime(refreshAt)}`}
          </text>
        </>
      )}
      {index !== undefined &&
        placesOf('refresh').map((at) => <path key={at} fill={colour} d={shape} transform={onTop(at)} />)}
      {eventKinds.map((kind) => {
        const { path, ink } = eventShapes[kind];
        const places = placesOf(kind).map((at) => path(at, kind === 'alert' ? zero - 7 : eventsAt));
        return <path key={kind} {...ink} d={places.join('')} />;
      })}
      <path fill={colour} d={shape} transform="translate(6 8) scale(5)" />
      <text class="name" x={shape === '' ? 0 : 16} y={12}>
        {name}
      </text>
    </g>
  );
}

/** The times below the lanes, the line that is now, and the one under the pointer. */
export function TimeAxis({ chart, height, pointed }: { chart: Chart; height: number; pointed: number | undefined }) {
  const { from, now, to, width } = chart;
  const step = axisSteps.find((each) => ((to - from) / each) * leastLabelWidth < width) ?? to - from;
  // A label at the very edge would be cut.
  const first = Math.ceil((from + (to - from) / 40) / step) * step;
  const times = Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
  return (
    <g>
      {times.map((instant) => (
        <text key={instant} text-anchor="middle" x={xOf(chart, instant)} y={height + 14}>
          {shortTime(instant)}
        </text>
      ))}
      <path stroke="var(--quiet)" d={`M${xOf(chart, now)} 0V${height}`} />
      {pointed !== undefined && <path stroke={grid} d={`M${xOf(chart, pointed)} 0V${height}`} />}
    </g>
  );
}
