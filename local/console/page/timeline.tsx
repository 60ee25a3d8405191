import { useEffect, useRef, useState } from 'preact/hooks';
import { Choice } from './choice.tsx';
import { type Chart, instantAt, Lane, laneHeight, TimeAxis } from './lane.tsx';
import { type LaneData, lanesOf } from './lanes.ts';
import type { Model } from './listen.ts';
import { EventShape, eventKinds } from './shapes.tsx';
import { count, shortTime } from './words.ts';

const hour = 3_600_000;
const ranges = [1, 3, 6, 24] as const;
const axisHeight = 20;
const rightMargin = 22;

/** The chart of token lives and of what happened to them: a lane for each connection. */
export function Timeline(properties: {
  model: Model;
  now: number;
  /** Of the connection that was chosen; '' for none. */
  drawn: string;
  /** Called with the moment that was clicked. */
  choose: (instant: number) => void;
}) {
  const { model, now, drawn, choose } = properties;
  const [hours, setHours] = useState<number>(1);
  const [pointed, setPointed] = useState<number>();
  const [width, setWidth] = useState(600);
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new ResizeObserver(() => host.current && setWidth(host.current.clientWidth));
    if (host.current) observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  // Nothing is drawn before the first tick.
  const from = Math.max(now - hours * hour, model.history.ticks[0]?.slot ?? 0);
  const lanes = lanesOf(model, from, now, drawn);
  const to = Math.max(now + hour / 3, ...lanes.map(({ expiresAt }) => expiresAt ?? 0));
  const chart: Chart = { from, now, to, width: Math.max(200, width - rightMargin) };
  const height = lanes.length * laneHeight;
  return (
    <section id="timeline" class="sheet" aria-labelledby="timeline-title">
      <div class="heading">
        <h2 id="timeline-title">Minutes of life left</h2>
        <Choice legend="Shown" unit=" h" values={ranges} chosen={hours} choose={setHours} />
      </div>
      <div ref={host}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list of ticks offers the same to the keyboard */}
        <svg
          id="chart"
          role="img"
          aria-label={describe(lanes, now)}
          width={chart.width + rightMargin}
          height={height + axisHeight}
          onPointerMove={(event) => setPointed(instantAt(chart, event.offsetX))}
          onPointerLeave={() => setPointed(undefined)}
          onClick={(event) => choose(instantAt(chart, event.offsetX))}
        >
          {lanes.map((lane, row) => (
            <Lane key={lane.name} lane={lane} chart={chart} top={row * laneHeight} />
          ))}
          <TimeAxis chart={chart} height={height} pointed={pointed} />
        </svg>
      </div>
      <p id="readout" class="quiet buttons" aria-hidden="true">
        {pointed === undefined ? <Legend /> : readAt(pointed, lanes, (to - from) / 100)}
      </p>
    </section>
  );
}

function Legend() {
  return (
    <>
      {eventKinds.map((kind) => (
        <span key={kind}>
          <EventShape kind={kind} /> {kind}{' '}
        </span>
      ))}
      <span>
        <i class="gap" />
        &nbsp;apps had no token
      </span>{' '}
      <span>┄ expected</span>
    </>
  );
}

const inWords = (minutes: number | undefined) => (minutes === undefined ? 'no token' : `${Math.floor(minutes)} min`);

/** What the chart shows at a moment, in words. */
function readAt(instant: number, lanes: readonly LaneData[], reach: number): string {
  const lives = lanes.map(({ name, minutesAt }) => `${name} ${inWords(minutesAt(instant))}`);
  const near = lanes
    .flatMap(({ marks }) => marks)
    .filter(({ at }) => Math.abs(at - instant) < reach)
    .map(({ connection, kind, text }) => `${connection} ${kind}: ${text}`);
  return [shortTime(instant), ...lives, ...new Set(near)].slice(0, 7).join('  ·  ');
}

/** The chart in words, for who cannot see it. */
function describe(lanes: readonly LaneData[], now: number): string {
  const lives = lanes.map(({ name, minutesAt, gaps, marks }) => {
    const failures = marks.filter(({ kind }) => kind === 'failure').length;
    const without = gaps.reduce((sum, gap) => sum + (gap.to - gap.from) / 60_000, 0);
    const gone = without < 1 ? '' : `, ${count(Math.floor(without), 'minute')} without a token`;
    return `${name}: ${inWords(minutesAt(now))} left, ${count(failures, 'failure')}${gone}`;
  });
  return `Minutes of life left. ${lives.join('. ')}.`;
}
