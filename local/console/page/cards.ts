import type { CardView } from '../view.ts';
import { byId, h, setAttribute, setText } from './dom.ts';
import { type Model, nowOf } from './model.ts';
import { ago, shortTime, span } from './words.ts';

/** The cards, one per connection. */
export type Cards = {
  /** Shows what the server told. */
  show(model: Model): void;
  /** Lets the bars shrink between what the server tells. */
  passTime(model: Model): void;
  /** Marks the one card whose connection the time line shows alone; '' for none. */
  markChosen(connection: string): void;
};

/** Above this many cards are small, and those with trouble come first. */
const mostLargeCards = 6;
const urgency = { critical: 0, warning: 1, watch: 2, good: 3 } as const;
const minute = 60_000;
/** Where on the bar on-call hears, hears again, and where the token is due: of 60 minutes 10, 20 and 40. */
const lifeLines = { critical: 1 / 6, warning: 1 / 3, refresh: 2 / 3 } as const;

/** Makes the cards; `choose` is called with the connection whose card was chosen. */
export function createCards(choose: (connection: string) => void): Cards {
  const host = byId('cards');
  const made = new Map<string, Card>();

  return {
    show(model) {
      const { cards } = model.state;
      const isMany = cards.length > mostLargeCards;
      setAttribute(host, 'data-size', isMany ? 'small' : 'large');
      const ordered = isMany
        ? cards.toSorted((one, other) => urgency[one.level] - urgency[other.level])
        : cards;
      ordered.forEach((view, place) => {
        const card = made.get(view.name) ?? createCard(view.name, choose);
        made.set(view.name, card);
        card.show(view);
        // Moved only where it is not in its place already: a moved element loses the keyboard's focus.
        if (host.children[place] !== card.element)
          host.insertBefore(card.element, host.children[place] ?? null);
      });
      showAlarms(model);
      this.passTime(model);
    },
    passTime(model) {
      const now = nowOf(model, Date.now());
      for (const view of model.state.cards) made.get(view.name)?.passTime(view, now);
    },
    markChosen(connection) {
      for (const [name, { name: button }] of made) {
        setAttribute(button, 'aria-pressed', String(name === connection));
      }
    },
  };
}

type Card = {
  element: HTMLElement;
  name: HTMLElement;
  show(view: CardView): void;
  passTime(view: CardView, now: number): void;
};

function createCard(name: string, choose: (connection: string) => void): Card {
  const state = h('p', { class: 'state' });
  const minutes = h('strong');
  const fill = h('span', { class: 'fill' });
  const bar = h(
    'div',
    { class: 'bar', role: 'meter', 'aria-label': `Life left of ${name}`, 'aria-valuemin': '0' },
    fill,
  );
  const scale = h('div', { class: 'scale', 'aria-hidden': 'true' });
  const lines = Object.entries(lifeLines).map(([line, fraction]) => {
    bar.append(h('span', { class: `line ${line}` }));
    const label = h('span', { class: `line ${line}` });
    scale.append(label);
    return { label, fraction };
  });
  const facts = {
    token: h('dd'),
    refreshed: h('dd'),
    app: h('dd'),
    incident: h('dd'),
    remedy: h('dd'),
    broken: h('dd'),
  };
  const rows = {
    token: h('div', {}, h('dt', {}, 'Token'), facts.token),
    refreshed: h('div', {}, h('dt', {}, 'Refreshed'), facts.refreshed),
    app: h('div', {}, h('dt', {}, 'Apps get'), facts.app),
    incident: h('div', {}, h('dt', {}, 'Incident'), facts.incident),
    remedy: h('div', {}, h('dt', {}, 'Fix'), facts.remedy),
    broken: h('div', {}, h('dt', {}, 'Broken'), facts.broken),
  };
  const service = h('span', { class: 'service' });
  const button = h(
    'button',
    {
      type: 'button',
      click: () => choose(name),
      title: 'Show alone in the time line',
      'aria-pressed': 'false',
    },
    name,
  );
  const element = h(
    'article',
    { class: 'card', 'data-connection': name },
    h('h3', {}, button, service),
    state,
    h('p', { class: 'left' }, minutes, ' min', h('span', {}, ' left')),
    bar,
    scale,
    h('dl', {}, ...Object.values(rows)),
  );

  return {
    element,
    name: button,
    show(view) {
      setAttribute(element, 'data-level', view.level);
      setText(service, `${view.service} · ${view.dataCenter}`);
      setText(state, view.state);
      setText(facts.token, view.token?.masked ?? 'none');
      setText(facts.app, view.app.text);
      setAttribute(rows.app, 'data-bad', view.app.isUsable ? undefined : '');
      rows.incident.hidden = view.incident === undefined;
      rows.remedy.hidden = view.incident === undefined;
      setText(facts.remedy, view.incident?.remedy ?? '');
      rows.broken.hidden = view.broken.length === 0;
      setText(facts.broken, view.broken.join(', '));
    },
    passTime({ token, incident }, now) {
      const left = token === undefined || token.isDead ? 0 : Math.max(0, token.expiresAt - now);
      const lifetime = token === undefined ? 60 * minute : Math.max(1, token.expiresAt - token.issuedAt);
      setText(minutes, String(Math.floor(left / minute)));
      fill.style.transform = `scaleX(${Math.min(1, left / lifetime).toFixed(4)})`;
      for (const { label, fraction } of lines)
        setText(label, String(Math.round((lifetime * fraction) / minute)));
      setAttribute(bar, 'aria-valuemax', String(Math.round(lifetime / minute)));
      setAttribute(bar, 'aria-valuenow', String(Math.floor(left / minute)));
      setText(
        facts.refreshed,
        token === undefined ? 'never' : `${shortTime(token.issuedAt)}, ${ago(now - token.issuedAt)}`,
      );
      if (incident !== undefined) {
        const told = incident.isTold ? 'on-call told' : 'nobody told yet';
        setText(
          facts.incident,
          `${incident.code}, ${incident.title}: for ${span(now - incident.since)}, ${told}`,
        );
      }
    },
  };
}

function showAlarms({ state }: Model): void {
  const host = byId('alarms');
  const speaking = state.alarms.filter(({ isAlarm }) => isAlarm);
  const calm = state.alarms.length - speaking.length;
  const items = speaking.map(({ name, reason }) =>
    h('li', { 'data-level': 'critical' }, h('strong', {}, 'ALARM'), ` ${name}: ${reason}`),
  );
  const rest = `${calm} CloudWatch ${calm === 1 ? 'alarm is' : 'alarms are'} calm`;
  if (calm > 0) items.push(h('li', { 'data-level': 'good' }, rest));
  const text = items.map(({ textContent }) => textContent).join('\n');
  if (host.dataset.text === text) return;
  host.dataset.text = text;
  host.replaceChildren(...items);
}
