import { setTimeout as wait } from 'node:timers/promises';
import { faultName } from '../../lambda/aws/fault-name.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { type Context, command, type Outcome } from '../command.ts';
import { Refusal, UsageError } from '../faults.ts';
import { describeHearing } from '../place/count-subscribers.ts';
import { atPlace, chooseConnections } from '../place/open-place.ts';
import type { Place } from '../place/place.ts';
import { explainFault } from '../remedies.ts';
import {
  type ConnectionStatus,
  describeConnection,
  describeUnreadable,
  renderStatus,
} from '../stored/connection-status.ts';
import { probeStored, readStored, readStoredCredentials } from '../stored/stored.ts';

export const status = command({
  name: 'status',
  summary: 'Shows how long each token lives, when it was refreshed, and what is open',
  examples: [
    ['status', 'all connections; exits 1 if one has no usable token or an open incident'],
    ['status --watch', 'looks every 10 seconds until Ctrl-C'],
    ['status --probe', 'also asks SalesIQ and Desk whether they accept the tokens'],
    ['status desk --json', 'one connection, for a machine'],
  ],
  argument: ['[connection...]', 'only these connections'],
  options: {
    probe: 'ask each service whether it accepts its token: one read each',
    watch: 'look again and again until Ctrl-C',
    'interval <seconds>': ['time between two looks of --watch', '10'],
  },
  run: (words, options, context) => {
    const seconds = Number(options.interval);
    if (!(seconds >= 1 && seconds <= 3600)) throw new UsageError('--interval: expected 1 to 3600 seconds');
    return atPlace(options, context, async (place) => {
      const read = () => readStatus(place, words, options.probe, context);
      const look = () => context.terminal.during(`reading ${place.title}`, read);
      if (!options.watch) return look();
      for (;;) {
        show(await look(), context);
        await wait(seconds * 1000);
      }
    });
  },
});

async function readStatus(place: Place, names: readonly string[], probes: boolean, context: Context): Promise<Outcome> {
  const now = place.now();
  const notes = new Set<string>();
  const hearing = describeHearing(place.subscribers);
  const rows = await Promise.all(
    chooseConnections(place.connections, names).map((connection) =>
      // What is refused for one connection says nothing about the others.
      readRow(place, connection, probes, now, notes).catch((fault: unknown) => {
        if (!(fault instanceof RefreshError)) throw fault;
        return describeUnreadable(connection, explainFault(fault), now);
      }),
    ),
  );
  if (rows.every(({ state }) => state === 'no secret')) {
    const { secretPrefix } = place.connections;
    throw new Refusal(
      `no stack with the prefix ${secretPrefix} is deployed in ${place.title}: none of its secrets exists`,
      'look at --stage, --region and --profile; or deploy it with `npx cdk deploy --strict`',
      'no_stack',
    );
  }
  const { isFine: isHeard, lines, json: subscribers } = await hearing;
  return {
    isFine: isHeard && rows.every(isFine),
    lines: [...renderStatus(rows, place.title, now, context.terminal.paint), ...lines, ...notes],
    json: { place: place.title, at: now.toISOString(), connections: rows, subscribers, notes: [...notes] },
  };
}

async function readRow(
  place: Place,
  connection: Connection,
  probes: boolean,
  now: Date,
  notes: Set<string>,
): Promise<ConnectionStatus> {
  const [tick, read, credentials] = await Promise.allSettled([
    place.lastTick(connection.name),
    readStored(place, connection),
    readStoredCredentials(place, connection),
  ]);
  // The notes are printed with this row, even if the secret cannot be read.
  if (tick.status === 'rejected') notes.add(`the last tick is not known: ${faultName(tick.reason)}`);
  if (read.status === 'rejected') throw read.reason;
  const stored = read.value;
  const lastTick = tick.status === 'rejected' ? undefined : tick.value;
  // Who may read tokens need not be allowed to read credentials: they count as stored then.
  const hasCredentials = credentials.status === 'rejected' || credentials.value !== undefined;
  const secretId = tokenSecretId(place.connections.secretPrefix, connection);
  const hasSecret = stored.token.versionId === '' ? await place.hasSecret(secretId) : true;
  const probe = probes ? await probeStored(place, connection, stored) : undefined;
  return describeConnection(connection, stored, { hasCredentials, hasSecret, lastTick, probe }, now);
}

/** Verdicts with which apps would notice something, or soon would. */
const badVerdicts: readonly string[] = ['rejected', 'lacks scope', 'wrong setting'];

function isFine({ state, incident, probe }: ConnectionStatus): boolean {
  return incident === null && (state === 'fresh' || state === 'ending soon') && !badVerdicts.includes(probe);
}

function show({ lines, json }: Outcome, { terminal, wantsJson }: Context): void {
  if (wantsJson) terminal.write(`${JSON.stringify(json)}\n`);
  else terminal.write(`${terminal.canRedraw ? '\u001b[H\u001b[2J' : ''}${lines.join('\n')}\n`);
}
