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
};

/** What the contenders work with; each gets a client of its own. */
export type ContenderParts = {
  readonly secretId: string;
  readonly makeClient: () => SecretsManagerClient;
  readonly functionName: string;
  readonly lambdaClient: SdkClient;
  readonly now: () => number;
};

/** This project's reader, the two libraries that apps would pick, and a read for each call. */
export function makeContenders(parts: ContenderParts): Contender[] {
  return [
    makeOurs('this reader, allowed to ask for a refresh', parts, true),
    makeOurs('this reader', parts, false),
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
