import { expect } from 'vitest';
import { commands } from '../../cli/commands.ts';
import { type CliStage, test } from '../support/cli/cli-stage.ts';
import { runInside } from '../support/run-cli-inside.ts';
import { searchForSecrets } from '../support/secrets-search.ts';

// What each test of the program ends with, in one place for every command: `openCliStage` searches all that was printed,
// on standard output and standard error alike.

/** How Zoho repeats the request with its secrets in it, and how the program is asked to print; what it prints of good answers is searched by every other test. */
const moods = [
  { fault: 'echo_secret', more: [] },
  { fault: 'echo_secret_error', more: ['--json'] },
] as const;

/** Every command in a way that makes it handle secrets; `authorize` is asked beside these. */
const lines = [
  'doctor old.env',
  'doctor old.env --online',
  'import old.env',
  'import old.env --yes',
  'check',
  'check --live --contact-id 123 --yes',
  'status',
  'refresh',
  'refresh --force',
  'env',
  'env --tokens-only',
  'logs',
  'runbook invalid_code',
  'init old.env --yes --data-center in --region ap-south-1 --alert-email a@acme.io',
  'test-alert',
  'verify',
] as const;

test('no command prints a piece of a secret, in text or as JSON, whatever Zoho echoes', {
  timeout: 120_000,
}, async ({ cli }) => {
  await cli.run(['refresh']);
  cli.write('old.env', envOf(cli));
  const run = new Set<string>();
  for (const { fault, more } of moods) {
    cli.pass(3); // a token is not refreshed on demand within two minutes
    cli.zoho.faults.clear();
    cli.zoho.faults.set(fault);
    for (const line of lines) {
      const words = line.split(' ');
      run.add(words[0] ?? '');
      await cli.run([...words, ...more]);
    }
    await cli.run(['authorize', 'salesiq', '--self-client', ...more], cli.selfClient().typed);
    run.add('authorize');
  }
  expect([...run].toSorted()).toEqual(commands.map(({ name }) => name).toSorted());
  expect(cli.zoho.requests.filter(({ outcome }) => String(outcome).startsWith('echo_secret'))).not.toEqual([]);
  expect(searchForSecrets(cli.said, cli.secretsSoFar())).toBeUndefined();
});

test('env --stdout prints the secrets of the connections that were named, and no other', async ({ cli }) => {
  await cli.run(['refresh']);
  const { stdout, stderr } = await runInside(['env', '--stdout', '--tokens-only', 'desk', '--local'], cli);
  const own = cli.tokenOf('desk').access_token ?? '';
  // So the search is awake.
  expect(searchForSecrets([stdout], [own])).toMatch(/piece of a secret/);
  const others = cli.secretsSoFar().filter((secret) => secret !== own);
  expect(searchForSecrets([stdout], others)).toBeUndefined();
  expect(searchForSecrets([stderr], cli.secretsSoFar())).toBeUndefined();
});

/** An `.env` with other consents than the stored ones, so that `import` has something to prove and to store. */
const envOf = (cli: CliStage) =>
  ['salesiq', 'desk']
    .map((name) => `${cli.plantFor(name).lines}${name.toUpperCase()}_ACCESS_TOKEN=${cli.tokenOf(name).access_token}\n`)
    .join('');
