import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { makeReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import { createSecretsManagerSource, type SdkClient } from '../../client/secrets-manager-source.ts';
import { functionName, startInvokeServer } from '../../local/invoke-server.ts';
import { createSharedClock, setClock, useSharedClock } from '../../local/runtime/shared-clock.ts';
import { connectionsText, sdkOptions, setBareStage } from '../support/stage.ts';
import { type BenchOptions, type Findings, judged, shown } from './row.ts';

const secretId = 'zoho/desk/token';

/** Zoho's answer to an app: whether it took the token. */
type Ask = (accessToken: string) => { readonly status: 200 | 401 };

/** What a contender works with; it has the client of Secrets Manager for itself. */
type ContenderParts = {
  readonly client: SecretsManagerClient;
  readonly lambdaClient: SdkClient;
  readonly now: () => number;
};

/** A way to get at the token, as an app would use it. */
type Contender = {
  readonly name: string;
  /** Whether it asks the refresher for help when a token is refused. */
  readonly mayAsk?: true;
  /** What makes a call of Zoho. */
  readonly makeCall: (parts: ContenderParts) => (ask: Ask) => Promise<{ readonly status: number }>;
};

/** This project's reader, the library that apps would pick, and a read for each call. */
const contenders: readonly Contender[] = [
  { name: 'this reader, allowed to ask for a refresh', mayAsk: true, makeCall: (parts) => withReader(parts, true) },
  { name: 'this reader', makeCall: (parts) => withReader(parts, false) },
  { name: 'powertools, default (5 s)', makeCall: (parts) => withPowertools(parts, {}) },
  { name: 'powertools, 5 minutes', makeCall: (parts) => withPowertools(parts, { maxAge: 300 }) },
  {
    name: 'no cache',
    makeCall:
      ({ client }) =>
      async (ask) => {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
        return ask(tokenOf(JSON.parse(SecretString ?? '')));
      },
  },
];

function withReader({ client, lambdaClient, now }: ContenderParts, mayAsk: boolean) {
  const reader = makeReader({
    subject: secretId,
    source: createSecretsManagerSource(secretId, client),
    requestRefresh: mayAsk ? createRequestRefresh({ functionName, client: lambdaClient }) : undefined,
    isRefused: undefined,
    // Its pauses are over at once: the simulated clock stands still during a call.
    surroundings: { now, random: Math.random, wait: async () => undefined },
  });
  return (ask: Ask) => reader.withToken(async ({ accessToken }) => ask(accessToken));
}

function withPowertools({ client }: ContenderParts, options: { maxAge?: number }) {
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  return async (ask: Ask) => ask(tokenOf(await provider.get(secretId, { transform: 'json', ...options })));
}

function tokenOf(document: unknown): string {
  return (document as { access_token?: string } | undefined)?.access_token ?? '';
}

const minute = 60;
const hour = 60 * minute;

/** What happens in the simulated day; times in seconds since midnight. */
const dayPlan = {
  /** Zoho ends the current token: between two ticks, and seven and a half minutes before the refresher's next probe. */
  killAt: 9 * hour + 7.5 * minute,
  /** Secrets Manager answers InternalServiceError to everybody, the refresher included. */
  faultFrom: 15 * hour + 2 * minute,
  faultTo: 15 * hour + 32 * minute,
} as const;

/**
 * Lets contenders run side by side against the stand-ins while the real bundle keeps the token fresh: real HTTP and
 * real SDK clients for every read, and a clock that steps a second at a time. Each makes a call of Zoho in every second:
 * reads and errors follow the clock and not the calls.
 *
 * @param options.from - Seconds since midnight, e.g. 0; a multiple of 300.
 * @param options.to - Seconds since midnight, e.g. 86,400.
 * @returns For each contender the requests that reached Secrets Manager, calls with a token past its end, calls with the
 *   token that Zoho had ended, and calls that ended with an error or a 401.
 */
export async function simulateDay(options: { from: number; to: number; choose: (contender: Contender) => boolean }) {
  const { from, to, choose } = options;
  const midnight = Date.UTC(2026, 0, 5);
  const clock = createSharedClock();
  const RealDate = globalThis.Date;
  // The other libraries ask Date themselves.
  useSharedClock(clock);
  const start = midnight + from * 1000;
  const stage = await setBareStage({ connectionsText: connectionsText(['desk']), start, clock, ignoresClocks: true });
  const server = await startInvokeServer({ ...stage, secretAccessKey: 'local' });
  const lambdaClient = new LambdaClient(sdkOptions(server.url)) as SdkClient;
  const { zoho } = stage;
  const playing = contenders.filter(choose).map(({ name, makeCall }) => {
    const figures = { name, reads: 0, expired: 0, killed: 0, failed: 0 };
    // One attempt a read, so that "reads" means the same for all.
    const client = new SecretsManagerClient(sdkOptions(stage.secretsManager.url, 1));
    client.middlewareStack.add(
      (next) => (input) => {
        figures.reads += 1;
        return next(input);
      },
      { step: 'finalizeRequest', name: 'countReads' },
    );
    return {
      figures,
      call: makeCall({ client, lambdaClient, now: stage.now }),
    };
  });
  try {
    let killed: string | undefined;
    for (let second = from; second < to; second += 1) {
      setClock(clock, midnight + second * 1000, 0);
      if (second === dayPlan.faultFrom) stage.secretsManager.faults.set({ kind: 'internal_error' });
      if (second === dayPlan.faultTo) stage.secretsManager.faults.clear();
      if (second % 300 === 0) await stage.tick(new Date(stage.now()));
      if (second === dayPlan.killAt) {
        killed = stage.tokenOf('desk').access_token ?? '';
        zoho.killAccessToken(killed);
      }
      for (const { figures, call } of playing) {
        const ask = (accessToken: string) => {
          if (zoho.isLive(accessToken)) return { status: 200 } as const;
          figures[accessToken === killed ? 'killed' : 'expired'] += 1;
          return { status: 401 } as const;
        };
        const isDone = await call(ask).then(
          ({ status }) => status === 200,
          () => false,
        );
        if (!isDone) figures.failed += 1;
      }
      stage.secretsManager.calls.length = 0;
    }
    return playing.map(({ figures }) => figures);
  } finally {
    globalThis.Date = RealDate;
    await server.close();
    await stage.close();
  }
}

const mostReadsADay = 1_500;

/** The reader that apps import, against what they would use instead: a simulated day. */
export async function benchReader({ progress }: BenchOptions): Promise<Findings> {
  progress('reader: a simulated day, about a minute');
  const wanted = { from: 0, to: 86_400 };
  // The one that may ask has a day of its own: the refresh that it asks for would spare the others the killed token.
  const day = [
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk === true })),
    ...(await simulateDay({ ...wanted, choose: ({ mayAsk }) => mayAsk !== true })),
  ];
  const rows = day.map(({ name, reads, expired, killed, failed }) => {
    const title = `reader, 24 hours at a call a second: ${name}`;
    const figures = {
      'reads of the secret': reads,
      'calls with an expired token': expired,
      'with the killed token': killed,
      'failed calls': failed,
    };
    const counts = Object.entries(figures).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
    const figure = counts.join(', ');
    if (!name.startsWith('this reader')) return shown(title, figure);
    const target = `at most ${mostReadsADay} reads, 0 calls with an expired token`;
    return judged(title, target, figure, expired === 0 && reads <= mostReadsADay);
  });
  return { rows };
}
