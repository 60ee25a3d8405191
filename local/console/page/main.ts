import 'uplot/dist/uPlot.min.css';
import './styles/base.css';
import './styles/top.css';
import './styles/layout.css';
import './styles/cards.css';
import './styles/timeline.css';
import './styles/inbox.css';
import './styles/faults.css';
import './styles/log.css';
import type { HistoryView, SetupView, StateView } from '../view.ts';
import { createCards } from './cards.ts';
import { byId, fillChoice, setText } from './dom.ts';
import { createFaults } from './faults.ts';
import { createInbox } from './inbox.ts';
import { createLog } from './log.ts';
import { emptyModel, nowOf, takeIn } from './model.ts';
import { createTimeline } from './timeline.ts';
import { clockTime, dateOf, shortTime } from './words.ts';

/** The page: what the server tells goes into the model, and each part shows its share of it. */
const model = emptyModel();
const spoken = byId('spoken');
const log = createLog();
const timeline = createTimeline((instant) => log.chooseAt(instant));
const cards = createCards((connection) => timeline.show(connection));
const inbox = createInbox((text) => setText(spoken, text));
const faults = createFaults(order);

/** Between two messages of the server the page's own clock goes on. */
const frameMilliseconds = 250;

const events = new EventSource('/events');
on<SetupView>('setup', (setup) => {
  model.setup = setup;
  offerSpeeds();
});
on<StateView>('state', (state) => {
  model.state = state;
  model.stateAt = Date.now();
  showSpeed();
  cards.show(model);
  faults.show(model);
  timeline.draw(model);
  showClock();
});
on<HistoryView>('history', (history) => {
  takeIn(model, history);
  inbox.show(model);
  log.show(model);
  timeline.draw(model);
  showMarks();
});
events.addEventListener('open', () => showConnected(true));
events.addEventListener('error', () => showConnected(false));
byId('test-alert').addEventListener('click', () => order({ do: 'test alert' }));
byId('marks').addEventListener('toggle', showMarks);

let frames = 0;
setInterval(() => {
  if (model.stateAt === 0 || document.hidden) return;
  showClock();
  cards.passTime(model);
  frames += 1;
  if (frames % 4 === 0 || model.state.speed > 1) timeline.draw(model);
}, frameMilliseconds);

function on<Content>(name: string, take: (content: Content) => void): void {
  events.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as Content));
}

function order(wanted: Record<string, unknown>): void {
  fetch('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  }).catch(() => showConnected(false));
}

function offerSpeeds(): void {
  const choices = model.setup.speeds.map((value) => ({
    value,
    label: `${value}×`,
    title: value === 1 ? 'as fast as time' : `an hour in ${Math.round(3600 / value)} seconds`,
  }));
  fillChoice(byId('speeds'), 'speed', choices, undefined, (speed) => order({ do: 'speed', speed }));
}

/** Somebody else may have chosen it, in another window. */
function showSpeed(): void {
  for (const input of byId('speeds').querySelectorAll('input')) {
    input.checked = Number(input.value) === model.state.speed;
  }
}

function showClock(): void {
  const now = nowOf(model, Date.now());
  const { isTicking, nextTickAt } = model.state;
  setText(byId('clock'), clockTime(now));
  setText(byId('date'), `${dateOf(now)}, UTC`);
  const next = nextTickAt === undefined ? 'ticks have stopped' : `next tick ${shortTime(nextTickAt)}`;
  setText(byId('next-tick'), isTicking ? 'a tick is at work' : next);
}

function showConnected(isConnected: boolean): void {
  byId('offline').hidden = isConnected;
}

/** The time line's events as a table, newest first; made only while somebody looks. */
function showMarks(): void {
  const details = byId<HTMLDetailsElement>('marks');
  const body = details.querySelector('tbody');
  if (!details.open || body === null) return;
  body.replaceChildren();
  for (const { at, connection, kind, text } of model.marks.slice(-200).toReversed()) {
    const row = body.insertRow();
    for (const cell of [shortTime(at), connection, kind, text]) row.insertCell().textContent = cell;
  }
}
