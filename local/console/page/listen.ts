import type { HistoryView, SetupView, StateView } from '../view.ts';

/** What the server tells, by the name of the event; `connected` is said by the connection itself. */
type Told = { setup: SetupView; state: StateView; history: HistoryView };

const retryMilliseconds = 3_000;

/**
 * Listens to the server while somebody looks at the page, and connects again after every loss.
 *
 * A browser opens six connections to one host and no more: pages that nobody sees must not keep them from the one that
 * somebody does. After each connect the server tells everything anew.
 */
export function listen(
  take: { [Name in keyof Told]: (content: Told[Name]) => void } & {
    connected: (isConnected: boolean) => void;
  },
): void {
  let events: EventSource | undefined;
  let retry: number | undefined;

  function connect(): void {
    window.clearTimeout(retry);
    events?.close();
    events = undefined;
    if (document.hidden) return;
    events = new EventSource('/events');
    events.addEventListener('open', () => take.connected(true));
    events.addEventListener('error', () => {
      take.connected(false);
      // A refusal ends an event source for good; after a loss it connects again by itself.
      if (events?.readyState === EventSource.CLOSED) retry = window.setTimeout(connect, retryMilliseconds);
    });
    for (const name of ['setup', 'state', 'history'] as const)
      events.addEventListener(name, ({ data }: MessageEvent<string>) => take[name](JSON.parse(data)));
  }

  document.addEventListener('visibilitychange', connect);
  connect();
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
