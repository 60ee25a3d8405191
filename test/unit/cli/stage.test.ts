import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { UsageError } from '../../../cli/faults.ts';
import { adviseFor } from '../../../cli/place/advise.ts';
import { chooseTarget, StageNeeded } from '../../../cli/place/choose-stage.ts';
import type { PlaceOptions } from '../../../cli/place/place.ts';
import { runInside } from '../../support/run-cli-inside.ts';

const connections = {
  secret_prefix: 'zoho',
  connections: [
    {
      name: 'desk',
      service: 'desk',
      data_center: 'in',
      required_scopes: ['Desk.calls.READ'],
      settings: { org_id: '1' },
    },
  ],
};
const both = {
  production: { region: 'ap-south-1', account: '123456789012', alert_emails: ['a@acme.io'] },
  staging: { region: 'eu-west-1', profile: 'team', alert_emails: ['a@acme.io'] },
};

/** The folder of a deployment with these stages. */
function folderOf(stages: object | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'stage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'connections.json'), JSON.stringify(connections));
  if (stages !== null) writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages }));
  return folder;
}

/** What the options choose there. */
function choose(options: PlaceOptions, stages: object | null = both, variables = {}) {
  const target = chooseTarget(options, folderOf(stages), variables);
  const { connections: read, region, profile, functionName, stage } = target;
  return [stage?.name, read.secretPrefix, functionName, region, profile];
}

test('a stage gives everything: prefix, function, Region and profile', () => {
  expect(choose({ stage: 'staging' })).toEqual([
    'staging',
    'zoho-staging',
    'zoho-staging-token-refresher',
    'eu-west-1',
    'team',
  ]);
  const named = { ZOHO_TOKENS_FUNCTION: 'of-production' };
  expect(choose({ stage: 'staging' }, both, named)[2]).toBe('zoho-staging-token-refresher');
  expect(choose({ stage: 'staging', profile: 'mine' })[4]).toBe('mine');
});

test('a prefix reads and invokes the same stage, whether or not a file describes it', () => {
  const staging = ['zoho-staging', 'zoho-staging-token-refresher', 'eu-west-1', 'team'];
  expect(choose({ 'secret-prefix': 'zoho-staging' })).toEqual(['staging', ...staging]);
  expect(choose({ 'secret-prefix': 'zoho-staging', region: 'us-east-1' })).toEqual([
    undefined,
    'zoho-staging',
    'zoho-staging-token-refresher',
    'us-east-1',
    undefined,
  ]);
});

test('the only stage need not be named; without any file the connections file decides', () => {
  expect(choose({}, { production: both.production })[0]).toBe('production');
  expect(choose({ region: 'us-east-1' }, null)).toEqual([
    undefined,
    'zoho',
    'zoho-token-refresher',
    'us-east-1',
    undefined,
  ]);
});

test.each<[PlaceOptions, string]>([
  [{}, 'choose one with --stage (production, staging)'],
  [{ stage: 'stagin' }, '"stagin" is unknown; expected production, staging'],
  [{ stage: 'staging', 'secret-prefix': 'zoho' }, '--secret-prefix contradicts'],
  [{ stage: 'staging', region: 'ap-south-1' }, 'which is in eu-west-1'],
])('fails for %j', (options, reason) => {
  expect(() => choose(options)).toThrow(reason);
  expect(() => choose(options)).toThrow(UsageError);
});

test('fails for a stage where no file describes any', () => {
  expect(() => choose({ stage: 'staging' }, null)).toThrow('no deployment.json');
  expect(() => choose({})).toThrow(StageNeeded);
});

test('doctor examines a file without a stage, and says that it compared nothing', async () => {
  const folder = folderOf(both);
  writeFileSync(join(folder, '.env'), 'DESK_ORG_ID=1\n');
  const { code, stdout } = await runInside(['doctor', '.env'], { folder });
  expect({ code, stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/not compared with what is stored: .* choose one with --stage/),
  });
  expect((await runInside(['status'], { folder })).code).toBe(2);
});

test('a proposed command works at the same place', () => {
  const text = 'run `npx zoho-tokens authorize desk`; see `npx --no-install zoho-tokens help`';
  expect(adviseFor({ stage: 'staging', profile: "o'b" })(text)).toBe(
    "run `npx --no-install zoho-tokens authorize desk --stage staging --profile 'o'\\''b'`; see `npx --no-install zoho-tokens help`",
  );
  expect(adviseFor({ local: true })('`npx zoho-tokens status`')).toBe(
    '`npx --no-install zoho-tokens status --local`',
  );
});
