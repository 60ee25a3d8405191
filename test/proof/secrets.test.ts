import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { describe, expect, it } from 'vitest';
import { makeDefaultStack, makeEveryOptionStack } from '../infra/stacks.ts';
import { synthesize } from '../infra/synthesize.ts';
import { searchForSecrets } from '../simulation/secrets-search.ts';

const canary = `1000.${'0a1b2c3d4e5f6071'.repeat(2)}.${'8293a4b5c6d7e8f9'.repeat(2)}`;

describe('the search for secrets', () => {
  const piece = canary.slice(9, 21);
  const forms: [string, string][] = [
    ['plain', `token ${piece} end`],
    ['URL-encoded', [...piece].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('')],
    ['base64', Buffer.from(`x=${canary}`).toString('base64')],
    ['base64 one byte on', Buffer.from(`xy=${canary}`).toString('base64')],
    ['base64 two bytes on', Buffer.from(`xyz=${canary}`).toString('base64')],
    ['base64url', Buffer.from(JSON.stringify({ token: canary })).toString('base64url')],
  ];
  for (const [form, text] of forms) {
    it(`finds a piece of twelve characters: ${form}`, () => {
      expect(searchForSecrets([`{"message":"${text}"}`], [canary])).toMatch(/piece of a secret/);
    });
  }

  it('fails where there is no secret to look for', () => {
    expect(() => searchForSecrets(['all is well'], [])).toThrow('no secret to look for');
  });

  it('finds nothing where there is nothing', () => {
    expect(
      searchForSecrets([JSON.stringify({ message: 'all is well', id: 'abcdef123456' })], [canary]),
    ).toBeUndefined();
  });
});

/** Any value in the shape of Zoho's tokens, and client secrets as the stand-in makes them. */
const shapes = [/\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}/i, /\b[0-9a-f]{42}\b/i];

describe('what leaves this machine', () => {
  it('the templates hold nothing in the shape of a secret', () => {
    for (const make of [makeDefaultStack, makeEveryOptionStack]) {
      const text = JSON.stringify(synthesize(make));
      for (const shape of shapes) expect(text).not.toMatch(shape);
      expect(text).not.toMatch(/SecretString|GenerateSecretString/);
    }
  });

  it('the bundle holds nothing in the shape of a token', () => {
    const bundle = readFileSync(new URL('../../dist/lambda/index.mjs', import.meta.url), 'utf8');
    expect(bundle).not.toMatch(shapes[0] ?? /^$/);
  });

  it('a tick of `npm start -- --once --json` prints nothing in the shape of a secret', () => {
    const { stdout, stderr, status } = spawnSync(execPath, ['local/start.ts', '--once', '--json'], {
      cwd: new URL('../..', import.meta.url),
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ error: null });
    for (const shape of shapes) expect(stdout + stderr).not.toMatch(shape);
  });
});
