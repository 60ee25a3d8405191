import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderExports } from '../../cli/place/app-exports.ts';
import { offerStage } from '../../local/offer-stage.ts';
import { type Stage, setStage } from '../../local/stage.ts';
import { runInside } from '../support/run-cli-inside.ts';
import { bundle } from '../support/stage.ts';

// What `npm start` offers to an app on a laptop, as docs/practice.md walks through it; the app itself is in recipes.test.ts.

let stage: Stage;
let offered: Awaited<ReturnType<typeof offerStage>>;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoho-practice-'));
  const connectionsText = readFileSync('connections.json', 'utf8');
  stage = await setStage({ bundle, connectionsText, secretAccessKey: 'made-for-this-run' });
  offered = await offerStage(stage, { file: join(folder, 'private/store.json') });
});
afterEach(async () => {
  await offered.close();
  await stage.close();
  rmSync(folder, { recursive: true });
});

test('the exports can be pasted into a shell, and the command line repeats them', async () => {
  const lines = renderExports(offered.variables).join('\n');
  const script = `${lines}\nprintf '%s %s' "$AWS_SECRET_ACCESS_KEY" "\${AWS_SESSION_TOKEN-unset}"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('made-for-this-run unset');
  const variables = { ZOHO_TOKENS_LOCAL_STORE: offered.file };
  const shown = await runInside(['env', '--local', '--shell'], { variables });
  expect(shown).toMatchObject({ code: 0, stdout: `${lines}\n` });
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
