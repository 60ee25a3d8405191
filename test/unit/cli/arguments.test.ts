import { describe, expect, test } from 'vitest';
import { commands } from '../../../cli/commands.ts';
import { quoteWord, UsageError } from '../../../cli/faults.ts';
import { refuseUnknown } from '../../../cli/strict-arguments.ts';

const allowed = {
  options: {
    file: { type: 'positional', required: true },
    json: { type: 'boolean' },
    browser: { type: 'boolean', default: true },
    profile: { type: 'string' },
  },
  takesMany: false,
} as const;

test.each([
  [['a']],
  [['a', '--json']],
  [['--profile', 'x', 'a']],
  [['--profile=x', 'a']],
  [['--no-browser', 'a']],
  [['--', '--json']],
])('takes %j', (line) => {
  expect(() => refuseUnknown(line, allowed)).not.toThrow();
});

test.each([
  [[], 'FILE is missing'],
  [['a', 'b'], 'too many words: expected 1, found 2'],
  [['a', ''], 'too many words'],
  [[''], 'an empty word'],
  [['a', '--jsn'], 'unknown option --jsn'],
  [['a', '-j'], 'unknown option --j'],
  [['a', '--no-json'], 'unknown option --no-json'],
  [['a', '--json=yes'], '--json takes no value'],
  [['a', '--profile'], '--profile needs a value'],
  [['a', '--profile='], '--profile needs a value'],
  [['a', '--profile', '--json'], '--profile needs a value'],
  [['a', '--file', 'x'], 'unknown option --file'],
  [['a', '--constructor'], 'unknown option --constructor'],
] as const)('fails for %j', (line, reason) => {
  expect(() => refuseUnknown(line, allowed)).toThrow(UsageError);
  expect(() => refuseUnknown(line, allowed)).toThrow(reason);
});

test('a secret on the command line is refused without being repeated', () => {
  for (const line of [
    ['--client-secret=deadbeefdeadbeef00'],
    ['--deadbeefdeadbeef00token'],
    ['--refresh-token', 'deadbeefdeadbeef00'],
  ]) {
    expect(() => refuseUnknown(line, allowed)).toThrow(/never taken from the command line/);
    expect(() => refuseUnknown(line, allowed)).not.toThrow(/deadbeefdeadbeef/);
  }
});

test.each(['status', 'salesiq-visitor', '.env'.slice(1)])('the word %s may be quoted', (word) => {
  expect(quoteWord(word)).toBe(`"${word}"`);
});

test.each(['1000.abcdef', 'deadbeefdeadbeef', 'x'.repeat(60), 'a b', '<script>'])(
  'the word %s is not repeated',
  (word) => {
    expect(quoteWord(word)).toBe('what was given');
  },
);

describe('every command', () => {
  test.each(commands.map((each) => [each.name, each] as const))(
    '%s has examples that it takes',
    (name, each) => {
      expect(each.examples.length).toBeGreaterThan(0);
      for (const example of each.examples) {
        const line = example
          .replace(/^npx zoho-tokens /, '')
          .replace(/ {3}.*| \|.*/, '')
          .trim()
          .split(' ');
        expect(line[0]).toBe(name);
        const options = each.definition.args as Parameters<typeof refuseUnknown>[1]['options'];
        expect(() => refuseUnknown(line.slice(1), { options, takesMany: each.takesMany })).not.toThrow();
      }
    },
  );
});
