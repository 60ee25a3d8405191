import { between, type Random } from '../simulation/random.ts';

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

/**
 * Makes an input out of a sample: bent a little, bent a lot, or nothing like it.
 *
 * @param samples - Inputs that the parser takes, JSON or not.
 */
export function mutateText(samples: readonly string[], random: Random): string {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const kind = random();
  if (kind < 0.02) return pick(samples);
  if (kind < 0.07) return randomText(random);
  if (kind < 0.12) return pick(oddValues);
  let text = pick(samples);
  const times = 1 + Math.floor(random() * random() * 8);
  for (let count = 0; count < times; count += 1) text = bend(text, pick, random, samples);
  return text.length > 20_000 ? text.slice(0, 20_000) : text;
}

function bend(
  text: string,
  pick: <T>(values: readonly T[]) => T,
  random: Random,
  samples: readonly string[],
): string {
  const at = Math.floor(random() * (text.length + 1));
  switch (Math.floor(random() * 10)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(at);
    case 2:
      return text.slice(0, at) + pick(oddPieces) + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 6));
    case 4:
      return (
        text.slice(0, at) + String.fromCharCode(Math.floor(between(random, 0, 0x2ff))) + text.slice(at + 1)
      );
    case 5:
      return (
        text.slice(0, at) +
        text.slice(Math.floor(random() * text.length)).repeat(1 + Math.floor(random() * 3))
      );
    case 6:
      return text + pick(samples);
    default:
      return replaceValue(text, pick(oddValues), random);
  }
}

/** Puts something else in the place of one JSON value. */
function replaceValue(text: string, value: string, random: Random): string {
  const values = [...text.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null|\[\]|\{\})/g)];
  const found = values[Math.floor(random() * values.length)];
  if (found?.[1] === undefined) return text + value;
  const start = found.index + found[0].length - found[1].length;
  return text.slice(0, start) + value + text.slice(start + found[1].length);
}

function randomText(random: Random): string {
  const length = Math.floor(random() * 200);
  return Array.from({ length }, () =>
    String.fromCharCode(Math.floor(random() < 0.8 ? between(random, 32, 127) : between(random, 0, 0xffff))),
  ).join('');
}
