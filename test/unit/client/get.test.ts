import { describe, expect, test } from 'vitest';
import { incidentText, madeUpToken, setUpReader, tokenText } from './a-source.ts';

const minute = 60_000;
const [first, second] = [madeUpToken('a'), madeUpToken('b')];

describe('what it gives', () => {
  test('gives token, expiry, base URL, settings and headers', async () => {
    const { reader, start } = setUpReader();
    const { accessToken, expiresAt, baseUrl, settings, headers } = await reader.get();
    expect(accessToken).toBe(first);
    expect(expiresAt).toEqual(new Date(start + 60 * minute));
    expect(baseUrl).toBe('https://desk.zoho.in');
    expect(settings).toEqual({ org_id: '60000688226', department_id: '2782000000002013' });
    expect(headers).toEqual({ Authorization: `Zoho-oauthtoken ${first}`, orgId: '60000688226' });
  });
});

describe('when it reads', () => {
  test('reads nothing before the first get', () => {
    expect(setUpReader().state.reads).toEqual([]);
  });

  test('makes one read for a thousand callers at once', async () => {
    const { reader, state } = setUpReader();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => reader.get()));
    expect(new Set(tokens).size).toBe(1);
    expect(state.reads).toEqual(['AWSCURRENT']);
  });

  test.each([
    { random: 0, minutes: 1 },
    { random: 0.5, minutes: 1.5 },
    { random: 1, minutes: 2 },
  ])('reads again after $minutes minutes where chance says $random', async ({ random, minutes }) => {
    const { reader, state, start } = setUpReader({ random });
    await reader.get();
    state.now = start + minutes * minute - 1;
    await reader.get();
    expect(state.reads).toHaveLength(1);
    state.now = start + minutes * minute;
    await reader.get();
    expect(state.reads).toHaveLength(2);
  });
});

describe('through a fault of Secrets Manager', () => {
  test('serves the token it has as long as that lives, and looks again every 15 to 30 seconds', async () => {
    const { reader, state, start } = setUpReader({ random: 0 });
    await reader.get();
    state.fault = new Error('GetSecretValue of zoho/desk/token: InternalServiceError');
    for (let second = 1; second < 59.5 * 60; second += 1) {
      state.now = start + second * 1000;
      expect((await reader.get()).accessToken).toBe(first);
    }
    expect(state.reads.length).toBeLessThan(59.5 * 2 + 10);
    state.now = start + 59.5 * minute;
    await expect(reader.get()).rejects.toMatchObject({ reason: 'expired', cause: state.fault });
  });

  test('reads at once after expire, also between two tries', async () => {
    const { reader, state } = setUpReader();
    state.fault = new Error('fault');
    await reader.get().catch(() => undefined);
    state.fault = undefined;
    reader.expire();
    expect((await reader.get()).accessToken).toBe(first);
  });

  test('does not read for every caller while it has nothing', async () => {
    const { reader, state, start } = setUpReader({ random: 0 });
    state.fault = new Error('fault');
    for (let tenth = 0; tenth < 600; tenth += 1) {
      state.now = start + tenth * 100;
      await expect(reader.get()).rejects.toThrow('cannot be read');
    }
    expect(state.reads.length).toBeLessThan(10);
  }, 20_000);
});

test('reads again at once when the clock was set back during a fault', async () => {
  const { reader, state, start } = setUpReader();
  state.fault = new Error('fault');
  state.now = start + 30 * minute;
  await reader.get().catch(() => undefined);
  state.fault = undefined;
  state.now = start;
  expect((await reader.get()).accessToken).toBe(first);
});

describe('with nothing alive', () => {
  test('fails with since when and why, from the incident record', async () => {
    const { reader, state, start } = setUpReader();
    state.now = start + 90 * minute;
    state.incident = incidentText(start + 20 * minute);
    await expect(reader.get()).rejects.toMatchObject({
      name: 'TokenUnavailableError',
      reason: 'expired',
      since: new Date(start + 60 * minute),
      incident: { code: 'invalid_code', since: new Date(start + 20 * minute) },
      message:
        'no living Zoho token for zoho/desk/token: the stored token has expired since 2026-01-05T10:00:00.000Z; the refresher reports invalid_code since 2026-01-05T09:20:00.000Z: Zoho refuses the refresh token',
    });
  });

  test.each(['nothing stored yet', undefined, '[1]', '{"version":1,"access_token":""}'])(
    'fails as not set up where the secret holds %j',
    async (text) => {
      const { reader, state } = setUpReader();
      state.token = text;
      await expect(reader.get()).rejects.toMatchObject({ reason: 'nothing_stored', incident: undefined });
    },
  );

  test('says what the record says now, not what it said before', async () => {
    const { reader, state, start } = setUpReader();
    state.now = start + 90 * minute;
    await expect(reader.get()).rejects.toMatchObject({ incident: undefined });
    state.incident = incidentText(start + 20 * minute);
    state.now += 30_000;
    await expect(reader.get()).rejects.toMatchObject({ incident: { code: 'invalid_code' } });
  });

  test('keeps a living token when the secret is put back to one that is over', async () => {
    const { reader, state, start } = setUpReader();
    await reader.get();
    state.token = tokenText(second, start - 90 * minute);
    state.now = start + 3 * minute;
    expect((await reader.get()).accessToken).toBe(first);
    state.now = start + 4 * minute;
    expect((await reader.get()).accessToken).toBe(first);
  });
});

describe('behind a cache that keeps old values', () => {
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
    return { ...setUpReader({ source }), held, reads };
  }
  const start = Date.UTC(2026, 0, 5, 9);

  test('takes a living token from the cache', async () => {
    const { reader, reads } = setUpCached(tokenText(first, start));
    expect((await reader.get()).accessToken).toBe(first);
    expect(reads).toEqual([false]);
  });

  test('reads past the cache where that holds a token that is over', async () => {
    const { reader, held, reads } = setUpCached(tokenText(first, start - 60 * minute));
    held.direct = tokenText(second, start);
    expect((await reader.get()).accessToken).toBe(second);
    expect(reads).toEqual([false, true]);
  });

  test('keeps the newer token where the cache has an older one and Secrets Manager fails', async () => {
    const { reader, held, state } = setUpCached(tokenText(first, start));
    const old = await reader.get();
    held.direct = tokenText(second, start + minute);
    await reader.replace(old);
    held.cached = tokenText(madeUpToken('c'), start - minute);
    held.fault = new Error('fault');
    state.now = start + 3 * minute;
    expect((await reader.get()).accessToken).toBe(second);
  });

  test('never goes back from a newer token to the older one of the cache', async () => {
    const { reader, held, state } = setUpCached(tokenText(first, start));
    const old = await reader.get();
    held.direct = tokenText(second, start + minute);
    expect((await reader.replace(old))?.accessToken).toBe(second);
    for (let minutes = 0; minutes < 20; minutes += 1) {
      state.now = start + minutes * minute;
      expect((await reader.get()).accessToken).toBe(second);
    }
  });
});
