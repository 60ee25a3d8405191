import fc from 'fast-check';

/** Values that have broken parsers before. */
const oddValues = [
  ...'null true [] {} "" 0 -1 1.5 1e400 9007199254740993 "3600" "undefined" "null" "constructor"'.split(' '),
  ...'"9999-12-31T23:59:59.999Z" "+275760-09-13T00:00:00.001Z" "0000-00-00" [[[[[[[[[[]]]]]]]]]]'.split(' '),
  ...['" "', '"\\u0000"', '"\\ud800"', '{"__proto__":{"polluted":true}}'],
];
const oddPieces = [
  ...'\\ " { } [ , <html> &amp; 😀 é %00 $(x) 1000. Infinity'.split(' '),
  ...['\u0000', '\ufeff', '\u202e', '\r\n'],
];
const longestCharacters = 20_000;

/** A place in a text, as a share of its length: shrinks towards the start. */
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true, noDefaultInfinity: true });
const at = (text: string, where: number) => Math.floor(where * (text.length + 1));

type Bend = (text: string) => string;

/** A way to change a text that depends on what was drawn. */
function way<T>(drawn: fc.Arbitrary<T>, change: (text: string, value: T) => string): fc.Arbitrary<Bend> {
  return drawn.map((value) => (text) => change(text, value));
}

/** One change to a text. */
function bends(samples: readonly string[]): fc.Arbitrary<Bend> {
  const { tuple, constantFrom, integer, oneof } = fc;
  const before = (text: string, where: number) => text.slice(0, at(text, where));
  const after = (text: string, where: number, skipped = 0) => text.slice(at(text, where) + skipped);
  /** Puts a piece in the place of so many characters. */
  const put = (text: string, [where, piece, skipped]: [number, string, number]) =>
    before(text, where) + piece + after(text, where, skipped);
  const characters = integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code));
  return oneof(
    way(share, before),
    way(share, (text, where) => after(text, where)),
    way(tuple(share, oneof(constantFrom('', ...oddPieces), characters), integer({ min: 0, max: 6 })), put),
    way(
      tuple(share, share, integer({ min: 1, max: 3 })),
      (text, [where, from, times]) => before(text, where) + after(text, from).repeat(times),
    ),
    way(constantFrom(...samples), (text, sample) => text + sample),
    { weight: 3, arbitrary: way(tuple(share, constantFrom(...oddValues)), replaceValue) },
  );
}

/** Puts something else in the place of one JSON value. */
function replaceValue(text: string, [where, value]: [number, string]): string {
  const values = [...text.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null|\[\]|\{\})/g)];
  const found = values[Math.floor(where * values.length)];
  if (found?.[1] === undefined) return text + value;
  const start = found.index + found[0].length - found[1].length;
  return text.slice(0, start) + value + text.slice(start + found[1].length);
}

/**
 * Texts made out of samples: bent a little, bent a lot, or nothing like them.
 *
 * @param samples - Inputs that the parser takes, JSON or not.
 */
export function bentText(samples: readonly string[]): fc.Arbitrary<string> {
  const sample = fc.constantFrom(...samples);
  const bend = bends(samples);
  // Most of what breaks a parser is nearly right.
  const few = fc.oneof(
    { weight: 3, arbitrary: fc.array(bend, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(bend, { minLength: 2, maxLength: 8 }) },
  );
  const bent = fc
    .tuple(sample, few)
    .map(([text, changes]) => changes.reduce((changed, change) => change(changed), text));
  return fc.oneof(
    { weight: 2, arbitrary: sample },
    { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 5, arbitrary: fc.constantFrom(...oddValues) },
    { weight: 88, arbitrary: bent.map((text) => text.slice(0, longestCharacters)) },
  );
}
