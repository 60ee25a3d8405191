import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { makeReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import type { SecretSource } from '../../client/secret-source.ts';
import { functionName, startInvokeServer } from '../../local/invoke-server.ts';
import { sdkOptions, setBareStage } from '../support/stage.ts';

test('a thousand readers that get a 401 at once go on with the new token, for one token request and no alert', async () => {
  const stage = await setBareStage({ start: Date.parse('2026-01-05T09:00:00.000Z') });
  onTestFinished(() => stage.close());
  const { zoho } = stage;
  const tokenRequests = () => zoho.requests.filter(({ kind }) => kind === 'token').length;
  await stage.tick(new Date(stage.now()));
  const before = tokenRequests();
  const dead = stage.tokenOf('desk').access_token ?? '';
  zoho.killAccessToken(dead);
  // So that no probe of the tick before answers for the token that is dead now.
  stage.pass(3);

  // As many at once as Lambda runs, in three execution environments; it turns away the others.
  const environments = [stage, stage.startEnvironment(), stage.startEnvironment()];
  let [invocations, running] = [0, 0];
  const invoke = async (event: unknown) => {
    if (running >= 10) throw Object.assign(new Error('Rate Exceeded.'), { name: 'TooManyRequestsException' });
    running += 1;
    const environment = environments[invocations++ % 3] ?? stage;
    return environment.invoke(event).finally(() => {
      running -= 1;
    });
  };
  const lambda = await startInvokeServer({ invoke, secretAccessKey: 'local' });
  lambda.server.keepAliveTimeout = 0;
  onTestFinished(() => lambda.close());
  // A thousand clients of the SDK in one process would measure the machine: the secret is read without a request.
  const source: SecretSource = {
    read: async (label) => {
      const text = stage.secretsManager.read('zoho/desk/token', label);
      return text === undefined ? undefined : { text, isCached: false };
    },
  };
  const requestRefresh = createRequestRefresh({ functionName, client: new LambdaClient(sdkOptions(lambda.url)) });
  const readers = Array.from({ length: 1000 }, () =>
    makeReader({
      subject: 'zoho/desk/token',
      source,
      requestRefresh,
      isRefused: undefined,
      // The pauses of a reader are real seconds; here a tenth of them.
      surroundings: { now: stage.now, random: Math.random, wait: (milliseconds) => sleep(milliseconds / 10) },
    }),
  );
  const seen = new Set<string>();
  const answers = await Promise.all(
    readers.map((reader) =>
      reader.withToken(async ({ accessToken }) => {
        seen.add(accessToken);
        return { status: zoho.isLive(accessToken) ? 200 : 401 };
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1000);
  expect(seen).toEqual(new Set([dead, stage.tokenOf('desk').access_token]));
  expect([tokenRequests() - before, stage.sns.inbox]).toEqual([1, []]);
}, 60_000);
