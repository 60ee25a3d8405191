import { useMemo, useRef, useState } from 'preact/hooks';
import { Alarms, Cards } from './cards.tsx';
import { Choice } from './choice.tsx';
import { Faults } from './faults.tsx';
import { Inbox } from './inbox.tsx';
import { type Answer, order } from './listen.ts';
import { Log } from './log.tsx';
import type { Model } from './model.ts';
import { Timeline } from './timeline.tsx';
import { clockTime, dateOf, shortTime } from './words.ts';

/** Long enough to read a sentence twice. */
const answerMilliseconds = 12_000;

/** The whole page. */
export function Page({ model, now }: { model: Model; now: number }) {
  const { setup, state, ticks, messages } = model;
  /** The connection that the time line shows alone; '' for none. */
  const [drawn, setDrawn] = useState('');
  /** Of the tick whose lines are read; `undefined` follows the newest. */
  const [tickId, setTickId] = useState<number>();
  const [answer, setAnswer] = useState<Answer>();
  const hiding = useRef<number>(undefined);
  async function send(wanted: Record<string, unknown>): Promise<void> {
    setAnswer(await order(wanted));
    window.clearTimeout(hiding.current);
    hiding.current = window.setTimeout(() => setAnswer(undefined), answerMilliseconds);
  }
  const speeds = useMemo(
    () =>
      setup.speeds.map((value) => ({
        value,
        label: `${value}×`,
        title: value === 1 ? 'as fast as time' : `an hour in ${Math.round(3600 / value)} seconds`,
      })),
    [setup],
  );
  const names = useMemo(() => state.cards.map(({ name }) => name), [state.cards]);
  return (
    <>
      <a class="skip" href="#connections">
        Skip to the connections
      </a>
      <header class="top">
        <h1>
          Zoho tokens <small>local stage</small>
        </h1>
        <p class="clock">
          <time id="clock">{clockTime(now)}</time> <span id="date">{dateOf(now)}, UTC</span>{' '}
          <span id="next-tick">{nextTick(model)}</span>
        </p>
        <Choice
          id="speeds"
          legend="Speed of time"
          name="speed"
          values={speeds}
          chosen={state.speed}
          choose={(speed) => send({ do: 'speed', speed })}
        />
        <p class="lede">
          Every five minutes the refresher looks at each token, fetches a new one once 40 minutes or less are
          left, and alerts on-call when it cannot. Break something, let time run faster, and watch.
        </p>
        <p class="offline" id="offline" role="alert" hidden={model.isConnected}>
          The local stage does not answer. Is <code>npm start</code> still running? The page connects again by
          itself.
        </p>
      </header>
      <main>
        <section
          id="connections"
          style={{ gridArea: 'connections' }}
          aria-labelledby="connections-title"
          tabIndex={-1}
        >
          <h2 id="connections-title" class="unseen">
            Connections
          </h2>
          <Cards
            cards={state.cards}
            now={now}
            drawn={drawn}
            choose={(name) => setDrawn(name === drawn ? '' : name)}
          />
          <Alarms alarms={state.alarms} />
        </section>
        <Timeline
          model={model}
          now={now}
          names={names}
          drawn={drawn}
          setDrawn={setDrawn}
          choose={(instant) => setTickId((ticks.findLast(({ slot }) => slot <= instant) ?? ticks[0])?.id)}
        />
        {useMemo(
          () => (
            <Inbox messages={messages} send={send} />
          ),
          [messages],
        )}
        {useMemo(
          () => (
            <Faults groups={setup.faultGroups} names={names} broken={state.broken} send={send} />
          ),
          [setup, names, state.broken],
        )}
        {useMemo(
          () => (
            <Log ticks={ticks} chosen={tickId} choose={setTickId} />
          ),
          [ticks, tickId],
        )}
      </main>
      <footer>
        Everything here stays on this machine. Time-outs keep real time: at high speed a hanging answer costs
        many minutes of the stage's clock.
      </footer>
      <div id="spoken" class="unseen" role="status">
        {model.spoken}
      </div>
      <p
        id="answer"
        role="status"
        hidden={answer?.said === undefined}
        data-refused={answer?.isRefused || undefined}
      >
        {answer?.said !== undefined && `${answer.isRefused ? 'Not done: ' : ''}${answer.said}.`}
      </p>
    </>
  );
}

function nextTick({ state: { isTicking, nextTickAt } }: Model): string {
  if (isTicking) return 'a tick is at work';
  return nextTickAt === undefined ? 'ticks have stopped' : `next tick ${shortTime(nextTickAt)}`;
}
