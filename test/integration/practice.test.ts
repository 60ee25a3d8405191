import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderExports } from '../../cli/place/app-exports.ts';
import { offerStage } from '../../local/offer-stage.ts';
import { type Stage, setStage } from '../../local/stage.ts';
import { storedToken, zohoOf } from './client-stage.ts';
import { pythonDriver, type RecipeProgram, runProgram, startProgram } from './recipes-program.ts';

// An app on a laptop beside `npm start`, as docs/practice.md walks through it: nothing but the exports leads it there.

const root = fileURLToPath(new URL('../..', import.meta.url));
let stage: Stage;
let offered: Awaited<ReturnType<typeof offerStage>>;
let folder: string;
let app: RecipeProgram | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoho-practice-'));
  stage = await setStage({
    bundle: new URL('../../dist/lambda/index.mjs', import.meta.url),
    connectionsText: readFileSync(join(root, 'connections.json'), 'utf8'),
    secretAccessKey: 'made-for-this-run',
    leadsAppsHere: true,
  });
  offered = await offerStage(stage, { file: join(folder, 'private/store.json') });
  await stage.tick(new Date(stage.now()));
});
afterEach(async () => {
  app?.close();
  app = undefined;
  await offered.close();
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
});

const hasBoto3 = spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0;
test.skipIf(!hasBoto3)(
  'Python: reads, calls, and goes on after Zoho ended its token (needs boto3)',
  async () => {
    // The two files that the guide has people copy.
    for (const file of ['client/python/zoho_tokens.py', 'docs/recipes/python/zoho_app.py']) {
      copyFileSync(join(root, file), join(folder, file.replace(/.*\//, '')));
    }
    app = startProgram('python3', ['-B', '-c', pythonDriver('zoho_app')], {
      cwd: folder,
      env: { PATH: env.PATH ?? '', ...offered.variables },
    });
    expect(await app.call('create_callback', '4000000012345', 'First')).toMatchObject({ subject: 'First' });
    const dead = storedToken(stage, 'desk');
    zohoOf(stage).killAccessToken(dead);
    expect(await app.call('create_callback', '4000000012345', 'Second')).toMatchObject({ subject: 'Second' });
    expect(storedToken(stage, 'desk')).not.toBe(dead);
    const outcomes = zohoOf(stage).requests.filter(({ kind }) => kind === 'operation');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'INVALID_OAUTH', 'ok']);
  },
);

test('the exports can be pasted into a shell, and the command line repeats them', async () => {
  const lines = renderExports(offered.variables).join('\n');
  const script = `${lines}\nprintf '%s %s' "$AWS_SECRET_ACCESS_KEY" "\${AWS_SESSION_TOKEN-unset}"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('made-for-this-run unset');
  const shown = await runProgram(execPath, [join(root, 'cli/main.ts'), 'env', '--local', '--shell'], {
    env: { PATH: env.PATH ?? '', ZOHO_TOKENS_LOCAL_STORE: offered.file },
  });
  expect(shown).toMatchObject({ status: 0, stdout: `${lines}\n` });
});

test('others on this machine get nothing: neither unsigned, nor under a key of their own or a guessed one', async () => {
  const bare = await fetch(stage.secretsManager.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body: '{"SecretId":"zoho/desk/credentials"}',
  });
  expect(bare.status).toBe(400);
  expect(await bare.text()).not.toContain('refresh_token');
  for (const [accessKeyId, secretAccessKey] of [
    ['local', 'local'],
    ['AKIAOTHER', 'own'],
  ] as const) {
    const client = new SecretsManagerClient({
      endpoint: stage.secretsManager.url,
      region: 'ap-south-1',
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });
    const read = client.send(new GetSecretValueCommand({ SecretId: 'zoho/desk/credentials' }));
    await expect(read).rejects.toThrow(/signature|security token/);
    client.destroy();
  }
  const { AWS_ENDPOINT_URL_LAMBDA: lambda } = offered.variables;
  const invoke = `${lambda}/2015-03-31/functions/zoho-token-refresher/invocations`;
  expect((await fetch(invoke, { method: 'POST', body: '{}' })).status).toBe(403);
  expect(statSync(offered.file).mode & 0o777).toBe(0o600);
});
