import { makeReader } from '../../client/reader.ts';
import { medianOf } from './median.ts';

const callsPerRound = 20_000;
const rounds = 101;

/**
 * Measures what a cached `get()` costs above a plain resolved promise, with the real clock and the real cache.
 *
 * @returns Nanoseconds: the median of the differences of neighbouring rounds.
 */
export async function measureGetCost(): Promise<number> {
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
  const differences: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const plainNanoseconds = await timeRound(plain);
    differences.push((await timeRound(reader)) - plainNanoseconds);
  }
  return medianOf(differences);
}

async function timeRound(reader: { get(): Promise<unknown> }): Promise<number> {
  const start = process.hrtime.bigint();
  for (let call = 0; call < callsPerRound; call += 1) await reader.get();
  return Number(process.hrtime.bigint() - start) / callsPerRound;
}
