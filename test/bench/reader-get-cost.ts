import { makeReader } from '../../client/reader.ts';

/** Nanoseconds of one awaited call, each the median of many rounds. */
export type GetCost = {
  /** `await` of a function that returns a promise that is already resolved. */
  readonly resolvedPromise: number;
  /** `await reader.get()` with a cached token. */
  readonly cachedGet: number;
  /** How much more `get` costs: the median of the differences of neighbouring rounds. */
  readonly difference: number;
};

const callsPerRound = 20_000;
const rounds = 101;

/** Measures what a cached `get()` costs above a plain resolved promise, with the real clock and the real cache. */
export async function measureGetCost(): Promise<GetCost> {
  const now = Date.now();
  const text = JSON.stringify({
    version: 1,
    connection: 'desk',
    service: 'desk',
    access_token: '1005.made-up',
    issued_at: new Date(now).toISOString(),
    expires_at: new Date(now + 3_600_000).toISOString(),
    base_url: 'https://desk.zoho.in',
    settings: {},
  });
  const reader = makeReader({
    subject: 'zoho/desk/token',
    source: { read: async () => ({ text, isCached: false }) },
    requestRefresh: undefined,
    isRefused: undefined,
    surroundings: { now: () => Date.now(), random: () => Math.random(), wait: async () => undefined },
  });
  const resolved = Promise.resolve(await reader.get());
  const plain = { get: () => resolved };
  const figures: { plain: number; cached: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    figures.push({ plain: await timeRound(plain), cached: await timeRound(reader) });
  }
  return {
    resolvedPromise: median(figures.map((each) => each.plain)),
    cachedGet: median(figures.map((each) => each.cached)),
    difference: median(figures.map((each) => each.cached - each.plain)),
  };
}

async function timeRound(reader: { get(): Promise<unknown> }): Promise<number> {
  const start = process.hrtime.bigint();
  for (let call = 0; call < callsPerRound; call += 1) await reader.get();
  return Number(process.hrtime.bigint() - start) / callsPerRound;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
