import 'uplot/dist/uPlot.min.css';
import './styles/base.css';
import './styles/top.css';
import './styles/layout.css';
import './styles/cards.css';
import './styles/timeline.css';
import './styles/inbox.css';
import './styles/faults.css';
import './styles/log.css';
import { createCards } from './cards.ts';
import { byId, fillChoice, setText } from './dom.ts';
import { createFaults } from './faults.ts';
import { createInbox } from './inbox.ts';
import { createLog } from './log.ts';
import { emptyModel, nowOf, takeIn } from './model.ts';
import { listen, order } from './server.ts';
import { createTimeline } from './timeline.ts';
import { clockTime, dateOf, shortTime } from './words.ts';

/** The page: what the server tells goes into the model, and each part shows its share of it. */
const model = emptyModel();
const spoken = byId('spoken');
const log = createLog();
const cards = createCards((connection) => cards.markChosen(timeline.choose(connection)));
const timeline = createTimeline((instant) => log.chooseAt(instant), cards.markChosen);
const inbox = createInbox((text) => setText(spoken, text));
const faults = createFaults(order);

/** Between two messages of the server the page's own clock goes on. */
const frameMilliseconds = 250;

listen({
  setup(setup) {
    // Another process counts ticks and mails anew, and may have another page.
    if (model.setup.bootId !== '' && model.setup.bootId !== setup.bootId) location.reload();
    model.setup = setup;
    offerSpeeds();
  },
  state(state) {
    model.state = state;
    model.stateAt = Date.now();
    showSpeed();
    cards.show(model);
    faults.show(model);
    timeline.draw(model);
    showClock();
  },
  history(history) {
    takeIn(model, history);
    inbox.show(model);
    log.show(model);
    timeline.draw(model);
    showMarks();
  },
});
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
