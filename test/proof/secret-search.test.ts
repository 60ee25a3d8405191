import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLocal } from '../../cli/place/open-local.ts';
import { makeDefaultStack, makeEveryOptionStack } from '../infra/example-stacks.ts';
import { synthesize } from '../infra/synthesize.ts';
import { newFolder } from '../support/new-folder.ts';
import { searchForSecrets, secretsIn } from '../support/secrets-search.ts';

const canary = `1000.${'0a1b2c3d4e5f6071'.repeat(2)}.${'8293a4b5c6d7e8f9'.repeat(2)}`;

describe('the search for secrets', () => {
  const piece = canary.slice(9, 21);
  it.each([
    ['plain', `token ${piece} end`],
    ['URL-encoded', [...piece].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')],
    ['base64', Buffer.from(`x=${canary}`).toString('base64')],
    ['base64 one byte on', Buffer.from(`xy=${canary}`).toString('base64')],
    ['base64 two bytes on', Buffer.from(`xyz=${canary}`).toString('base64')],
    ['base64url', Buffer.from(JSON.stringify({ token: canary })).toString('base64url')],
  ])('finds a piece of twelve characters: %s', (_, text) => {
    expect(searchForSecrets([`{"message":"${text}"}`], [canary])).toMatch(/piece of a secret/);
  });

  it('finds nothing where there is nothing, and fails if there is no secret to look for', () => {
    const calm = JSON.stringify({ message: 'all is well', id: 'abcdef123456' });
    expect(searchForSecrets([calm], [canary])).toBeUndefined();
    expect(() => searchForSecrets(['all is well'], [])).toThrow('no secret to look for');
  });
});

/** Any value in the shape of Zoho's tokens, and client secrets as the stand-in makes them. */
const shapes = [/\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}/i, /\b[0-9a-f]{42}\b/i];

const root = new URL('../../', import.meta.url);

/** What somebody who deploys may have in the environment and in an `.env` beside `connections.json`. */
const planted = {
  ZOHO_CLIENT_SECRET: '5f4e3d2c1b0a'.repeat(4).slice(0, 42),
  SALESIQ_REFRESH_TOKEN: `1000.${'13579bdf2468ace0'.repeat(2)}.${'fedc0123ba987654'.repeat(2)}`,
  SALESIQ_ACCESS_TOKEN: `1000.${'2b7e151628aed2a6'.repeat(2)}.${'abf7158809cf4f3c'.repeat(2)}`,
  DESK_REFRESH_TOKEN: `1005.${'6bc1bee22e409f96'.repeat(2)}.${'e93d7e117393172a'.repeat(2)}`,
  DESK_ACCESS_TOKEN: `1005.${'ae2d8a571e03ac9c'.repeat(2)}.${'9eb76fac45af8e51'.repeat(2)}`,
  AWS_SECRET_ACCESS_KEY: 'Made0Up1Secret2Access3Key4Of5Forty6Chars',
  AWS_SESSION_TOKEN: 'Made0Up1Session2Token3Of4Temporary5Credentials',
};

describe('what leaves this machine', () => {
  it('the templates hold nothing in the shape of a secret, and the bundles none of a token', () => {
    for (const make of [makeDefaultStack, makeEveryOptionStack]) {
      const text = JSON.stringify(synthesize(make));
      for (const shape of shapes) expect(text).not.toMatch(shape);
      expect(text).not.toMatch(/SecretString|GenerateSecretString/);
    }
    for (const name of ['lambda.cjs', 'publish.cjs']) {
      const bundle = readFileSync(new URL(`dist/lambda/${name}`, root), 'utf8');
      expect(bundle).not.toMatch(shapes[0] ?? /^$/);
    }
  });

  it('nothing that is synthesized, and nothing that is printed meanwhile, holds what is in the environment or the `.env`', {
    timeout: 120_000,
  }, () => {
    const folder = newFolder();
    const output = join(folder, 'cdk.out');
    copyFileSync(fileURLToPath(new URL('connections.json', root)), join(folder, 'connections.json'));
    const production = { alert_emails: ['on-call@acme.io'], customer_managed_key: true, paging_topic: true };
    writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ stages: { production } }));
    const lines = Object.entries(planted).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, '.env'), lines.join(''));
    const { context } = JSON.parse(readFileSync(new URL('cdk.json', root), 'utf8'));
    const cdk = { CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' };
    const { status, stdout, stderr } = spawnSync(execPath, [fileURLToPath(new URL('infra/app.ts', root))], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...env, ...planted, ...cdk },
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const files = filesBelow(output);
    const names = files.map((file) => file.slice(output.length + 1));
    // The template with its outputs, what describes the assembly, and the function's code.
    const code = expect.stringMatching(/^asset\..*index\.mjs$/);
    expect(names).toEqual(expect.arrayContaining(['ZohoTokenRefresher.template.json', 'manifest.json', code]));
    const texts = [stdout, stderr, ...names, ...files.map((file) => readFileSync(file, 'latin1'))];
    expect(searchForSecrets(texts, Object.values(planted))).toBeUndefined();
  });

  it.each([
    ['in words', []],
    ['as JSON', ['--json']],
  ])('`npm start` prints no piece of what it holds, %s', async (_title, more) => {
    const temporary = newFolder();
    const child = spawn(execPath, ['local/start.ts', '--port', '0', '--interval', '1', ...more], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, TMPDIR: temporary },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    const secrets = await new Promise<string[]>((resolve, reject) => {
      let ticks = 0;
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.push(line);
        // The second tick is printed after the first has stored its tokens.
        if (/salesiq/.test(line)) ticks += 1;
        if (ticks === 2) secretsHeldBelow(temporary).then(resolve, reject);
      });
      child.once('exit', (code) => reject(new Error(`it ended with exit code ${code}: ${said.join('\n')}`)));
    });
    const ended = once(child, 'close');
    child.kill('SIGINT');
    await ended;
    // Two connections with an access token, a refresh token and a client secret each, and the practice clients.
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(8);
    expect(searchForSecrets(said, secrets)).toBeUndefined();
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every secret in a running `npm start`, as an operator would read them from the store that it offers. */
async function secretsHeldBelow(folder: string): Promise<string[]> {
  const file = filesBelow(folder).find((name) => name.endsWith('local-store.json'));
  const {
    connections: configured,
    versions,
    practiceClients,
    close,
  } = await openLocal({ ZOHO_TOKENS_LOCAL_STORE: file }, undefined);
  const { connections, secretPrefix } = configured;
  const secretIds = connections.flatMap(({ name }) =>
    ['credentials', 'token'].map((secret) => `${secretPrefix}/${name}/${secret}`),
  );
  const stored = await Promise.all(secretIds.map((secretId) => versions.get(secretId, 'AWSCURRENT')));
  await close();
  return [
    ...stored.flatMap((version) => secretsIn(version?.text ?? '')),
    ...Object.values(practiceClients ?? {}).map(({ client_secret }) => client_secret),
  ];
}
