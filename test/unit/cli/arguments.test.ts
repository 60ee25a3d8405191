import { expect, test } from 'vitest';
import { commands } from '../../../cli/commands.ts';
import { UsageError } from '../../../cli/faults.ts';
import { type Chosen, parseCommandLine } from '../../../cli/parse-command-line.ts';
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

const ofRefresh = /^Usage: zoho-tokens refresh(?!.*--region).*--force/s;
test.each<[line: string, code: number, stdout: RegExp, stderr: RegExp]>([
  ['--help', 0, /Commands:/, /^$/],
  ['help refresh', 0, ofRefresh, /^$/],
  ['refresh --help', 0, ofRefresh, /^$/],
  ['--version --json', 0, /^\{"version":"\d+\.\d+\.\d+"\}\n$/, /^$/],
  ['', 2, /Commands:/, /^$/],
  ['help nope', 2, /^$/, /unknown command "nope"/],
])('zoho-tokens %s exits %i and shows what was asked for', async (line, code, stdout, stderr) => {
  const expected = { code, stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) };
  expect(await runInside(line.split(' ').filter(Boolean))).toMatchObject(expected);
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
    for (const line of lines.flatMap((each) => [each, [...each, '--json']])) {
      // Behind an option that names the real AWS nothing is asked: no Region is set.
      const ran = await runInside(line);
      said.push(ran.stdout, ran.stderr);
      if (ran.code === 2) refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(300);
  expect(searchForSecrets(said, [secret, hex])).toBeUndefined();
});

test.each(commands.map((each) => [each.name, each] as const))('%s has examples that it takes', (name, each) => {
  expect(each.examples.length).toBeGreaterThan(0);
  for (const [line] of each.examples) expect(parse(line.replace(/ [|>].*/, '').split(' ')).command.name).toBe(name);
});
