import type { HistoryView, SetupView, StateView } from '../view.ts';
import { byId, setText } from './dom.ts';

/** What the server tells, by the name of the event. */
export type Told = { setup: SetupView; state: StateView; history: HistoryView };

const retryMilliseconds = 3_000;
/** Long enough to read a sentence twice. */
const answerMilliseconds = 12_000;

/**
 * Listens to the server while somebody looks at the page, and connects again after every loss.
 *
 * A browser opens six connections to one host and no more: pages that nobody sees must not keep them from the one that
 * somebody does. After each connect the server tells everything anew.
 */
export function listen(take: { [Name in keyof Told]: (content: Told[Name]) => void }): void {
  let events: EventSource | undefined;
  let retry: number | undefined;

  function connect(): void {
    disconnect();
    if (document.hidden) return;
    events = new EventSource('/events');
    events.addEventListener('open', () => showConnected(true));
    events.addEventListener('error', () => {
      showConnected(false);
      // A refusal ends an event source for good; after a loss it connects again by itself.
      if (events?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, retryMilliseconds);
    });
    for (const name of Object.keys(take) as (keyof Told)[]) {
      events.addEventListener(name, ({ data }: MessageEvent<string>) => take[name](JSON.parse(data)));
    }
  }

  function disconnect(): void {
    window.clearTimeout(retry);
    events?.close();
    events = undefined;
  }

  document.addEventListener('visibilitychange', connect);
  connect();
}

/** What the server says to an order: why it refused, or what there is to know. */
type Answer = { readonly said: string | undefined; readonly isRefused: boolean };

/** Sends an order, and shows what the server says to it. */
export function order(wanted: Record<string, unknown>): void {
  send(wanted).then(showAnswer, () =>
    showAnswer({ said: 'the local stage did not answer', isRefused: true }),
  );
}

async function send(wanted: Record<string, unknown>): Promise<Answer> {
  const response = await fetch('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  });
  const { error, note } = (await response.json()) as { error?: string; note?: string };
  return { said: error ?? note, isRefused: !response.ok };
}

let hiding: number | undefined;

function showAnswer({ said, isRefused }: Answer): void {
  const host = byId('answer');
  window.clearTimeout(hiding);
  host.hidden = said === undefined;
  host.toggleAttribute('data-refused', isRefused);
  setText(host, said === undefined ? '' : `${isRefused ? 'Not done: ' : ''}${said}.`);
  hiding = window.setTimeout(() => {
    host.hidden = true;
  }, answerMilliseconds);
}

function showConnected(isConnected: boolean): void {
  byId('offline').hidden = isConnected;
}
