import { describe, expect, test } from 'vitest';
import type { ZohoToken } from '../../../client/zoho-token.ts';
import { madeUpToken, setUpReader, tokenText } from './a-source.ts';

const minute = 60_000;
const [first, second] = [madeUpToken('a'), madeUpToken('b')];

/** A service that knows one living token; the calls that reached it by token. */
function setUpService(living: string) {
  const calls: string[] = [];
  const service = {
    living,
    calls,
    call: async ({ accessToken }: ZohoToken) => {
      calls.push(accessToken);
      return { status: accessToken === service.living ? 200 : 401 };
    },
  };
  return service;
}

test('returns what the call returned', async () => {
  const { reader } = setUpReader();
  expect(await reader.withToken(async () => 'done')).toBe('done');
});

test('throws what the call threw, and runs it once', async () => {
  const { reader, state } = setUpReader();
  let runs = 0;
  const fault = new Error('socket hang up');
  const failing = reader.withToken(async () => {
    runs += 1;
    throw fault;
  });
  await expect(failing).rejects.toBe(fault);
  expect([runs, state.reads.length]).toEqual([1, 1]);
});

test('returns an answer whose body breaks off while it is looked at, and does not doubt the token', async () => {
  const { reader } = setUpReader();
  const body = new ReadableStream({
    pull: (controller) => controller.error(new DOMException('', 'AbortError')),
  });
  const response = new Response(body, { status: 401 });
  expect(await reader.withToken(async () => response)).toBe(response);
  expect((await reader.get()).accessToken).toBe(first);
});

test('gives those who come during a recovery what it finds, not an error', async () => {
  const { reader, state } = setUpReader({
    requestRefresh: async () => {
      state.token = tokenText(second, state.now);
      return 'refreshed';
    },
  });
  const refused = await reader.get();
  const recovery = reader.replace(refused);
  expect((await reader.get()).accessToken).toBe(second);
  expect((await recovery)?.accessToken).toBe(second);
});

describe('when Zoho refuses the token', () => {
  test('makes one read for a thousand calls refused at once', async () => {
    const { reader, state } = setUpReader();
    await reader.get();
    state.token = tokenText(second, state.now);
    const service = setUpService(second);
    const answers = await Promise.all(Array.from({ length: 1000 }, () => reader.withToken(service.call)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(state.reads).toHaveLength(2);
  });

  test('reads anew also where a read was under way when the refusal came', async () => {
    const { reader, state, start } = setUpReader();
    const refused = await reader.get();
    const { promise, resolve: release } = Promise.withResolvers<void>();
    state.gate = promise;
    state.now = start + 3 * minute;
    const underWay = reader.get();
    const replaced = reader.replace(refused);
    state.gate = undefined;
    state.token = tokenText(second, state.now);
    release();
    await underWay.catch(() => undefined);
    expect((await replaced)?.accessToken).toBe(second);
    expect(state.reads.filter((label) => label === 'AWSCURRENT')).toHaveLength(3);
  });

  test('believes the caller who knows better what a refusal is', async () => {
    const { reader, state } = setUpReader({ isRefused: () => false });
    expect(await reader.withToken(setUpService('neither').call)).toEqual({ status: 401 });
    expect(state.reads).toHaveLength(1);
  });
});

describe('when the refresher may be asked', () => {
  test('asks once, reads again and runs the call once more', async () => {
    const { reader, state } = setUpReader({
      requestRefresh: async (connection) => {
        state.requests.push(connection);
        state.token = tokenText(second, state.now);
        return 'refreshed';
      },
    });
    const service = setUpService(second);
    const answers = await Promise.all(Array.from({ length: 100 }, () => reader.withToken(service.call)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(state.requests).toEqual(['desk']);
  });

  test('does not ask where the secret already holds another token', async () => {
    const { reader, state } = setUpReader({ answers: ['refreshed'] });
    await reader.get();
    state.token = tokenText(second, state.now);
    await reader.withToken(setUpService(second).call);
    expect(state.requests).toEqual([]);
  });

  test('shortens its waits by chance, so that instances do not march in step', async () => {
    const { reader, state } = setUpReader({ answers: ['being healed'], random: 1 });
    await reader.withToken(setUpService(second).call).catch(() => undefined);
    expect(state.waits).toEqual([500, 1000, 2000]);
  });
});
