import { spawn, spawnSync } from 'node:child_process';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import secretsManager from '@middy/secrets-manager';
import { makeReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import type { SdkClient } from '../../client/secrets-manager-source.ts';
import { createSecretsManagerSource } from '../../client/secrets-manager-source.ts';

/** Zoho's answer to an app: whether it took the token. */
export type ZohoAnswer = { readonly status: 200 | 401 };

/** A way to get at the token, as an app would use it. */
export type Contender = {
  readonly name: string;
  /** Whether it is this project's: no call of it is spared. */
  readonly isOurs: boolean;
  /** Whether it asks the refresher for help when a token is refused. */
  readonly mayAsk: boolean;
  /** Whether one run of {@link call} stands for all calls of one instant. */
  readonly isUncached: boolean;
  /** Requests for the secret that it has sent so far, the failed ones too. */
  countReads(): number;
  /** Makes one call of an app. @param ask - Calls Zoho with an access token. */
  call(ask: (accessToken: string) => ZohoAnswer): Promise<ZohoAnswer>;
  /** Makes all calls of an instant in a process of its own; then `call` is not used. */
  playInstant?(now: number, killed: string | undefined, calls: number): Promise<InstantCounts>;
  close?(): void;
};

/** What came of the calls of one instant. */
export type InstantCounts = {
  readonly killedHandedOut: number;
  readonly expiredHandedOut: number;
  readonly failedCalls: number;
  /** Requests for the secret since the beginning. */
  readonly reads: number;
  readonly longestMilliseconds: number;
};

/** What the contenders work with; each gets a client of its own. */
export type ContenderParts = {
  readonly secretId: string;
  readonly makeClient: () => SecretsManagerClient;
  readonly functionName: string;
  /** Endpoints, for a contender that is no Node program. */
  readonly secretsManagerUrl: string;
  readonly lambdaUrl: string;
  readonly lambdaClient: SdkClient;
  readonly now: () => number;
};

/** This project's reader, the two libraries that apps would pick, and a read for each call. */
export function makeContenders(parts: ContenderParts): Contender[] {
  return [
    makeOurs('this reader, allowed to ask for a refresh', parts, true),
    makeOurs('this reader', parts, false),
    ...(hasBoto3() ? [makePython('this reader in Python, allowed to ask for a refresh', parts, true)] : []),
    ...(hasBoto3() ? [makePython('this reader in Python', parts, false)] : []),
    makePowertools('powertools, default (5 s)', parts, undefined),
    makePowertools('powertools, 5 minutes', parts, 300),
    makeMiddy('middy, default (for ever)', parts, -1),
    makeMiddy('middy, 5 minutes', parts, 300_000),
    makeUncached('no cache', parts),
  ];
}

function makeOurs(name: string, parts: ContenderParts, mayAsk: boolean): Contender {
  const { secretId, functionName, lambdaClient, now } = parts;
  const { client, countReads } = counted(parts.makeClient());
  const reader = makeReader({
    subject: secretId,
    source: createSecretsManagerSource(secretId, client),
    requestRefresh: mayAsk ? createRequestRefresh({ functionName, client: lambdaClient }) : undefined,
    isRefused: undefined,
    // Its pauses are over at once: the simulated clock stands still during a call.
    surroundings: { now, random: Math.random, wait: async () => undefined },
  });
  const call: Contender['call'] = (ask) => reader.withToken(async ({ accessToken }) => ask(accessToken));
  return { name, isOurs: true, mayAsk, isUncached: false, countReads, call };
}

function hasBoto3(): boolean {
  return spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0;
}

/** The Python reader plays in a process of its own, started with its first instant. */
function makePython(name: string, parts: ContenderParts, mayAsk: boolean): Contender {
  let reads = 0;
  let answers: AsyncIterator<string> | undefined;
  let child: ReturnType<typeof start> | undefined;
  const start = () =>
    spawn('python3', ['-B', fileURLToPath(new URL('./reader_day.py', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        PATH: env.PATH,
        PYTHONPATH: fileURLToPath(new URL('../../client/python', import.meta.url)),
        AWS_DEFAULT_REGION: 'ap-south-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        SECRETS_MANAGER_URL: parts.secretsManagerUrl,
        LAMBDA_URL: parts.lambdaUrl,
        ...(mayAsk ? { REFRESHER_FUNCTION: parts.functionName } : {}),
      },
    });
  return {
    name,
    isOurs: true,
    mayAsk,
    isUncached: false,
    countReads: () => reads,
    call: () => Promise.reject(new Error('plays whole instants')),
    async playInstant(now, killed, calls) {
      child ??= start();
      answers ??= createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      child.stdin.write(`${JSON.stringify([now / 1000, killed ?? null, calls])}\n`);
      const counts = JSON.parse((await answers.next()).value as string) as InstantCounts;
      reads = counts.reads;
      return counts;
    },
    close: () => child?.stdin.end(),
  };
}

function makePowertools(name: string, parts: ContenderParts, maxAge: number | undefined): Contender {
  const { client, countReads } = counted(parts.makeClient());
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  const options = { transform: 'json', ...(maxAge === undefined ? {} : { maxAge }) } as const;
  const call: Contender['call'] = async (ask) => ask(tokenOf(await provider.get(parts.secretId, options)));
  return { name, isOurs: false, mayAsk: false, isUncached: false, countReads, call };
}

/** Each call is one invocation of the same warm function. */
function makeMiddy(name: string, parts: ContenderParts, cacheExpiry: number): Contender {
  const { client, countReads } = counted(parts.makeClient());
  type Event = { readonly ask: (accessToken: string) => ZohoAnswer };
  const handler = middy(async ({ ask }: Event, context: object) =>
    ask(tokenOf((context as { token?: unknown }).token)),
  ).use(
    secretsManager({
      // A class whose instances are the one client.
      AwsClient: function AwsClient() {
        return client;
      } as never,
      fetchData: { token: parts.secretId },
      cacheKey: name,
      cacheExpiry,
      setToContext: true,
      disablePrefetch: true,
    }),
  );
  // A context of its own for each invocation, as Lambda gives it.
  const call: Contender['call'] = (ask) => handler({ ask }, {} as never);
  return { name, isOurs: false, mayAsk: false, isUncached: false, countReads, call };
}

function makeUncached(name: string, { secretId, makeClient }: ContenderParts): Contender {
  const { client, countReads } = counted(makeClient());
  const call: Contender['call'] = async (ask) => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    return ask(tokenOf(JSON.parse(SecretString ?? '')));
  };
  return { name, isOurs: false, mayAsk: false, isUncached: true, countReads, call };
}

/** Counts what a client really sends. */
function counted(client: SecretsManagerClient) {
  let reads = 0;
  client.middlewareStack.add(
    (next) => (input) => {
      reads += 1;
      return next(input);
    },
    { step: 'finalizeRequest', name: 'countReads' },
  );
  return { client, countReads: () => reads };
}

function tokenOf(document: unknown): string {
  return (document as { access_token?: string } | undefined)?.access_token ?? '';
}
