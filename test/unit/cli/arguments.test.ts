import { expect, test } from 'vitest';
import { commands } from '../../../cli/commands.ts';
import { quoteWord, UsageError } from '../../../cli/faults.ts';
import { type Chosen, parseCommandLine } from '../../../cli/usage/parser.ts';
import { runInside } from '../../support/run-cli-inside.ts';
import { searchForSecrets } from '../../support/secrets-search.ts';

/** What a command line asks for; nothing of it is done. */
function parse(rawArguments: readonly string[]): Chosen {
  const asked = parseCommandLine(rawArguments, false);
  if ('text' in asked) throw new Error(asked.text);
  return asked;
}

test('takes the options of all commands before and behind the name of one', () => {
  for (const line of ['--region=x status a b --json', 'status --json a --region x b']) {
    expect(parse(line.split(' '))).toMatchObject({
      command: { name: 'status' },
      words: ['a', 'b'],
      options: { region: 'x', json: true, local: false, watch: false, interval: '10' },
    });
  }
  expect(parse(['authorize', 'desk', '--no-browser']).options).toMatchObject({ 'no-browser': true });
  expect(parse(['status', '--', '--json']).words).toEqual(['--json']);
});

test.each([
  ['doctor a b', 'too many words: expected 1, found 2'],
  ['import', 'FILE is missing'],
  ['status --wach', 'unknown option --wach; did you mean --watch?'],
  ['status -j', 'unknown option --j'],
  ['status --no-json', 'unknown option --no-json'],
  ['status --json=yes', '--json takes no value'],
  ['status --profile', '--profile needs a value'],
  ['status --profile=', '--profile needs a value'],
  ['status --profile --json', '--profile needs a value'],
  ['status --constructor', 'unknown option --constructor'],
  ['staus', 'unknown command "staus"; did you mean status?'],
  ['nonsense', 'unknown command "nonsense"; expected init, doctor'],
])('fails for %s with the usage of the command', (line, reason) => {
  const usage = {
    line: expect.stringMatching(/^npx --no-install zoho-tokens /),
    help: expect.stringMatching(/^npx --no-install zoho-tokens help/),
  };
  const message = expect.stringContaining(reason);
  expect(() => parse(line.split(' '))).toThrow(UsageError);
  expect(() => parse(line.split(' '))).toThrow(expect.objectContaining({ message, usage }));
});

test('help, help of a command and the version exit 0; a bare name shows the help and exits 2', async () => {
  expect(await runInside(['--help'])).toMatchObject({ code: 0, stderr: '' });
  const help = await runInside(['help', 'refresh']);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--force') });
  expect(help.stdout).not.toContain('--region');
  expect((await runInside(['refresh', '--help'])).stdout).toBe(help.stdout);
  expect(await runInside(['--version', '--json'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\{"version":"\d+\.\d+\.\d+"\}\n$/),
  });
  expect(await runInside([])).toMatchObject({ code: 2, stdout: expect.stringContaining('Commands:') });
  expect(await runInside(['help', 'nope'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown command "nope"'),
  });
});

test('no usage error repeats a secret, wherever on the command line it stands', async () => {
  const secret = `1000.${'c0ffee12'.repeat(4)}.${'beef5678'.repeat(4)}`;
  const hex = 'deadbeef01234567'.repeat(2);
  const said: string[] = [];
  let refused = 0;
  for (const canary of [secret, hex, `x${hex}`]) {
    const frames = commands.flatMap(({ name, options }) => [
      [name, canary],
      [name, canary, canary],
      [name, `--${canary}`],
      [name, `-${canary}`],
      [name, `--refresh-token=${canary}`],
      [name, '--refresh-token', canary],
      [name, `--json=${canary}`],
      [name, '--', canary],
      ['help', name, canary],
      ...Object.keys(options).map((flag) => {
        const [option, value] = flag.split(' ');
        return value === undefined ? [name, `--${option}=${canary}`] : [name, 'desk', `--${option}`, canary];
      }),
    ]);
    const lines = [[canary], [`--${canary}`], ['help', canary], [`--region=${canary}`], ...frames];
    for (const line of lines) {
      for (const more of [[], ['--json']]) {
        // Behind an option that names the real AWS nothing is asked: no Region is set.
        const ran = await runInside([...line, ...more]);
        said.push(ran.stdout, ran.stderr);
        if (ran.code === 2) refused += 1;
      }
    }
  }
  expect(refused).toBeGreaterThan(300);
  expect(searchForSecrets(said, [secret, hex])).toBeUndefined();
});

test('a word is quoted only if it cannot be a secret', () => {
  for (const word of ['status', 'salesiq-visitor']) expect(quoteWord(word)).toBe(`"${word}"`);
  for (const word of ['1000.abcdef', 'deadbeefdeadbeef', 'x'.repeat(60), 'a b', '<script>'])
    expect(quoteWord(word)).toBe('what was given');
});

test.each(commands.map((each) => [each.name, each] as const))('%s has examples that it takes', (name, each) => {
  expect(each.examples.length).toBeGreaterThan(0);
  for (const [line] of each.examples) expect(parse(line.replace(/ [|>].*/, '').split(' ')).command.name).toBe(name);
});
