import { describe, expect, test } from 'vitest';
import { dayPlan, simulateDay } from './reader-day.ts';

/**
 * The whole comparison, a day at 100 calls a second, is `npm run bench -- --only reader`; here the reader is held to its
 * targets in the eight hours in which something happens. Reads and errors follow the clock and not the calls: fewer calls
 * show the same.
 */
const hours = { callsPerSecond: 20, from: 8 * 3_600, to: 16 * 3_600 };
const mostReads = 1_500 / 3;

/** A reader that may not ask tries the killed token after 0, 10, 40, 100, 220 and 340 seconds, and mostly not after 460. */
describe('eight simulated hours with a killed token and half an hour without Secrets Manager', () => {
  test('costs a reader that may ask for a refresh at most 500 reads, one call with the killed token and no failed call', async () => {
    const [figures] = await simulateDay({ ...hours, choose: ({ mayAsk }) => mayAsk });
    expect(figures).toMatchObject({
      calls: 576_000,
      expiredHandedOut: 0,
      killedHandedOut: 1,
      failedCalls: 0,
    });
    expect(figures?.reads).toBeLessThanOrEqual(mostReads);
  }, 120_000);

  test('costs any other reader at most 500 reads, a try with the killed token after each pause, and errors until the next probe', async () => {
    const [figures] = await simulateDay({
      ...hours,
      callsPerSecond: 10,
      choose: ({ isOurs, mayAsk }) => isOurs && !mayAsk,
    });
    expect(figures?.expiredHandedOut).toBe(0);
    expect([6, 7]).toContain(figures?.killedHandedOut);
    expect(figures?.reads).toBeLessThanOrEqual(mostReads);
    // The probe comes 450 seconds after the kill, and the reader looks at least every 30 seconds.
    expect(figures?.failedCalls).toBeGreaterThan(10 * 450 - 1);
    expect(figures?.failedCalls).toBeLessThanOrEqual(10 * (450 + 30));
  }, 120_000);
});

test('the other ways to read hand out the killed token or read for every call', async () => {
  const from = dayPlan.killAt - 450;
  const choose = ({ isOurs }: { isOurs: boolean }) => !isOurs;
  const figures = await simulateDay({ callsPerSecond: 2, from, to: from + 1500, choose });
  const named = (part: string) => figures.find(({ name }) => name.includes(part));
  expect(named('powertools, 5')?.killedHandedOut).toBeGreaterThan(2 * 450);
  expect(named('powertools, default')?.reads).toBeGreaterThan(1500 / 7);
  expect(named('middy, default')?.killedHandedOut).toBe(2 * (1500 - 450));
  expect(named('no cache')).toMatchObject({ reads: 3000, killedHandedOut: 2 * 450 });
}, 60_000);
