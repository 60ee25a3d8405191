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

describe('when Zoho refuses the token', () => {
  test('reads the secret once past the cache and runs the call once more', async () => {
    const { reader, state } = setUpReader();
    await reader.get();
    state.token = tokenText(second, state.now);
    const service = setUpService(second);
    expect(await reader.withToken(service.call)).toEqual({ status: 200 });
    expect(service.calls).toEqual([first, second]);
    expect(state.reads).toHaveLength(2);
  });

  test('makes one read for a thousand calls refused at once', async () => {
    const { reader, state } = setUpReader();
    await reader.get();
    state.token = tokenText(second, state.now);
    const service = setUpService(second);
    const answers = await Promise.all(Array.from({ length: 1000 }, () => reader.withToken(service.call)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(state.reads).toHaveLength(2);
  });

  test('uses the newer token without a read where another call has already found it', async () => {
    const { reader, state } = setUpReader();
    const old = await reader.get();
    state.token = tokenText(second, state.now);
    const service = setUpService(second);
    await reader.withToken(service.call);
    expect((await reader.replace(old))?.accessToken).toBe(second);
    expect(state.reads).toHaveLength(2);
  });

  test('never hands it out again, and fails with since when', async () => {
    const { reader, state, start } = setUpReader();
    const service = setUpService(second);
    await expect(reader.withToken(service.call)).rejects.toMatchObject({
      reason: 'rejected',
      since: new Date(start),
    });
    for (let second = 0; second < 600; second += 1) {
      state.now = start + second * 1000;
      await expect(reader.get()).rejects.toMatchObject({ reason: 'rejected' });
    }
    expect(service.calls).toEqual([first]);
  });

  test('hands out the next token soon after it is stored', async () => {
    const { reader, state, start } = setUpReader();
    const service = setUpService(second);
    await reader.withToken(service.call).catch(() => undefined);
    state.token = tokenText(second, start);
    state.now = start + 30_000;
    expect(await reader.withToken(service.call)).toEqual({ status: 200 });
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

  test('does not try a third time, but does not hand the second token out again', async () => {
    const { reader, state } = setUpReader();
    await reader.get();
    state.token = tokenText(second, state.now);
    const service = setUpService('neither');
    expect(await reader.withToken(service.call)).toEqual({ status: 401 });
    expect(service.calls).toEqual([first, second]);
    await expect(reader.get()).rejects.toMatchObject({ reason: 'rejected' });
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

  test('asks once also for an app that tells of the same refusal again and again', async () => {
    const { reader, state } = setUpReader({ answers: ['no help', 'no help'] });
    const refused = await reader.get();
    for (let time = 0; time < 5; time += 1) {
      await expect(reader.replace(refused)).rejects.toMatchObject({ reason: 'rejected' });
    }
    expect(state.requests).toEqual(['desk']);
  });

  test('does not ask where the secret already holds another token', async () => {
    const { reader, state } = setUpReader({ answers: ['refreshed'] });
    await reader.get();
    state.token = tokenText(second, state.now);
    await reader.withToken(setUpService(second).call);
    expect(state.requests).toEqual([]);
  });

  test('waits a few seconds for another run that is at Zoho', async () => {
    const { reader, state } = setUpReader({ answers: ['being healed'], random: 0 });
    state.duringWait = (milliseconds) => {
      if (milliseconds === 2000) state.token = tokenText(second, state.now);
    };
    expect(await reader.withToken(setUpService(second).call)).toEqual({ status: 200 });
    expect(state.waits).toEqual([1000, 2000]);
  });

  test('shortens its waits by chance, so that instances do not march in step', async () => {
    const { reader, state } = setUpReader({ answers: ['being healed'], random: 1 });
    await reader.withToken(setUpService(second).call).catch(() => undefined);
    expect(state.waits).toEqual([500, 1000, 2000]);
  });

  test('returns the refusal itself where the refresher found that the token lives', async () => {
    const { reader, state } = setUpReader({ answers: ['fresh'] });
    const service = setUpService('neither');
    expect(await reader.withToken(service.call)).toEqual({ status: 401 });
    expect((await reader.get()).accessToken).toBe(first);
    expect(await reader.withToken(service.call)).toEqual({ status: 401 });
    expect(state.requests).toEqual(['desk']);
    expect(state.reads).toHaveLength(3);
  });

  test('never asks twice about one token, however often it is refused in a day', async () => {
    const { reader, state, start } = setUpReader({ answers: ['no help', 'no help', 'no help'] });
    const service = setUpService('neither');
    for (let minutes = 0; minutes < 50; minutes += 1) {
      state.now = start + minutes * minute;
      await reader.withToken(service.call).catch(() => undefined);
    }
    expect(state.requests).toEqual(['desk']);
    expect(service.calls).toEqual([first]);
  });
});
