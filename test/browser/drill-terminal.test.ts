import { spawnSync } from 'node:child_process';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { defaultCallbackPort } from '../../cli/authorize/callback-server.ts';
import { answerConsentPage } from '../support/cli/consent-page.ts';
import { hasPseudoTerminal, runInTerminal, withoutTerminal } from '../support/cli/start-program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = fileURLToPath(new URL('../../local/drill/main.ts', import.meta.url));

test.skipIf(!hasPseudoTerminal)(
  `npm run drill: a night is mended by the real zoho-tokens authorize${withoutTerminal}`,
  async () => {
    const surroundings = { folder: root, variables: { PATH: env.PATH ?? '', HOME: env.HOME ?? '' } };
    const granted = answerConsentPage(defaultCallbackPort, 'grant');
    const ran = await runInTerminal(
      ['--night', '1', '--speed', '60'],
      surroundings,
      [
        { wait: '[phone]', send: 'alerts\r' },
        { wait: '  1  ', send: 'read 1\r' },
        { wait: 'DO THIS', send: 'cause consent-lost desk\r' },
        { wait: 'yes, that is it', send: 'zoho-tokens authorize desk --no-browser\r' },
        { wait: 'Client ID', send: '\r' },
        { wait: 'Client secret', send: '\r' },
      ],
      { program, seconds: 100 },
    );
    expect(ran.unanswered, ran.shown).toEqual([]);
    expect(await granted).toContain('Consent for desk is stored');
    expect(ran.shown).toContain('ZOHO_TOKENS_LOCAL_STORE=/');
    expect(ran.shown).toMatch(/The night is over: 100 of 100 points/);
    expect(ran.shown).toMatch(/mended +yes/);
    expect(ran.code).toBe(0);
  },
);

test.each([
  ['the lines end', 1, ''],
  ['the player quits', 12, 'quit\n'],
])('npm run drill: a command that runs while %s has the store to its end', (_, times, last) => {
  const input = 'zoho-tokens status\n'.repeat(times) + last;
  const ran = spawnSync(execPath, [program, '--night', '1'], {
    cwd: root,
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(ran.status, ran.stderr).toBe(0);
  expect(ran.stdout).toMatch(/desk +fresh[\s\S]*The night is over/);
  expect(ran.stdout + ran.stderr).not.toMatch(/no local store|Warning/);
});
