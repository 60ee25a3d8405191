import { createSecretVersions } from '../../../lambda/aws/secrets-manager.ts';
import { type Connections, readConnections } from '../../../lambda/connections/read-connections.ts';
import { createEnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { carryOut } from '../../../lambda/invocation.ts';
import { credentialsSecretId, type Run, tokenSecretId } from '../../../lambda/run.ts';
import {
  defaultTickIntervalMilliseconds,
  exitMarginMilliseconds,
  functionTimeoutMilliseconds,
  refreshAtLifeLeft,
} from '../../../lambda/settings.ts';
import { madeUpToken } from '../../../local/zoho/made-up.ts';
import { createRandom, mixSeeds } from '../../simulation/random.ts';
import { VirtualTime } from '../../simulation/world/virtual-time.ts';
import { someConnections } from '../some-connections.ts';
import { SimulatedSecretsManager } from './simulated-secrets-manager.ts';
import { SimulatedZoho } from './simulated-zoho.ts';
import { waitIn } from './virtual-wait.ts';

/** How the ticks of different stacks lie to each other. */
export const spreads = ['anywhere in the minute', 'in the same instant'] as const;
export type Spread = (typeof spreads)[number];

/** What became of the tokens of all stacks. */
export type StacksFigures = {
  readonly stacks: number;
  readonly connections: number;
  /** From the due minute's first tick until the last token was stored. */
  readonly secondsUntilAllStored: number;
  /** From a stack's own tick until its last token was stored, the slowest stack. */
  readonly slowestStackSeconds: number;
  /** Of the token that was replaced last, as a fraction of its life; 0 where one was never replaced. */
  readonly leastLifeLeft: number;
  readonly secretsManagerCalls: number;
  readonly throttledWrites: number;
  readonly throttledByZoho: number;
  /** Connections that a tick left with a failure. */
  readonly failures: number;
  /** Ticks that failed as a whole: each is a step towards an alarm. */
  readonly failedTicks: number;
};

/** The most that one stack holds. */
export const connectionsPerStack = 50;
const lifeMilliseconds = 3_600_000;
const minute = 60_000;
/** As long as the tokens that are due have left. */
export const simulatedMinutes = 40;

/**
 * Lets a number of stacks find all their tokens due in the same minute, in one account and region.
 *
 * The Lambda's own code decides; the stores, quotas and Zoho are simulated, in virtual time.
 */
export async function simulateStacks(stacks: number, spread: Spread): Promise<StacksFigures> {
  const start = Date.parse('2026-03-01T00:05:00Z');
  const time = new VirtualTime(start);
  const wait = waitIn(time);
  const random = createRandom(mixSeeds(stacks, 1));
  const placeInMinute = createRandom(mixSeeds(stacks, 2));
  const secretsManager = new SimulatedSecretsManager(wait, random);
  const zoho = new SimulatedZoho(wait);
  const tally = { failures: 0, failedTicks: 0 };
  const firstTicks = new Map<string, number>();
  for (let stack = 0; stack < stacks; stack += 1) {
    const connections = readConnections(someConnections(connectionsPerStack, `stack-${stack + 1}`));
    makeSecrets(secretsManager, connections, start);
    const offset = spread === 'in the same instant' ? 0 : placeInMinute() * minute;
    firstTicks.set(connections.secretPrefix, start + offset);
    const client = secretsManager.createClient();
    const memory = createEnvironmentMemory();
    for (let at = 0; at < simulatedMinutes * minute; at += defaultTickIntervalMilliseconds) {
      time.at(start + at + offset, () => {
        const end = new AbortController();
        time.after(functionTimeoutMilliseconds - exitMarginMilliseconds, () => end.abort());
        const run: Run = {
          now: () => new Date(time.now),
          nonce: `${stack}-${at}`,
          secretPrefix: connections.secretPrefix,
          versions: createSecretVersions(client, end.signal, (longest) => wait.wait(random() * longest)),
          callZoho: zoho.call,
          publish: async () => undefined,
          log: () => undefined,
          links: {
            account: '',
            region: '',
            secretPrefix: connections.secretPrefix,
            stage: undefined,
            runbookUrl: '',
            logsUrl: () => '',
          },
          memory,
          // The tokens are made up: no service would know them.
          probeIntervalMilliseconds: 0,
          pause: async () => {},
        };
        carryOut(run, connections, { kind: 'tick', slot: new Date(start + at) }, end.signal, () => {}).then(
          (answer) => {
            if (!('connections' in answer)) return;
            tally.failures += answer.connections.filter(({ outcome }) => outcome === 'failed').length;
          },
          (fault: AggregateError) => {
            tally.failedTicks += 1;
            tally.failures += fault.errors.length;
          },
        );
      });
    }
  }
  await time.advanceTo(start + simulatedMinutes * minute);
  return figuresOf(stacks, start, firstTicks, secretsManager, zoho, tally);
}

/** Both secrets of every connection; the stored token has just become due. */
function makeSecrets(
  { store }: SimulatedSecretsManager,
  { secretPrefix, connections }: Connections,
  now: number,
): void {
  for (const connection of connections) {
    const expiresAt = now + refreshAtLifeLeft * lifeMilliseconds;
    const prefix = connection.tokenPrefixes[0] ?? '1000.';
    const secretString = JSON.stringify({
      access_token: madeUpToken(prefix),
      issued_at: new Date(expiresAt - lifeMilliseconds).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    });
    const credentials = {
      client_id: `${prefix}CLIENT`,
      client_secret: 'made-up',
      refresh_token: madeUpToken(prefix),
    };
    store.create(
      tokenSecretId(secretPrefix, connection),
      { versionId: crypto.randomUUID(), secretString },
      now,
    );
    store.create(
      credentialsSecretId(secretPrefix, connection),
      { versionId: crypto.randomUUID(), secretString: JSON.stringify(credentials) },
      now,
    );
  }
}

function figuresOf(
  stacks: number,
  start: number,
  firstTicks: ReadonlyMap<string, number>,
  { firstStoredAt, calls, throttled }: SimulatedSecretsManager,
  zoho: SimulatedZoho,
  tally: { failures: number; failedTicks: number },
): StacksFigures {
  const connections = stacks * connectionsPerStack;
  const never = firstStoredAt.size < connections ? [Number.POSITIVE_INFINITY] : [];
  const last = Math.max(...firstStoredAt.values(), ...never);
  const sinceOwnTick = [...firstStoredAt].map(
    ([secretId, at]) => at - (firstTicks.get(secretId.split('/')[0] ?? '') ?? start),
  );
  const lifeLeft = (start + refreshAtLifeLeft * lifeMilliseconds - last) / lifeMilliseconds;
  return {
    stacks,
    connections,
    secondsUntilAllStored: (last - start) / 1000,
    slowestStackSeconds: Math.max(...sinceOwnTick, ...never) / 1000,
    leastLifeLeft: Math.max(0, lifeLeft),
    secretsManagerCalls: calls,
    throttledWrites: throttled,
    throttledByZoho: zoho.throttled,
    ...tally,
  };
}
