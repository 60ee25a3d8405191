import { render } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Choice } from './choice.tsx';
import { Connections } from './connections.tsx';
import { Faults } from './faults.tsx';
import { Inbox } from './inbox.tsx';
import { type Answer, type Model, nowOf, order, useStage } from './listen.ts';
import { Log } from './log.tsx';
import { type Status, statusOf } from './status-line.ts';
import { Timeline } from './timeline.tsx';
import { clockTime, dateOf, levelOf, shortTime } from './words.ts';

/** Long enough to read a sentence twice. */
const answerMilliseconds = 12_000;
const mostTroubles = 3;

/** The whole page. */
function Page({ model, isConnected }: { model: Model; isConnected: boolean }) {
  const { setup, state } = model;
  const now = nowOf(model);
  const { ticks, messages } = model.history;
  /** The connection that has a lane of its own among many; '' for none. */
  const [drawn, setDrawn] = useState('');
  /** Of the tick whose lines are read; `undefined` follows the newest. */
  const [tickId, setTickId] = useState<number>();
  const [answer, setAnswer] = useState<Answer>();
  const hiding = useRef<number>(undefined);
  async function send(...wanted: Record<string, unknown>[]): Promise<void> {
    for (const each of wanted) setAnswer(await order(each));
    window.clearTimeout(hiding.current);
    hiding.current = window.setTimeout(() => setAnswer(undefined), answerMilliseconds);
  }
  const log = useMemo(() => <Log ticks={ticks} chosen={tickId} choose={setTickId} />, [ticks, tickId]);
  const inbox = useMemo(() => <Inbox messages={messages} send={send} />, [messages]);
  const { broken } = state;
  const faults = useMemo(() => <Faults setup={setup} broken={broken} send={send} />, [setup, broken]);
  const status = statusOf(state, now, setup.tickIntervalMilliseconds);
  useEffect(() => {
    document.title = `${status.tab} · Zoho tokens`;
  }, [status.tab]);
  return (
    <>
      <a class="skip" href="#connections">
        Skip to the connections
      </a>
      <header class="heading">
        <h1>
          Zoho tokens <small>local stage</small>
        </h1>
        <p class="quiet">
          <time id="clock">{clockTime(now)}</time> <span id="date">{dateOf(now)}, UTC</span> ·{' '}
          <span id="next-tick">{nextTick(model)}</span>
        </p>
        <Choice
          legend="Speed"
          unit="×"
          values={setup.speeds}
          chosen={state.speed}
          choose={(speed) => send({ do: 'speed', speed })}
        />
      </header>
      <p id="offline" class="band" role="alert" hidden={isConnected} data-bad>
        The local stage does not answer. Is <code>npm start</code> still running? The page connects again by itself.
      </p>
      <StatusBand status={status} />
      <main>
        <div class="column">
          <Connections state={state} now={now} drawn={drawn} choose={(name) => setDrawn(name === drawn ? '' : name)} />
          <Timeline
            model={model}
            now={now}
            drawn={drawn}
            choose={(instant) => setTickId((ticks.findLast(({ slot }) => slot <= instant) ?? ticks[0])?.id)}
          />
          {log}
        </div>
        <div class="column">
          {faults}
          {inbox}
        </div>
      </main>
      <footer class="quiet">
        The refresher looks at each token every five minutes, fetches a new one once 40 minutes or less are left, and
        alerts on-call when it cannot. Everything here stays on this machine.
      </footer>
      <div id="spoken" class="unseen" role="status">
        {model.spoken}
      </div>
      <p
        id="answer"
        class="band"
        role="status"
        hidden={answer?.said === undefined}
        data-bad={answer?.isRefused || undefined}
      >
        {answer?.said !== undefined && `${answer.isRefused ? 'Not done: ' : ''}${answer.said}.`}
      </p>
    </>
  );
}

/** The line on top; in an incident a band with what apps feel and the command to copy. */
function StatusBand({ status: { level, sentence, troubles } }: { status: Status }) {
  return (
    <section id="status" class="band" aria-label="Status" {...levelOf(level)}>
      <strong role="status">{sentence}</strong>
      <ul>
        {troubles.slice(0, mostTroubles).map(({ name, felt, todo, command }) => (
          <li key={name}>
            <strong>{name}</strong>: {felt}. {command !== null && <Command text={command} />} {todo}
          </li>
        ))}
      </ul>
      {troubles.length > mostTroubles && <p>{`And ${troubles.length - mostTroubles} more.`}</p>}
    </section>
  );
}

function Command({ text }: { text: string }) {
  const [label, setLabel] = useState('Copy');
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setLabel('Copied'),
      () => setLabel('Select it'),
    );
  return (
    <>
      <code>{text}</code>{' '}
      <button type="button" onClick={copy} aria-label={`${label}: ${text}`}>
        {label}
      </button>
    </>
  );
}

function nextTick({ state: { isTicking, nextTickAt } }: Model): string {
  if (isTicking) return 'a tick is at work';
  return nextTickAt === undefined ? 'ticks have stopped' : `next tick ${shortTime(nextTickAt)}`;
}

function App() {
  const { model, isConnected } = useStage();
  return model && <Page model={model} isConnected={isConnected} />;
}

render(<App />, document.body);
