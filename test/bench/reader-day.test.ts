import { expect, test } from 'vitest';
import { dayPlan, simulateDay } from './reader-day.ts';

/**
 * The whole comparison is `npm run bench -- --only reader`; here the reader is held to its targets in the eight hours in
 * which something happens: a token is killed, and Secrets Manager is away for half an hour.
 */
const hours = { from: 8 * 3_600, to: 16 * 3_600 };
const mostReads = 1_500 / 3;

test('a reader that may ask for a refresh makes at most 500 reads in eight hours, one call with the killed token, and no call of it fails', async () => {
  const [figures] = await simulateDay({ ...hours, choose: ({ mayAsk }) => mayAsk === true });
  expect(figures).toMatchObject({ expired: 0, killed: 1, failed: 0 });
  expect(figures?.reads).toBeLessThanOrEqual(mostReads);
}, 120_000);

test('any other reader makes at most 500 reads, tries the killed token after each pause, and fails until the next probe', async () => {
  const [figures] = await simulateDay({ ...hours, choose: ({ name }) => name === 'this reader' });
  expect(figures?.expired).toBe(0);
  // After 0, 10, 40, 100, 220 and 340 seconds, and mostly not after 460.
  expect([6, 7]).toContain(figures?.killed);
  expect(figures?.reads).toBeLessThanOrEqual(mostReads);
  // The probe comes 450 seconds after the kill, and the reader looks at least every 30 seconds.
  expect(figures?.failed).toBeGreaterThan(450 - 1);
  expect(figures?.failed).toBeLessThanOrEqual(450 + 30);
}, 120_000);

test('the other ways to read hand out the killed token or read for every call', async () => {
  const from = dayPlan.killAt - 450;
  const figures = await simulateDay({ from, to: from + 1500, choose: ({ name }) => !name.startsWith('this reader') });
  const named = (part: string) => figures.find(({ name }) => name.includes(part));
  expect(named('powertools, 5')?.killed).toBeGreaterThan(450);
  expect(named('powertools, default')?.reads).toBeGreaterThan(1500 / 7);
  expect(named('middy, default')?.killed).toBe(1500 - 450);
  expect(named('no cache')).toMatchObject({ reads: 1500, killed: 450 });
}, 60_000);
