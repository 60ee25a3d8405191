import { describe, expect, test } from 'vitest';
import type { ZohoToken } from '../../../client/zoho-token.ts';
import { incidentText, madeUpToken, setUpReader, tokenText } from './a-source.ts';

// Both readers, Node and Python, are shown by stories.json. Here is what one event after the other cannot show.

const minute = 60_000;
const [first, second] = [madeUpToken('a'), madeUpToken('b')];

/** A call to a service that knows one living token. */
const serviceOf =
  (living: string) =>
  async ({ accessToken }: ZohoToken) => ({ status: accessToken === living ? 200 : 401 });

describe('get', () => {
  test('makes one read for a thousand callers at once', async () => {
    const { reader, state } = setUpReader();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => reader.get()));
    expect(new Set(tokens).size).toBe(1);
    expect(state.reads).toEqual(['AWSCURRENT']);
  });

  test.each([0, 0.5, 1])('reads again after one minute, and so much of another as chance says: %d', async (random) => {
    const { reader, state, start } = setUpReader({ random });
    await reader.get();
    state.now = start + (1 + random) * minute - 1;
    await reader.get();
    expect(state.reads).toHaveLength(1);
    state.now += 1;
    await reader.get();
    expect(state.reads).toHaveLength(2);
  });

  test('fails with since when and why, from the incident record, and with the fault of a read as its cause', async () => {
    const { reader, state, start } = setUpReader();
    state.incident = incidentText(start + 20 * minute);
    state.now = start + 90 * minute;
    await expect(reader.get()).rejects.toMatchObject({
      name: 'TokenUnavailableError',
      reason: 'expired',
      since: new Date(start + 60 * minute),
      incident: { code: 'invalid_code', since: new Date(start + 20 * minute) },
      message:
        'no living Zoho token for zoho/desk/token: the stored token has expired since 2026-01-05T10:00:00.000Z; the refresher reports invalid_code since 2026-01-05T09:20:00.000Z: Zoho refuses the refresh token',
    });
    state.faults.AWSCURRENT = 'InternalServiceError';
    state.now += 30_000;
    const message = expect.stringMatching(/^GetSecretValue of zoho\/desk\/token: InternalServiceError/);
    await expect(reader.get()).rejects.toMatchObject({ reason: 'expired', cause: { message } });
  });
});

describe('behind a cache that keeps old values', () => {
  const start = Date.UTC(2026, 0, 5, 9);
  /** A source like the Lambda extension: everyday reads give `cached`, the others what the secret holds. */
  function setUpCached(cached: string) {
    const reads: boolean[] = [];
    const held = { cached, direct: cached, fault: undefined as Error | undefined };
    const source = {
      async read(_: string, isPastCache: boolean) {
        reads.push(isPastCache);
        if (isPastCache && held.fault !== undefined) throw held.fault;
        return { text: isPastCache ? held.direct : held.cached, isCached: !isPastCache };
      },
    };
    const { reader, state } = setUpReader({ source });
    return { reader, state, held, reads };
  }

  test('reads past the cache only if the cached token has ended', async () => {
    const living = setUpCached(tokenText(first, start));
    expect((await living.reader.get()).accessToken).toBe(first);
    expect(living.reads).toEqual([false]);
    const over = setUpCached(tokenText(first, start - 60 * minute));
    over.held.direct = tokenText(second, start);
    expect((await over.reader.get()).accessToken).toBe(second);
    expect(over.reads).toEqual([false, true]);
  });

  test.each([undefined, new Error('fault')])(
    'never goes back to the older token of the cache, beside %s',
    async (fault) => {
      const { reader, held, state } = setUpCached(tokenText(first, start));
      const old = await reader.get();
      held.direct = tokenText(second, start + minute);
      expect((await reader.replace(old))?.accessToken).toBe(second);
      held.cached = tokenText(madeUpToken('c'), start - minute);
      held.fault = fault;
      for (let minutes = 0; minutes < 20; minutes += 1) {
        state.now = start + minutes * minute;
        expect((await reader.get()).accessToken).toBe(second);
      }
    },
  );
});

test('never goes back to a token that was refused before the present one, as a cache still has it', async () => {
  const { reader, store, state } = setUpReader({ mayAsk: true });
  state.lambda = 'waits';
  const old = await reader.get();
  store('b');
  const next = await reader.replace(old);
  expect(next?.accessToken).toBe(second);
  store('a');
  await expect(next && reader.replace(next)).rejects.toMatchObject({ reason: 'rejected' });
  await expect(reader.get()).rejects.toMatchObject({ reason: 'rejected' });
});

describe('withToken', () => {
  test('gives what the call gave, also an answer whose body breaks off while it is looked at', async () => {
    const { reader } = setUpReader();
    expect(await reader.withToken(async () => 'done')).toBe('done');
    const pull = (controller: ReadableStreamDefaultController) => controller.error(new DOMException('', 'AbortError'));
    const response = new Response(new ReadableStream({ pull }), { status: 401 });
    expect(await reader.withToken(async () => response)).toBe(response);
    // The token is not doubted.
    expect((await reader.get()).accessToken).toBe(first);
  });

  test('asks the refresher once for a hundred calls refused at once, and hands those who come what it finds', async () => {
    const { reader, state } = setUpReader({ mayAsk: true });
    state.lambda = 'heals b';
    const call = serviceOf(second);
    const answers = Array.from({ length: 100 }, () => reader.withToken(call));
    const refused = await reader.get();
    const recovery = reader.replace(refused);
    expect((await reader.get()).accessToken).toBe(second);
    expect((await recovery)?.accessToken).toBe(second);
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    // At first, past the cache, and after the answer.
    expect([state.asks, state.reads.length]).toEqual([1, 3]);
  });

  test('reads anew even if a read was under way when the refusal came', async () => {
    const { reader, state, store, start } = setUpReader();
    const refused = await reader.get();
    const { promise, resolve: release } = Promise.withResolvers<void>();
    state.gate = promise;
    state.now = start + 3 * minute;
    const underWay = reader.get();
    const replaced = reader.replace(refused);
    state.gate = undefined;
    store('b');
    release();
    await underWay.catch(() => undefined);
    expect((await replaced)?.accessToken).toBe(second);
    expect(state.reads.filter((label) => label === 'AWSCURRENT')).toHaveLength(3);
  });

  test('leaves no rejection unhandled if an app only tells of a refusal', async () => {
    const { reader } = setUpReader();
    void reader.replace(await reader.get());
    // Vitest fails on one.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  });

  test('believes the caller who knows better what a refusal is', async () => {
    const { reader, state } = setUpReader({ isRefused: () => false });
    expect(await reader.withToken(serviceOf('neither'))).toEqual({ status: 401 });
    expect(state.reads).toHaveLength(1);
  });

  test('shortens its waits by chance, so that instances do not march in step', async () => {
    const { reader, state } = setUpReader({ mayAsk: true, random: 1 });
    state.lambda = 'healing';
    await reader.withToken(serviceOf(second)).catch(() => undefined);
    expect(state.waits).toEqual([500, 1000, 2000]);
  });
});
