import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import secretsManager from '@middy/secrets-manager';
import { makeReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import type { SdkClient } from '../../client/secrets-manager-source.ts';
import { createSecretsManagerSource } from '../../client/secrets-manager-source.ts';

/** What came of the calls of one instant. */
export type Counts = {
  /** Requests that reached Secrets Manager. */
  reads: number;
  /** Calls made with a token past its end. */
  expiredHandedOut: number;
  /** Calls made with the token that Zoho had ended. */
  killedHandedOut: number;
  /** Calls of the app that ended with an error or a 401. */
  failedCalls: number;
};

/** One instant of the simulated day, in which an app makes so many calls of Zoho. */
export type Instant = {
  readonly calls: number;
  readonly killed: string | undefined;
  readonly isLive: (accessToken: string) => boolean;
};

/** A way to get at the token, as an app would use it. */
export type Contender = {
  readonly name: string;
  /** Whether it is this project's: no call of it is spared. */
  readonly isOurs: boolean;
  /** Whether it asks the refresher for help when a token is refused. */
  readonly mayAsk: boolean;
  play(instant: Instant): Promise<Counts>;
};

/** What the contenders work with; each gets a client of its own. */
export type ContenderParts = {
  readonly secretId: string;
  readonly makeClient: () => SecretsManagerClient;
  readonly functionName: string;
  readonly lambdaClient: SdkClient;
  readonly now: () => number;
};

/** Zoho's answer to an app: whether it took the token. */
type Ask = (accessToken: string) => { readonly status: 200 | 401 };
type Call = (ask: Ask) => Promise<{ readonly status: number }>;

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

/**
 * A contender that calls in this process.
 *
 * The clock stands still during an instant, so two kinds of calls are counted and not made: those of another library
 * after one that failed, and with `isUncached` all after the first.
 */
function inThisProcess(
  name: string,
  traits: { isOurs?: true; mayAsk?: boolean; isUncached?: true },
  parts: ContenderParts,
  callWith: (client: SecretsManagerClient) => Call,
): Contender {
  const { isOurs = false, mayAsk = false, isUncached = false } = traits;
  const client = parts.makeClient();
  let reads = 0;
  client.middlewareStack.add(
    (next) => (input) => {
      reads += 1;
      return next(input);
    },
    { step: 'finalizeRequest', name: 'countReads' },
  );
  const call = callWith(client);
  async function play({ calls, killed, isLive }: Instant): Promise<Counts> {
    const counts = { reads: 0, expiredHandedOut: 0, killedHandedOut: 0, failedCalls: 0 };
    for (let done = 0; done < calls; ) {
      let times = isUncached ? calls - done : 1;
      const readsBefore = reads;
      const ask: Ask = (accessToken) => {
        if (isLive(accessToken)) return { status: 200 };
        counts[accessToken === killed ? 'killedHandedOut' : 'expiredHandedOut'] += times;
        return { status: 401 };
      };
      try {
        const { status } = await call(ask);
        if (status !== 200) counts.failedCalls += times;
      } catch {
        if (!isOurs) times = calls - done;
        counts.failedCalls += times;
      }
      counts.reads += (reads - readsBefore) * times;
      done += times;
    }
    return counts;
  }
  return { name, isOurs, mayAsk, play };
}

function makeOurs(name: string, parts: ContenderParts, mayAsk: boolean): Contender {
  const { secretId, functionName, lambdaClient, now } = parts;
  return inThisProcess(name, { isOurs: true, mayAsk }, parts, (client) => {
    const reader = makeReader({
      subject: secretId,
      source: createSecretsManagerSource(secretId, client),
      requestRefresh: mayAsk ? createRequestRefresh({ functionName, client: lambdaClient }) : undefined,
      isRefused: undefined,
      // Its pauses are over at once: the simulated clock stands still during a call.
      surroundings: { now, random: Math.random, wait: async () => undefined },
    });
    return (ask) => reader.withToken(async ({ accessToken }) => ask(accessToken));
  });
}

function makePowertools(name: string, parts: ContenderParts, maxAge: number | undefined): Contender {
  const options = { transform: 'json', ...(maxAge === undefined ? {} : { maxAge }) } as const;
  return inThisProcess(name, {}, parts, (client) => {
    const provider = new SecretsProvider({ awsSdkV3Client: client });
    return async (ask) => ask(tokenOf(await provider.get(parts.secretId, options)));
  });
}

/** Each call is one invocation of the same warm function, with a context of its own, as Lambda gives it. */
function makeMiddy(name: string, parts: ContenderParts, cacheExpiry: number): Contender {
  return inThisProcess(name, {}, parts, (client) => {
    const handler = middy(async ({ ask }: { readonly ask: Ask }, context: object) =>
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
    return (ask) => handler({ ask }, {} as never);
  });
}

function makeUncached(name: string, parts: ContenderParts): Contender {
  return inThisProcess(name, { isUncached: true }, parts, (client) => async (ask) => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: parts.secretId }));
    return ask(tokenOf(JSON.parse(SecretString ?? '')));
  });
}

function tokenOf(document: unknown): string {
  return (document as { access_token?: string } | undefined)?.access_token ?? '';
}
