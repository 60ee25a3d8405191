import { describe, expect, it } from 'vitest';
import { feedLongInputs, fuzz, longestAnswerMilliseconds } from './fuzz.ts';

describe('every parser', () => {
  it('keeps its promises under 24,000 bent inputs', () => {
    const results = fuzz(20_260_301, 24_000);
    expect(results.flatMap(({ failure }) => failure ?? [])).toEqual([]);
  });

  it('is done at once with long runs of one character', () => {
    const slow = feedLongInputs().filter(({ milliseconds }) => milliseconds > longestAnswerMilliseconds);
    expect(slow).toEqual([]);
  });
});
