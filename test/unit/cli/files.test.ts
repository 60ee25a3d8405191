import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile } from '../../../cli/env-file/text-file.ts';
import { mergeEnv } from '../../../cli/env-file/write-env.ts';
import { readDeployment } from '../../../infra/deployment/read-deployment.ts';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { newFolder } from '../../support/new-folder.ts';
import { runInside } from '../../support/run-cli-inside.ts';
import { envText } from './guide-env.ts';

test('merging keeps foreign lines where they stand, and notes each token’s expiry once', () => {
  const before =
    'DESK_ACCESS_TOKEN=older\nMINE=1 # mine\nexport DESK_ACCESS_TOKEN = old\n\n# a note\n# DESK_ACCESS_TOKEN expires 2026-01-01T00:00:00Z\nOTHER="x"\r\n';
  const written =
    '# Written by\n\n# DESK_ACCESS_TOKEN expires 2026-03-01T00:00:00Z\nDESK_ACCESS_TOKEN=new\nDESK_ORG_ID=6\n';
  const merged =
    'DESK_ACCESS_TOKEN=new\nMINE=1 # mine\n# DESK_ACCESS_TOKEN expires 2026-03-01T00:00:00Z\nDESK_ACCESS_TOKEN=new\n\n# a note\nOTHER="x"\n\nDESK_ORG_ID=6\n';
  expect(mergeEnv(before, written)).toBe(merged);
  expect(mergeEnv(merged, written)).toBe(merged);
});

test('a replaced file is kept beside its successor, both for their owner alone', () => {
  const file = join(newFolder(), '.env');
  replaceFile(file, 'one', 0o600);
  writeFileSync(file, 'two');
  replaceFile(file, 'three', 0o600);
  expect([readFileSync(`${file}.bak`, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['two', 'three']);
  for (const each of [file, `${file}.bak`]) expect(statSync(each).mode & 0o777).toBe(0o600);
});

test('init makes both files of a deployment, asks for what the .env does not say, and takes no credential over', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'old.env'), envText({ DESK_ORG_ID: undefined, SALESIQ_APP_ID: '1000.abc' }));
  const line = ['init', 'old.env', '--region', 'ap-south-1', '--alert-email', 'a@acme.io', '--json'];
  const { code, stdout } = await runInside(line, { folder, input: 'nonsense\nin\n60000688226\n' });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 0,
    connections: ['salesiq', 'desk', 'salesiq-visitor'],
  });
  const text = readFileSync(join(folder, 'connections.json'), 'utf8');
  const { connections, secretPrefix } = readConnections(text);
  expect(connections.map(({ dataCenter, settings }) => [dataCenter, settings])).toEqual([
    ['in', { screen_name: 'rtdsportal', department_id: '2782000000002013' }],
    ['in', { org_id: '60000688226', department_id: '2782000000002013' }],
    ['in', { screen_name: 'rtdsportal', department_id: '2782000000002013' }],
  ]);
  const deployment = readFileSync(join(folder, 'deployment.json'), 'utf8');
  expect(readDeployment(deployment, () => secretPrefix)).toMatchObject([
    { name: 'production', region: 'ap-south-1', alertEmails: ['a@acme.io'] },
  ]);
  expect(text + deployment).not.toMatch(/1000\.\w{3}|CLIENT|[0-9a-f]{20}/);
  expect(await runInside(line, { folder })).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('exist already'),
  });
  expect(await runInside([...line, '--yes'], { folder, input: 'eu\n1\n' })).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'connections.json.bak'), 'utf8')).toBe(text);
});

test.each<[line: string, code: number, says: RegExp]>([
  ['runbook invalid_code --local', 0, /authorize <connection> --local`.*Do\. .*Means\. .*#invalid_code/s],
  ['runbook nope', 2, /unknown code "nope"/],
  ['import nowhere.env', 2, /cannot read nowhere.env: ENOENT/],
])('%s needs no account', async (line, code, says) => {
  const ran = await runInside(line.split(' '), { folder: newFolder() });
  expect([ran.code, ran.stdout + ran.stderr]).toEqual([code, expect.stringMatching(says)]);
});
