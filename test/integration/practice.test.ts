import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { renderExports } from '../../cli/place/local-store-file.ts';
import { offerStage } from '../../local/offer-stage.ts';
import { runInside } from '../support/run-cli-inside.ts';
import { sdkOptions, setBareStage } from '../support/stage.ts';

// What `npm start` offers to an app on a laptop, as docs/practice.md walks through it; the app itself is in recipes.test.ts.

async function offer() {
  const folder = mkdtempSync(join(tmpdir(), 'zoho-practice-'));
  const stage = await setBareStage({ secretAccessKey: 'made-for-this-run' });
  const offered = await offerStage(stage, { file: join(folder, 'private/store.json') });
  onTestFinished(async () => {
    await offered.close();
    await stage.close();
    rmSync(folder, { recursive: true });
  });
  return { stage, ...offered };
}

test('the exports can be pasted into a shell, and the command line repeats them', async () => {
  const { variables, file } = await offer();
  const lines = renderExports(variables).join('\n');
  const script = `${lines}\nprintf '%s %s' "$AWS_SECRET_ACCESS_KEY" "\${AWS_SESSION_TOKEN-unset}"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('made-for-this-run unset');
  const shown = await runInside(['env', '--local', '--shell'], { variables: { ZOHO_TOKENS_LOCAL_STORE: file } });
  expect(shown).toMatchObject({ code: 0, stdout: `${lines}\n` });
});

test('others on this machine get nothing: neither unsigned, nor under a guessed key', async () => {
  const { stage, variables, file } = await offer();
  const read = new SecretsManager(sdkOptions(stage.secretsManager.url, 1)).getSecretValue({
    SecretId: 'zoho/desk/token',
  });
  await expect(read).rejects.toThrow(/signature/);
  const invoke = `${variables.AWS_ENDPOINT_URL_LAMBDA}/2015-03-31/functions/zoho-token-refresher/invocations`;
  expect((await fetch(invoke, { method: 'POST', body: '{}' })).status).toBe(403);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
