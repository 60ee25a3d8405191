import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { renderExports } from '../../cli/place/local-store-file.ts';
import { offerStage } from '../../local/offer-stage.ts';
import { newFolder } from '../support/new-folder.ts';
import { runInside } from '../support/run-cli-inside.ts';
import { sdkOptions, setBareStage } from '../support/stage.ts';

// What `npm start` offers to an app on a laptop, as docs/practice.md walks through it; the app itself is in recipes.test.ts.

test('the exports lead a shell and the command line there, and others on this machine get nothing', async () => {
  const folder = newFolder();
  const stage = await setBareStage({ secretAccessKey: 'made-for-this-run' });
  onTestFinished(stage.close);
  const { variables, file, close } = await offerStage(stage, { file: join(folder, 'private/store.json') });
  onTestFinished(close);
  const lines = renderExports(variables).join('\n');
  const script = `${lines}\nprintf '%s %s' "$AWS_SECRET_ACCESS_KEY" "\${AWS_SESSION_TOKEN-unset}"`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe('made-for-this-run unset');
  const shown = await runInside(['env', '--local', '--shell'], { variables: { ZOHO_TOKENS_LOCAL_STORE: file } });
  expect(shown).toMatchObject({ code: 0, stdout: `${lines}\n` });

  const guessed = new SecretsManager(sdkOptions(stage.secretsManager.url, 1));
  await expect(guessed.getSecretValue({ SecretId: 'zoho/desk/token' })).rejects.toThrow(/signature/);
  const invoke = `${variables.AWS_ENDPOINT_URL_LAMBDA}/2015-03-31/functions/zoho-token-refresher/invocations`;
  expect((await fetch(invoke, { method: 'POST', body: '{}' })).status).toBe(403);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
