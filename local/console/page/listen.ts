import { useEffect, useReducer, useState } from 'preact/hooks';
import { noHistory, takeIn } from '../history.ts';
import type { SetupView } from '../setup.ts';
import type { StateView } from '../stage-watch.ts';
import type { HistoryView } from '../view.ts';

/** What the server tells: all of it after each connect, then whatever has changed. */
type Told = { readonly setup: SetupView; readonly state: StateView; readonly history: HistoryView };

/** Everything that the page knows, and when it learned it. */
export type Model = Told & {
  /** The machine's time when {@link Told.state} arrived. */
  readonly stateAt: number;
  /** What a screen reader says. */
  readonly spoken: string;
};

const retryMilliseconds = 3_000;
/** Between two messages of the server the page's own clock goes on. */
const frameMilliseconds = 250;

/**
 * What the server tells while somebody looks at the page; no model before it has told anything.
 *
 * A browser opens six connections to one host and no more: pages that nobody sees must not keep them from the one that
 * somebody does.
 */
export function useStage(): { model: Model | undefined; isConnected: boolean } {
  const [model, setModel] = useState<Model>();
  const [isConnected, setConnected] = useState(true);
  const [, draw] = useReducer((frames: number) => frames + 1, 0);
  useEffect(() => {
    let events: EventSource | undefined;
    let retry: number | undefined;
    const take = ({ data }: MessageEvent<string>) => setModel((known) => learn(known, JSON.parse(data)));
    function connect(): void {
      window.clearTimeout(retry);
      events?.close();
      events = undefined;
      if (document.hidden) return;
      events = new EventSource('/events');
      events.addEventListener('open', () => setConnected(true));
      events.addEventListener('message', take);
      events.addEventListener('error', () => {
        setConnected(false);
        // A refusal ends an event source for good; after a loss it connects again by itself.
        if (events?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, retryMilliseconds);
      });
    }
    document.addEventListener('visibilitychange', connect);
    connect();
    window.setInterval(() => document.hidden || draw(undefined), frameMilliseconds);
  }, []);
  return { model, isConnected };
}

function learn(known: Model | undefined, news: Partial<Told>): Model {
  // Another process counts ticks and mails anew, and may have another page.
  if (known && news.setup && known.setup.bootId !== news.setup.bootId) location.reload();
  const { history = noHistory, spoken = '' } = known ?? {};
  const mail = news.history?.isWhole === false ? news.history.messages.at(-1) : undefined;
  return {
    ...(known as Model),
    ...news,
    ...(news.state && { stateAt: Date.now() }),
    history: news.history ? takeIn(history, news.history) : history,
    spoken: mail ? `New mail: ${mail.subject}` : spoken,
  };
}

/** What the stage's clock shows now, reckoned from the last news. */
export function nowOf({ state, stateAt }: Model): number {
  return state.now + (Date.now() - stateAt) * state.speed;
}

/** What the server says to an order: why it refused, or what there is to know. */
export type Answer = { readonly said: string | undefined; readonly isRefused: boolean };

/** Gives orders to the server, one after the other. */
export type Send = (...orders: Record<string, unknown>[]) => void;

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
