import { expect, test } from 'vitest';
import { simulateDay } from './reader-day.ts';

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
