import { createSharedClock, setClock } from '../../local/runtime/shared-clock.ts';
import { setBareStage } from '../support/stage.ts';
import { someConnections } from './some-connections.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00Z');

/** The real bundle with so many connections, and a clock that stands still between ticks. */
export async function startCountedStage(connections: number) {
  const clock = createSharedClock();
  const stage = await setBareStage({ connectionsText: someConnections(connections), clock, start });
  const { secretsManager, sns, zoho, credentialsOf } = stage;
  return {
    /** One tick, so many minutes after the start: what it sent, on the wire, and the lines that it logged. */
    async tickAt(minutes: number) {
      setClock(clock, start + minutes * minute, 0);
      for (const calls of [zoho.requests, secretsManager.calls, sns.calls]) calls.length = 0;
      const { lines, error } = await stage.tick(new Date(start + minutes * minute));
      if (error !== undefined) throw new Error(`a counted tick failed: ${error.message}`);
      const requests = (kind: string) => zoho.requests.filter((request) => request.kind === kind).length;
      return {
        secretsManager: secretsManager.calls.length,
        sns: sns.calls.length,
        token: requests('token'),
        probe: requests('probe'),
        lines,
      };
    },
    /** Zoho refuses every refresh token from now on. */
    revokeAll(): void {
      for (const { name } of stage.connections) {
        zoho.revoke(credentialsOf(name).refresh_token ?? '');
      }
    },
    close: () => stage.close(),
  };
}
