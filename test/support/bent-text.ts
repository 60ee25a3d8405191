import fc from 'fast-check';

/** Values that have broken parsers before. */
const oddValues = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '0',
  '-1',
  '1e400',
  '9007199254740993',
  '"undefined"',
  '"null"',
  '"\\u0000"',
  '"\\ud800"',
  '[[[[[[[[[[]]]]]]]]]]',
  '{"__proto__":{"polluted":true}}',
  '"constructor"',
  '"9999-12-31T23:59:59.999Z"',
  '"+275760-09-13T00:00:00.001Z"',
  '"0000-00-00"',
  '1.5',
  '"3600"',
  '" "',
];
const oddPieces = [
  '\u0000',
  '\ufeff',
  '\u202e',
  '\r\n',
  '\\',
  '"',
  '{',
  '}',
  '[',
  ',',
  '<html>',
  '&amp;',
  '😀',
  'é',
  '%00',
  '$(x)',
  '1000.',
  'Infinity',
];
const longestCharacters = 20_000;

/** A place in a text, as a share of its length: shrinks towards the start. */
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true, noDefaultInfinity: true });
const at = (text: string, where: number) => Math.floor(where * (text.length + 1));

type Bend = (text: string) => string;

/** One change to a text. */
function bends(samples: readonly string[]): fc.Arbitrary<Bend> {
  return fc.oneof(
    share.map(
      (where): Bend =>
        (text) =>
          text.slice(0, at(text, where)),
    ),
    share.map(
      (where): Bend =>
        (text) =>
          text.slice(at(text, where)),
    ),
    fc.tuple(share, fc.constantFrom(...oddPieces)).map(
      ([where, piece]): Bend =>
        (text) =>
          text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
    ),
    fc.tuple(share, fc.integer({ min: 1, max: 6 })).map(
      ([where, count]): Bend =>
        (text) =>
          text.slice(0, at(text, where)) + text.slice(at(text, where) + count),
    ),
    fc.tuple(share, fc.integer({ min: 0, max: 0x2ff })).map(
      ([where, code]): Bend =>
        (text) => {
          const place = at(text, where);
          return text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1);
        },
    ),
    fc.tuple(share, share, fc.integer({ min: 1, max: 3 })).map(
      ([where, from, times]): Bend =>
        (text) =>
          text.slice(0, at(text, where)) + text.slice(at(text, from)).repeat(times),
    ),
    fc.constantFrom(...samples).map(
      (sample): Bend =>
        (text) =>
          text + sample,
    ),
    {
      weight: 3,
      arbitrary: fc.tuple(share, fc.constantFrom(...oddValues)).map(
        ([where, value]): Bend =>
          (text) =>
            replaceValue(text, value, where),
      ),
    },
  );
}

/** Puts something else in the place of one JSON value. */
function replaceValue(text: string, value: string, where: number): string {
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
  return fc.oneof(
    { weight: 2, arbitrary: sample },
    { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
    { weight: 5, arbitrary: fc.constantFrom(...oddValues) },
    {
      weight: 88,
      arbitrary: fc
        .tuple(sample, few)
        .map(([text, changes]) =>
          changes.reduce((bent, bend) => bend(bent), text).slice(0, longestCharacters),
        ),
    },
  );
}
