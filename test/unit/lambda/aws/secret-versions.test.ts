import { expect, test } from 'vitest';
import { successorOf } from '../../../../lambda/aws/secret-versions.ts';

test('a ClientRequestToken is 64 hexadecimal digits, another for each secret, label and predecessor, however cut', () => {
  const parts: [secretId: string, label: string, predecessor: string | undefined][] = [
    ['a', 'b', undefined],
    ['a', 'b', 'c'],
    ['a', 'c', 'b'],
    ['ab', '', 'c'],
    ['a', 'bc', ''],
    ['a","b', '', 'c'],
  ];
  const tokens = parts.map((each) => successorOf(...each));
  for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(tokens).size).toBe(parts.length);
  // The same for the same predecessor, so that one of two writes is refused.
  expect(parts.map((each) => successorOf(...each))).toEqual(tokens);
});
