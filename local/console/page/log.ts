import type { TickView } from '../view.ts';
import { byId, h } from './dom.ts';
import type { Model } from './model.ts';
import { count, shortTime } from './words.ts';

/** The ticks, and the log lines of the chosen one. */
export type LogPanel = { show(model: Model): void; chooseAt(instant: number): void };

const mostListed = 288;

/** Makes the panel. */
export function createLog(): LogPanel {
  const follow = byId<HTMLInputElement>('follow');
  const list = byId('ticks');
  let ticks: readonly TickView[] = [];
  let chosen: number | undefined;
  let read: number | undefined;
  const items = new Map<number, HTMLElement>();
  follow.addEventListener('change', () => update());

  function update(): void {
    if (follow.checked) chosen = ticks.at(-1)?.id;
    const kept = new Set(ticks.slice(-mostListed).map(({ id }) => id));
    for (const [id, item] of items) {
      if (kept.has(id)) continue;
      item.remove();
      items.delete(id);
    }
    for (const tick of ticks.slice(-mostListed)) {
      const item = items.get(tick.id) ?? listed(tick);
      if (!items.has(tick.id)) list.prepend(item);
      items.set(tick.id, item);
      // An empty value would read as `false`.
      if (tick.id === chosen) item.firstElementChild?.setAttribute('aria-current', 'true');
      else item.firstElementChild?.removeAttribute('aria-current');
    }
    if (chosen !== read) load();
  }

  function listed(tick: TickView): HTMLElement {
    const { slot, outcomes, codes, alerts, error } = tick;
    const parts = [
      ...Object.entries(outcomes).map(([outcome, number]) => `${number} ${outcome}`),
      ...codes,
      ...(alerts > 0 ? [count(alerts, 'alert')] : []),
      ...(error === undefined ? [] : ['run failed']),
    ];
    const isBad = outcomes.failed !== undefined || error !== undefined;
    const choose = () => {
      follow.checked = false;
      chosen = tick.id;
      update();
    };
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', 'data-level': isBad ? 'critical' : alerts > 0 ? 'warning' : 'good', click: choose },
        h('span', { class: 'when' }, shortTime(slot)),
        ` ${parts.join(', ')}`,
      ),
    );
  }

  function load(): void {
    const tick = ticks.find(({ id }) => id === chosen);
    read = chosen;
    if (tick === undefined) return;
    fetch(`/ticks/${tick.id}`)
      .then((response) => (response.ok ? response.json() : { lines: undefined }))
      .then(({ lines }: { lines?: string[] }) => {
        if (read === tick.id) byId('lines').replaceChildren(...rendered(tick, lines));
      })
      .catch(() => undefined);
  }

  return {
    show(model) {
      if (model.ticks === ticks) return;
      ({ ticks } = model);
      update();
    },
    chooseAt(instant) {
      const tick = ticks.findLast(({ slot }) => slot <= instant) ?? ticks[0];
      if (tick === undefined) return;
      follow.checked = false;
      chosen = tick.id;
      update();
      items.get(tick.id)?.scrollIntoView({ block: 'nearest' });
    },
  };
}

function rendered(tick: TickView, lines: readonly string[] | undefined): HTMLElement[] {
  const { zohoRequests, secretsManagerCalls, durationMilliseconds, error } = tick;
  const summary = `Tick of ${shortTime(tick.slot)}: ${count(zohoRequests, 'request')} to Zoho, ${count(secretsManagerCalls, 'call')} to Secrets Manager, ${durationMilliseconds} ms`;
  const head = h('p', { class: 'note' }, summary);
  const failure = error === undefined ? [] : [h('p', { class: 'failure' }, `The run failed: ${error}`)];
  if (lines === undefined)
    return [head, ...failure, h('p', { class: 'note' }, 'Its lines are forgotten by now.')];
  return [head, ...failure, ...lines.map(renderedLine)];
}

/** A line as it went out, its level at the edge; metrics are quieter than events. */
function renderedLine(line: string): HTMLElement {
  const [, level] = /"level":"(\w+)"/.exec(line) ?? [];
  const kind = line.includes('"_aws"') ? 'metric' : (level ?? 'INFO');
  return h('code', { class: 'entry', 'data-kind': kind }, line);
}
