import uPlot from 'uplot';
import type { MarkView } from '../view.ts';
import { byId, fillChoice, h, setAttribute, setText } from './dom.ts';
import { createLifeChart, sizeOf } from './life-chart.ts';
import { markRows, rowOf } from './marks.ts';
import { type Model, nowOf } from './model.ts';
import { lineOf, lowestLine, minutesLeftAt } from './timeline-data.ts';
import { count, shortTime } from './words.ts';

/** The chart of token lives and of what happened to them. */
export type Timeline = {
  draw(model: Model): void;
  /** Shows one connection alone, or no longer; returns the one that is shown alone now, '' for none. */
  choose(connection: string): string;
};

const hour = 3_600_000;
const ranges = [1, 3, 6, 24].map((hours) => ({ value: hours, label: `${hours} h` }));
/** More lines than this cannot be told apart: then one is drawn, and the lowest of all behind it. */
const mostLines = 4;
/**
 * Makes the time line.
 *
 * @param choose - Called with the moment that was clicked.
 * @param onChosen - Called with the connection that is shown alone from now on, '' for none.
 */
export function createTimeline(
  choose: (instant: number) => void,
  onChosen: (connection: string) => void,
): Timeline {
  const host = byId('chart');
  const select = byId<HTMLSelectElement>('drawn');
  let hours = 1;
  let drawn = '';
  let latest: Model | undefined;
  let plot: uPlot | undefined;
  let shape = '';
  const redraw = () => {
    if (latest !== undefined) draw(latest);
  };
  fillChoice(byId('ranges'), 'range', ranges, hours, (value) => {
    hours = value;
    redraw();
  });
  select.addEventListener('change', () => {
    drawn = select.value;
    onChosen(drawn);
    redraw();
  });
  new ResizeObserver(() => plot?.setSize(sizeOf(host))).observe(host);
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', () => {
      shape = '';
      redraw();
    });
  }

  function namesToDraw(model: Model): string[] {
    const names = model.state.cards.map(({ name }) => name);
    if (names.includes(drawn)) return [drawn];
    return names.length <= mostLines ? names : [];
  }

  function draw(model: Model): void {
    latest = model;
    const all = model.state.cards.map(({ name }) => name);
    if (all.length === 0) return;
    fillSelect(all);
    const names = namesToDraw(model);
    const hasLowest = all.length > mostLines;
    const now = nowOf(model, Date.now());
    const from = now - hours * hour;
    const lines = names.map((name) => lineOf(model.spans.get(name) ?? [], from, now));
    if (hasLowest) lines.unshift(lowestLine([...model.spans.values()], from, now));
    const labels = [...(hasLowest ? ['lowest of all'] : []), ...names];
    const marks = model.marks.filter(
      ({ at, connection }) => at >= from && (names.length === 0 || names.includes(connection)),
    );
    const wanted = labels.join();
    if (plot === undefined || shape !== wanted) {
      plot?.destroy();
      host.replaceChildren();
      plot = createLifeChart(host, {
        labels,
        hasLowest,
        marks: () => current?.marks ?? [],
        read: showReadout,
        choose,
      });
      shape = wanted;
      showLegend(labels, hasLowest);
    }
    current = { marks, names, model };
    plot.setData(uPlot.join(lines.map(({ times, minutes }) => [times, minutes])) as uPlot.AlignedData, false);
    plot.batch(() => plot?.setScale('x', { min: from / 1000, max: now / 1000 }));
    setAttribute(host, 'aria-label', describe(model, names, marks, now));
  }

  let current: { marks: MarkView[]; names: string[]; model: Model } | undefined;

  function fillSelect(all: readonly string[]): void {
    byId('drawn-choice').hidden = all.length < 2;
    if (select.options.length === all.length + 1) return;
    select.replaceChildren(
      h('option', { value: '' }, all.length <= mostLines ? 'all' : 'lowest of all'),
      ...all.map((name) => h('option', {}, name)),
    );
  }

  function showReadout(chart: uPlot): void {
    const { left } = chart.cursor;
    const readout = byId('readout');
    if (left === undefined || left === null || left < 0 || current === undefined) {
      setText(readout, '');
      return;
    }
    const instant = chart.posToVal(left, 'x') * 1000;
    const { names, marks, model } = current;
    const lives = names.map((name) => {
      const minutes = minutesLeftAt(model.spans.get(name) ?? [], instant);
      return `${name} ${minutes === undefined ? 'no token' : `${Math.floor(minutes)} min`}`;
    });
    const reach = (hours * hour) / 150;
    const near = marks
      .filter(({ at }) => Math.abs(at - instant) < reach)
      .sort((one, other) => rowOf(one.kind) - rowOf(other.kind))
      .map(({ connection, kind, text }) => `${connection} ${kind}: ${text}`);
    setText(readout, [shortTime(instant), ...lives, ...new Set(near)].slice(0, 7).join('  ·  '));
  }

  function showLegend(labels: readonly string[], hasLowest: boolean): void {
    byId('legend').replaceChildren(
      ...labels.map((label, index) => {
        const series = hasLowest ? (index === 0 ? 'lowest' : String(index - 1)) : String(index);
        return h('li', { 'data-series': series }, label);
      }),
    );
  }

  return {
    draw,
    choose(connection) {
      drawn = drawn === connection ? '' : connection;
      select.value = drawn;
      redraw();
      return drawn;
    },
  };
}

/** The chart in words, for who cannot see it. */
function describe(model: Model, names: readonly string[], marks: readonly MarkView[], now: number): string {
  const shown = names.length > 0 ? names : [...model.spans.keys()];
  const lives = shown.map((name) => {
    const minutes = minutesLeftAt(model.spans.get(name) ?? [], now);
    return `${name}: ${minutes === undefined ? 'no token' : `${count(Math.floor(minutes), 'minute')} left`}`;
  });
  const kinds = markRows.rows.map(
    ({ kind, label }) => `${marks.filter((mark) => mark.kind === kind).length} ${label}`,
  );
  return `Minutes of life left. ${lives.join(', ')}. In the time shown: ${kinds.join(', ')}.`;
}
