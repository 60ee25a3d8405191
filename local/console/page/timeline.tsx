import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { MarkView } from '../view.ts';
import { Choice } from './choice.tsx';
import { createLifeChart, markRows, rowOf, seriesColour, sizeOf } from './life-chart.ts';
import type { Model } from './model.ts';
import { lineOf, lowestLine, minutesLeftAt } from './timeline-data.ts';
import { count, shortTime } from './words.ts';

const hour = 3_600_000;
const ranges = [1, 3, 6, 24].map((hours) => ({ value: hours, label: `${hours} h` }));
/** More lines than this cannot be told apart: then one is drawn, and the lowest of all behind it. */
const mostLines = 4;
const redrawMilliseconds = 900;

/** The chart of token lives and of what happened to them; `drawn` is the connection that is shown alone, '' for none. */
export function Timeline(properties: {
  model: Model;
  now: number;
  names: readonly string[];
  drawn: string;
  setDrawn: (name: string) => void;
  /** Called with the moment that was clicked. */
  choose: (instant: number) => void;
}) {
  const { model, now, names: all, drawn, setDrawn, choose } = properties;
  const [hours, setHours] = useState(1);
  const [readout, setReadout] = useState('');
  const [isTableOpen, setTableOpen] = useState(false);
  const [scheme, setScheme] = useState(0);
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<{ plot: uPlot; key: string; drawnAt: number; of: unknown[] }>(undefined);
  const names = all.includes(drawn) ? [drawn] : all.length <= mostLines ? all : [];
  const hasLowest = all.length > mostLines;
  const labels = [...(hasLowest ? ['lowest of all'] : []), ...names];
  const from = now - hours * hour;
  const marks = model.marks.filter(
    ({ at, connection }) => at >= from && (names.length === 0 || names.includes(connection)),
  );
  /** What the chart's own listeners look at. */
  const latest = useRef({ model, names, marks, hours, choose });
  latest.current = { model, names, marks, hours, choose };

  useEffect(() => {
    const observer = new ResizeObserver(
      () => host.current && chart.current?.plot.setSize(sizeOf(host.current)),
    );
    if (host.current) observer.observe(host.current);
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
      matchMedia(query).addEventListener('change', () => setScheme((before) => before + 1));
  }, []);

  useEffect(() => {
    if (host.current === null || all.length === 0) return;
    const key = `${labels.join()} ${scheme}`;
    if (chart.current?.key !== key) {
      chart.current?.plot.destroy();
      const plot = createLifeChart(host.current, {
        labels,
        hasLowest,
        marks: () => latest.current.marks,
        read: (instant) => setReadout(instant === undefined ? '' : readAt(instant, latest.current)),
        choose: (instant) => latest.current.choose(instant),
      });
      chart.current = { plot, key, drawnAt: 0, of: [] };
    }
    const of = [model.marks, model.ticks, model.stateAt, hours];
    const isSame = of.every((each, index) => each === chart.current?.of[index]);
    if (isSame && model.state.speed <= 1 && performance.now() - chart.current.drawnAt < redrawMilliseconds)
      return;
    Object.assign(chart.current, { of, drawnAt: performance.now() });
    const lines = names.map((name) => lineOf(model.spans.get(name) ?? [], from, now));
    if (hasLowest) lines.unshift(lowestLine([...model.spans.values()], from, now));
    const { plot } = chart.current;
    plot.setData(uPlot.join(lines.map(({ times, minutes }) => [times, minutes])) as uPlot.AlignedData, false);
    plot.batch(() => plot.setScale('x', { min: from / 1000, max: now / 1000 }));
  });

  return (
    <section id="timeline" style={{ gridArea: 'timeline' }} aria-labelledby="timeline-title">
      <div class="heading">
        <h2 id="timeline-title">Time line</h2>
        <label hidden={all.length < 2}>
          Shown{' '}
          <select id="drawn" value={drawn} onChange={({ currentTarget }) => setDrawn(currentTarget.value)}>
            <option value="">{hasLowest ? 'lowest of all' : 'all'}</option>
            {all.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <Choice
          id="ranges"
          legend="Time shown"
          name="range"
          values={ranges}
          chosen={hours}
          choose={setHours}
        />
      </div>
      <p id="readout" aria-hidden="true">
        {readout}
      </p>
      <div id="chart" role="img" aria-label={describe(model, names, marks, now)} ref={host} />
      <ul id="legend">
        {labels.map((label, index) => (
          <li key={label} style={{ '--series': `var(${seriesColour(index, hasLowest)})` }}>
            {label}
          </li>
        ))}
      </ul>
      <details id="marks" onToggle={({ currentTarget }) => setTableOpen(currentTarget.open)}>
        <summary>The same as a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and only what has the focus can be scrolled by keys */}
        <section class="scroll" aria-label="Events as a table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {['Time', 'Connection', 'Event', 'Text'].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{isTableOpen && model.marks.slice(-200).toReversed().map(rowOfTable)}</tbody>
          </table>
        </section>
      </details>
    </section>
  );
}

function rowOfTable({ at, connection, kind, text }: MarkView, index: number) {
  return (
    <tr key={index}>
      <td>{shortTime(at)}</td>
      <td>{connection}</td>
      <td>{kind}</td>
      <td>{text}</td>
    </tr>
  );
}

const inWords = (minutes: number | undefined, words: (whole: number) => string) =>
  minutes === undefined ? 'no token' : words(Math.floor(minutes));

/** What the chart shows at a moment, in words. */
function readAt(
  instant: number,
  {
    model,
    names,
    marks,
    hours,
  }: { model: Model; names: readonly string[]; marks: MarkView[]; hours: number },
): string {
  const lives = names.map(
    (name) =>
      `${name} ${inWords(minutesLeftAt(model.spans.get(name) ?? [], instant), (left) => `${left} min`)}`,
  );
  const near = marks
    .filter(({ at }) => Math.abs(at - instant) < (hours * hour) / 150)
    .sort((one, other) => rowOf(one.kind) - rowOf(other.kind))
    .map(({ connection, kind, text }) => `${connection} ${kind}: ${text}`);
  return [shortTime(instant), ...lives, ...new Set(near)].slice(0, 7).join('  ·  ');
}

/** The chart in words, for who cannot see it. */
function describe(model: Model, names: readonly string[], marks: readonly MarkView[], now: number): string {
  const shown = names.length > 0 ? names : [...model.spans.keys()];
  const lives = shown.map((name) => {
    const minutes = minutesLeftAt(model.spans.get(name) ?? [], now);
    return `${name}: ${inWords(minutes, (left) => `${count(left, 'minute')} left`)}`;
  });
  const kinds = markRows.rows.map(
    ({ kind, label }) => `${marks.filter((mark) => mark.kind === kind).length} ${label}`,
  );
  return `Minutes of life left. ${lives.join(', ')}. In the time shown: ${kinds.join(', ')}.`;
}
