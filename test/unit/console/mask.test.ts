import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecrets, shortenToken } from '../../../local/console/mask.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const token = fc
  .tuple(fc.constantFrom('1000.', '1005.'), hex(32), hex(32))
  .map(([prefix, one, two]) => `${prefix}${one}.${two}`);

describe('what is shown of a secret', () => {
  it('is the prefix and the last four characters of a token', () => {
    expect(shortenToken(`1005.${'0'.repeat(32)}.${'a'.repeat(28)}9f3c`)).toBe('1005.…9f3c');
    expect(shortenToken('undefined')).toBe('…');
  });

  it('is never a piece of twelve characters, wherever in a text the secret stands', () => {
    fc.assert(
      fc.property(fc.oneof(token, hex(42)), fc.string(), fc.string(), (secret, before, after) => {
        const masked = maskSecrets(JSON.stringify({ text: `${before} ${secret} ${after}` }));
        for (let at = 0; at + 12 <= secret.length; at += 1) {
          const piece = secret.slice(at, at + 12);
          if (!before.includes(piece) && !after.includes(piece)) expect(masked).not.toContain(piece);
        }
      }),
    );
  });

  it('leaves request ids, record ids and times as they are', () => {
    const text = 'abce19a1-f191-47fe-bea3-25463e0e661a 2782000012893013 2026-03-01T22:00:05.000Z 111122223333';
    expect(maskSecrets(text)).toBe(text);
  });
});
