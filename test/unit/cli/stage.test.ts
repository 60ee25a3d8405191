import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlaceOptions } from '../../../cli/command.ts';
import { UsageError } from '../../../cli/faults.ts';
import { chooseTarget, StageNeeded } from '../../../cli/place/choose-stage.ts';
import { adviseFor } from '../../../cli/program.ts';
import { newFolder } from '../../support/new-folder.ts';
import { runInside } from '../../support/run-cli-inside.ts';
import { connectionsText } from '../../support/stage.ts';

const alert_emails = ['a@acme.io'];
const production = { region: 'ap-south-1', account: '123456789012', alert_emails };
const both = { production, staging: { region: 'eu-west-1', profile: 'team', alert_emails } };

/** The folder of a deployment with these stages. */
function folderOf(stages: object | undefined): string {
  const folder = newFolder();
  writeFileSync(join(folder, 'connections.json'), connectionsText(['desk']));
  if (stages !== undefined) writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages }));
  return folder;
}

/** What the options choose there: the stage, its prefix and function, Region and profile. */
function choose(options: PlaceOptions, stages: object | undefined = both, variables = {}): string {
  const target = chooseTarget(options, folderOf(stages), variables);
  const { connections, region, profile, functionName, stage } = target;
  return [stage?.name ?? '-', connections.secretPrefix, functionName, region, profile ?? '-'].join(' ');
}

const staging = 'staging zoho-staging zoho-staging-token-refresher eu-west-1';

test.each<[chosen: string, options: PlaceOptions, variables?: object]>([
  [`${staging} team`, { stage: 'staging' }],
  [`${staging} team`, { stage: 'staging' }, { ZOHO_TOKENS_FUNCTION: 'of-production' }],
  [`${staging} mine`, { stage: 'staging', profile: 'mine' }],
  // A prefix reads and invokes the same stage, whether or not a file describes it.
  [`${staging} team`, { 'secret-prefix': 'zoho-staging' }],
  ['- zoho-staging zoho-staging-token-refresher us-east-1 -', { 'secret-prefix': 'zoho-staging', region: 'us-east-1' }],
])('%s is chosen by %j beside %j', (chosen, options, variables = {}) => {
  expect(choose(options, both, variables)).toBe(chosen);
});

test('the only stage need not be named; without any file the connections file decides', () => {
  expect(choose({}, { production })).toBe('production zoho zoho-token-refresher ap-south-1 -');
  const withoutFile = chooseTarget({ region: 'us-east-1' }, folderOf(undefined), {});
  expect(withoutFile).toMatchObject({ functionName: 'zoho-token-refresher', region: 'us-east-1' });
  expect([withoutFile.stage, withoutFile.connections.secretPrefix]).toEqual([undefined, 'zoho']);
});

test.each<[PlaceOptions, string]>([
  [{}, 'choose one with --stage (production, staging)'],
  [{ stage: 'stagin' }, 'unknown stage "stagin"; did you mean staging?'],
  [{ stage: 'staging', 'secret-prefix': 'zoho' }, '--secret-prefix contradicts'],
  [{ stage: 'staging', region: 'ap-south-1' }, 'which is in eu-west-1'],
])('fails for %j', (options, reason) => {
  expect(() => choose(options)).toThrow(reason);
  expect(() => choose(options)).toThrow(UsageError);
});

test('fails for a stage if there is no deployment.json', () => {
  const stagingWithoutFile = () => chooseTarget({ stage: 'staging' }, folderOf(undefined), {});
  expect(stagingWithoutFile).toThrow('no deployment.json');
  expect(() => choose({})).toThrow(StageNeeded);
});

test('doctor examines a file without a stage, and says that it compared nothing', async () => {
  const folder = folderOf(both);
  writeFileSync(join(folder, '.env'), 'DESK_ORG_ID=1\n');
  const { code, stdout } = await runInside(['doctor', '.env'], { folder });
  expect(code).toBe(1);
  expect(stdout).toMatch(/not compared with what is stored: .* choose one with --stage/);
  expect((await runInside(['status'], { folder })).code).toBe(2);
});

test('a proposed command works at the same place', () => {
  const program = 'npx --no-install zoho-tokens';
  const text = `run \`npx zoho-tokens authorize desk\`; see \`${program} help\``;
  expect(adviseFor({ stage: 'staging', profile: "o'b" })(text)).toBe(
    `run \`${program} authorize desk --stage staging --profile 'o'\\''b'\`; see \`${program} help\``,
  );
  expect(adviseFor({ local: true })('`npx zoho-tokens status`')).toBe(`\`${program} status --local\``);
});
