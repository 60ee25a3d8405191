import { type FailureCode, failureCodes } from '../../lambda/failure.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import type { ConnectionResult } from '../../lambda/invocation.ts';
import { youngTokenMilliseconds } from '../../lambda/settings.ts';
import { chooseConnections } from '../choose-connections.ts';
import { command } from '../command.ts';
import { Refusal } from '../faults.ts';
import type { Outcome } from '../outcome.ts';
import { atPlace } from '../place/open-place.ts';
import type { Invoked, Place } from '../place/place.ts';
import { remedyFor } from '../remedies.ts';
import { readStored } from '../stored/read-stored.ts';
import { renderTable } from '../terminal/table.ts';

/** `refresh`: lets the Lambda refresh now what needs it, and shows what it did. */
export const refresh = command({
  name: 'refresh',
  summary: 'Lets the Lambda probe the stored tokens and refresh what is due or dead',
  examples: [
    ['refresh', 'all connections; exits 1 if one failed or still waits'],
    ['refresh desk --force', 'also a token that is not due; ends every wait but a throttle’s'],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: {
    force: { type: 'boolean', description: 'also refresh what is not due' },
  },
  run: (words, options, context) =>
    atPlace(options, context, async (place) => {
      const connections = chooseConnections(place.connections, words).map(({ name }) => name);
      const event = { connections, reason: 'operator', force: options.force };
      const invoked = await context.terminal.during('the Lambda is running', () => place.invoke(event));
      const results = readResults(invoked);
      const young = options.force ? await youngTokens(place, results) : new Map<string, Date>();
      return reportOn(results, young, place.now());
    }),
});

function readResults(invoked: Invoked): readonly ConnectionResult[] {
  if ('error' in invoked) {
    throw new Refusal(
      `the Lambda failed: ${invoked.error}`,
      'look at its log lines, and at `npx --no-install zoho-tokens status`',
    );
  }
  const answer = (invoked.answer ?? {}) as { connections?: readonly ConnectionResult[]; error?: string };
  if (Array.isArray(answer.connections)) return answer.connections;
  throw new Refusal(
    `the Lambda did not take the request: ${answer.error ?? 'its answer is not understood'}`,
    'deploy again (`npx cdk deploy`): its connections.json may be older than this one',
  );
}

/** What each outcome means for somebody who asked for a refresh. */
const meanings = {
  refreshed: 'a new token is stored',
  fresh: 'the stored token is fine; --force refreshes it all the same',
  waiting: 'waits before the next try',
  failed: 'failed; the stored token is untouched',
} as const satisfies Record<ConnectionResult['outcome'], string>;

/** When tokens may be asked for again that were too young to be refreshed even by force. */
async function youngTokens(place: Place, results: readonly ConnectionResult[]): Promise<ReadonlyMap<string, Date>> {
  const fresh = results.filter(({ outcome }) => outcome === 'fresh').map(({ connection }) => connection);
  const found = await Promise.all(
    place.connections.connections
      .filter(({ name }) => fresh.includes(name))
      .map(async (connection) => {
        const stored = await readStored(place, connection).catch(() => undefined);
        const issuedAt = stored?.token.document?.issuedAt.getTime();
        return [connection.name, new Date((issuedAt ?? 0) + youngTokenMilliseconds)] as const;
      }),
  );
  return new Map(found.filter(([, from]) => from > place.now()));
}

function reportOn(results: readonly ConnectionResult[], young: ReadonlyMap<string, Date>, now: Date): Outcome {
  const rows = results.map(({ connection, outcome, code, expires_at: expiresAt }) => [
    connection,
    outcome,
    code ?? '-',
    expiresAt === null ? '-' : duration(Date.parse(expiresAt) - now.getTime()),
    meaningOf(connection, outcome, young),
  ]);
  const steps = results.flatMap(({ connection, outcome, code }) => {
    const remedy = isFailureCode(code) ? [`  ${remedyFor(code, connection)}`] : [];
    const waits =
      outcome === 'waiting'
        ? ['  Another run is refreshing it, or a wait after a failure has not ended; try again in two minutes.']
        : [];
    return remedy.length + waits.length === 0 ? [] : ['', `${connection}:`, ...remedy, ...waits];
  });
  return {
    isFine: results.every(({ outcome, code }) => code === null && outcome !== 'failed' && outcome !== 'waiting'),
    lines: [...renderTable(['CONNECTION', 'OUTCOME', 'CODE', 'LEFT', ''], rows), ...steps],
    json: { connections: results },
  };
}

function meaningOf(connection: string, outcome: ConnectionResult['outcome'], young: ReadonlyMap<string, Date>): string {
  const from = young.get(connection);
  if (from === undefined) return meanings[outcome];
  return `the stored token works and is younger than two minutes; ask again at ${from.toISOString().slice(11, 19)} UTC`;
}

function isFailureCode(code: string | null): code is FailureCode {
  return failureCodes.some((known) => known === code);
}
