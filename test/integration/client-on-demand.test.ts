import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { makeReader } from '../../client/reader.ts';
import { createRequestRefresh } from '../../client/request-refresh.ts';
import type { SecretSource } from '../../client/secret-source.ts';
import { startInvokeServer } from './client-invoke-server.ts';
import { lambdaClientOf, setClientStage, storedToken, zohoOf } from './client-stage.ts';

const minute = 60_000;
const functionName = 'zoho-token-refresher';

test('a thousand readers that get a 401 at once go on with the new token, for one token request and no alert', async () => {
  const { stage, start, moveTo } = await setClientStage({ only: 'desk' });
  onTestFinished(() => stage.close());
  const zoho = zohoOf(stage);
  const tokenRequests = () => zoho.requests.filter(({ kind }) => kind === 'token').length;
  await stage.tick(start);
  const dead = storedToken(stage, 'desk');
  zoho.killAccessToken(dead);
  // So that no probe of the tick before answers for the token that is dead now.
  moveTo(start.getTime() + 3 * minute);

  const environments = [stage, stage.startEnvironment(), stage.startEnvironment()];
  let invocations = 0;
  const invoke = (event: unknown) => (environments[invocations++ % 3] ?? stage).invoke(event);
  const server = await startInvokeServer(functionName, invoke, 10);
  onTestFinished(() => server.close());
  // A thousand clients of the SDK in one process would measure the machine: the secret is read without a request.
  const source: SecretSource = {
    read: async (label) => {
      const text = stage.secretsManager.read('zoho/desk/token', label);
      return text === undefined ? undefined : { text, isCached: false };
    },
  };
  const requestRefresh = createRequestRefresh({ functionName, client: lambdaClientOf(server.url) });
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
  expect(seen).toEqual(new Set([dead, storedToken(stage, 'desk')]));
  expect([tokenRequests(), stage.sns.inbox]).toEqual([1 + 1, []]);
}, 60_000);
