// Takes one event "Secret Label Updated" and makes the reader of that secret look again at its next use.
import { createTokenReader } from 'zoho-token-refresher/client';

/** Readers by the name of their secret, as the event tells it. */
export const readers = new Map([
  ['zoho/salesiq/token', createTokenReader({ connection: 'salesiq' })],
  ['zoho/desk/token', createTokenReader({ connection: 'desk' })],
]);

/** @param event - As EventBridge delivers it; the rule's pattern has let nothing else through. */
export function expireReaders(event) {
  readers.get(event.detail.name)?.expire();
}
