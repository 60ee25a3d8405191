import type { Stage } from '../stage.ts';

/** Far more than one tick of the largest setup needs. */
const mostCalls = 1_000;
const mostMessages = 100;

/**
 * Forgets the oldest entries in the stand-ins' lists of calls.
 *
 * A test wants every call of its minute; a console that runs for days must not keep them.
 */
export function trimLogs({ zoho, secretsManager, sns }: Stage): void {
  for (const calls of [zoho?.requests ?? [], secretsManager.calls, sns.calls]) {
    calls.splice(0, Math.max(0, calls.length - mostCalls));
  }
  sns.inbox.splice(0, Math.max(0, sns.inbox.length - mostMessages));
}
