import { describe, expect, it } from 'vitest';
import { feedBent, feedLong, parsers } from '../../support/parser-promises.ts';

/** `npm run prove -- fuzz` feeds a hundred times as many, from a new seed. */
const runs = 1_000;
const seed = 20_260_301;

describe.each(parsers)('$name, bent, cut and at random', { timeout: 60_000 }, (parser) => {
  it(`keep the promises of their parser in ${runs} inputs, some of which it takes`, () => {
    const { failure, taken } = feedBent(parser, { seed, runs });
    expect(failure).toBeUndefined();
    expect(taken).toBeGreaterThan(0);
  });

  it('are read at once even if one character is repeated 200,000 times', () => {
    expect(feedLong(parser)).toBeLessThan(250);
  });
});
