import { failureCodes } from '../../lambda/failure.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import type { ConnectionResult } from '../../lambda/invocation.ts';
import { youngTokenMilliseconds } from '../../lambda/settings.ts';
import { command } from '../command.ts';
import { Refusal } from '../faults.ts';
import { atPlace, chooseConnections } from '../place/open-place.ts';
import type { Invoked, Place } from '../place/place.ts';
import { remedyFor } from '../remedies.ts';
import { readStored } from '../stored/stored.ts';
import { renderTable } from '../terminal.ts';

export const refresh = command({
  name: 'refresh',
  summary: 'Lets the Lambda probe the stored tokens and refresh what is due or dead',
  examples: [
    ['refresh', 'all connections; exits 1 if one failed or still waits'],
    ['refresh desk --force', 'also a token that is not due; ends every wait but a throttle’s'],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: { force: 'also refresh what is not due' },
  run: (words, options, context) =>
    atPlace(options, context, async (place) => {
      const connections = chooseConnections(place.connections, words).map(({ name }) => name);
      const event = { connections, reason: 'operator', force: options.force };
      const invoked = await context.terminal.during('the Lambda is running', () => place.invoke(event));
      const results = readResults(invoked);
      const rows = await Promise.all(results.map((result) => rowOf(result, place, options.force)));
      return {
        isFine: results.every(({ outcome, code }) => code === null && outcome !== 'failed' && outcome !== 'waiting'),
        lines: [...renderTable(rows), ...results.flatMap((result) => nextSteps(result))],
        json: { connections: results },
      };
    }),
});

function readResults(invoked: Invoked): readonly ConnectionResult[] {
  if ('error' in invoked) {
    const fix = 'look at its log lines, and at `npx --no-install zoho-tokens status`';
    throw new Refusal(`the Lambda failed: ${invoked.error}`, fix);
  }
  const answer = (invoked.answer ?? {}) as { connections?: readonly ConnectionResult[]; error?: string };
  if (Array.isArray(answer.connections)) return answer.connections;
  throw new Refusal(
    `the Lambda did not take the request: ${answer.error ?? 'its answer is not understood'}`,
    'deploy again (`npx cdk deploy`): its connections.json may be older than this one',
  );
}

const meanings = {
  refreshed: 'a new token is stored',
  fresh: 'the stored token is fine; --force refreshes it all the same',
  waiting: 'waits before the next try',
  failed: 'failed; the stored token is untouched',
} as const satisfies Record<ConnectionResult['outcome'], string>;

async function rowOf(result: ConnectionResult, place: Place, isForced: boolean) {
  const { connection, outcome, code, expires_at: expiresAt } = result;
  const left = expiresAt === null ? '-' : duration(Date.parse(expiresAt) - place.now().getTime());
  const again = isForced && outcome === 'fresh' ? await oldEnoughAt(place, connection) : undefined;
  const means =
    again === undefined
      ? meanings[outcome]
      : `the stored token works and is younger than two minutes; ask again at ${again.toISOString().slice(11, 19)} UTC`;
  return { CONNECTION: connection, OUTCOME: outcome, CODE: code ?? '-', LEFT: left, '': means };
}

/** When a token may be asked for again that is too young to be refreshed even by force. */
async function oldEnoughAt(place: Place, name: string): Promise<Date | undefined> {
  const connection = place.connections.connections.find((each) => each.name === name);
  const stored = connection && (await readStored(place, connection).catch(() => undefined));
  const issuedAt = stored?.token.document?.issuedAt.getTime() ?? 0;
  const from = new Date(issuedAt + youngTokenMilliseconds);
  return from > place.now() ? from : undefined;
}

function nextSteps({ connection, outcome, code }: ConnectionResult): string[] {
  const known = failureCodes.find((each) => each === code);
  const steps = known === undefined ? [] : [`  ${remedyFor(known, connection)}`];
  if (outcome === 'waiting')
    steps.push('  Another run is refreshing it, or a wait after a failure has not ended; try again in two minutes.');
  return steps.length === 0 ? [] : ['', `${connection}:`, ...steps];
}
