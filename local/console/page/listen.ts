import { useEffect, useReducer, useState } from 'preact/hooks';
import { noHistory, takeIn } from '../history.ts';
import type { SetupView } from '../setup.ts';
import type { HistoryView, StateView } from '../view.ts';

/** Everything that the page knows, and when it learned it. */
export type Model = {
  readonly setup: SetupView;
  readonly state: StateView;
  /** The machine's time when {@link Model.state} arrived. */
  readonly stateAt: number;
  readonly isConnected: boolean;
  readonly history: HistoryView;
  /** What a screen reader says. */
  readonly spoken: string;
};

const emptyModel: Model = {
  setup: { bootId: '', faultGroups: [], starters: [], speeds: [], tickIntervalMilliseconds: 1 },
  state: { now: 0, speed: 0, nextTickAt: undefined, isTicking: false, cards: [], alarms: [], broken: [] },
  stateAt: 0,
  isConnected: true,
  history: noHistory,
  spoken: '',
};

const retryMilliseconds = 3_000;
/** Between two messages of the server the page's own clock goes on. */
const frameMilliseconds = 250;

/**
 * What the server tells while somebody looks at the page, and what the stage's clock shows now.
 *
 * A browser opens six connections to one host and no more: pages that nobody sees must not keep them from the one that
 * somebody does. After each connect, also one after a loss, the server tells everything anew.
 */
export function useStage(): { model: Model; now: number } {
  const [model, setModel] = useState(emptyModel);
  const [, draw] = useReducer((frames: number) => frames + 1, 0);
  useEffect(() => {
    let bootId = '';
    let events: EventSource | undefined;
    let retry: number | undefined;
    const learn = (more: (known: Model) => Partial<Model>) => setModel((known) => ({ ...known, ...more(known) }));
    const take = {
      setup(setup: SetupView) {
        // Another process counts ticks and mails anew, and may have another page.
        if (bootId !== '' && bootId !== setup.bootId) location.reload();
        ({ bootId } = setup);
        learn(() => ({ setup }));
      },
      state: (state: StateView) => learn(() => ({ state, stateAt: Date.now() })),
      history: (news: HistoryView) =>
        learn(({ history, spoken }) => {
          const mail = news.isWhole ? undefined : news.messages.at(-1);
          return { history: takeIn(history, news), spoken: mail ? `New mail: ${mail.subject}` : spoken };
        }),
    };
    function connect(): void {
      window.clearTimeout(retry);
      events?.close();
      events = undefined;
      if (document.hidden) return;
      events = new EventSource('/events');
      events.addEventListener('open', () => learn(() => ({ isConnected: true })));
      events.addEventListener('error', () => {
        learn(() => ({ isConnected: false }));
        // A refusal ends an event source for good; after a loss it connects again by itself.
        if (events?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, retryMilliseconds);
      });
      for (const [name, told] of Object.entries(take))
        events.addEventListener(name, ({ data }: MessageEvent<string>) => told(JSON.parse(data)));
    }
    document.addEventListener('visibilitychange', connect);
    connect();
    window.setInterval(() => document.hidden || draw(undefined), frameMilliseconds);
  }, []);
  const { state, stateAt } = model;
  return { model, now: stateAt === 0 ? 0 : state.now + (Date.now() - stateAt) * state.speed };
}

/** What the server says to an order: why it refused, or what there is to know. */
export type Answer = { readonly said: string | undefined; readonly isRefused: boolean };

/** Sends an order; never rejects. */
export async function order(wanted: Record<string, unknown>): Promise<Answer> {
  try {
    const response = await fetch('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    });
    const { error, note } = (await response.json()) as { error?: string; note?: string };
    return { said: error ?? note, isRefused: !response.ok };
  } catch {
    return { said: 'the local stage did not answer', isRefused: true };
  }
}
