import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import secretsManager from '@middy/secrets-manager';
import { makeReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import { createSecretsManagerSource, type SdkClient } from '../../client/secret-source.ts';

/** Zoho's answer to an app: whether it took the token. */
type Ask = (accessToken: string) => { readonly status: 200 | 401 };

/** What a contender works with; it has the client of Secrets Manager for itself. */
type ContenderParts = {
  readonly secretId: string;
  readonly client: SecretsManagerClient;
  readonly functionName: string;
  readonly lambdaClient: SdkClient;
  readonly now: () => number;
};

/** A way to get at the token, as an app would use it. */
export type Contender = {
  readonly name: string;
  /** Whether it asks the refresher for help when a token is refused. */
  readonly mayAsk?: true;
  /** What makes a call of Zoho. */
  readonly makeCall: (parts: ContenderParts) => (ask: Ask) => Promise<{ readonly status: number }>;
};

/** This project's reader, the two libraries that apps would pick, and a read for each call. */
export const contenders: readonly Contender[] = [
  { name: 'this reader, allowed to ask for a refresh', mayAsk: true, makeCall: (parts) => withReader(parts, true) },
  { name: 'this reader', makeCall: (parts) => withReader(parts, false) },
  { name: 'powertools, default (5 s)', makeCall: (parts) => withPowertools(parts, {}) },
  { name: 'powertools, 5 minutes', makeCall: (parts) => withPowertools(parts, { maxAge: 300 }) },
  { name: 'middy, default (for ever)', makeCall: (parts) => withMiddy(parts, -1) },
  { name: 'middy, 5 minutes', makeCall: (parts) => withMiddy(parts, 300_000) },
  {
    name: 'no cache',
    makeCall:
      ({ client, secretId }) =>
      async (ask) => {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
        return ask(tokenOf(JSON.parse(SecretString ?? '')));
      },
  },
];

function withReader({ secretId, client, functionName, lambdaClient, now }: ContenderParts, mayAsk: boolean) {
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

function withPowertools({ client, secretId }: ContenderParts, options: { maxAge?: number }) {
  const provider = new SecretsProvider({ awsSdkV3Client: client });
  return async (ask: Ask) => ask(tokenOf(await provider.get(secretId, { transform: 'json', ...options })));
}

/** Each call is one invocation of the same warm function, with a context of its own, as Lambda gives it. */
function withMiddy({ client, secretId }: ContenderParts, cacheExpiry: number) {
  const handler = middy(async ({ ask }: { readonly ask: Ask }, context: object) =>
    ask(tokenOf((context as { token?: unknown }).token)),
  ).use(
    secretsManager({
      // A class whose instances are the one client.
      AwsClient: function AwsClient() {
        return client;
      } as never,
      fetchData: { token: secretId },
      cacheKey: `expires after ${cacheExpiry}`,
      cacheExpiry,
      setToContext: true,
      disablePrefetch: true,
    }),
  );
  return (ask: Ask) => handler({ ask }, {} as never);
}

function tokenOf(document: unknown): string {
  return (document as { access_token?: string } | undefined)?.access_token ?? '';
}
