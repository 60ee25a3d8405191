import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { parseCredentials, readCredentials, replaceRefreshToken } from '../../../../lambda/aws/credentials-secret.ts';
import { SecretText } from '../../../../lambda/secret-text.ts';
import { accessTokenText } from '../examples.ts';
import { createSecretsModel } from '../secrets-model.ts';

const secretId = 'zoho/desk/credentials';
const client_id = '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ1234';
const client_secret = '5f0c1d2e3b4a59687766554433221100ffeeddccbb';
const refresh_token = accessTokenText('1000.', 'c');
const complete = { client_id, client_secret, refresh_token };

const parse = (text: string) => parseCredentials(secretId, { versionId: 'v1', text });

// That they cannot be printed: parsers.property.test.ts.
test.each<[title: string, mark: (value: string) => string]>([
  ['nothing', (value) => value],
  ['spaces and a line break', (value) => `  ${value}\t\r\n`],
  ['double quotes', (value) => `"${value}"`],
  ['single quotes', (value) => `'${value}'`],
  ['quotes within spaces within quotes', (value) => ` " ${value} " `],
])('credentials lose %s that a paste brings along, and keep version and hash of the refresh token', (_, mark) => {
  const pasted = Object.fromEntries(Object.entries(complete).map(([key, value]) => [key, mark(value)]));
  const { clientSecret, refreshToken, ...shown } = parse(JSON.stringify({ ...pasted, note: 'of the desk portal' }));
  expect([clientSecret.reveal(), refreshToken.reveal()]).toEqual([client_secret, refresh_token]);
  const refreshTokenHash = createHash('sha256').update(refresh_token).digest('hex').slice(0, 16);
  expect(shown).toEqual({ clientId: client_id, versionId: 'v1', refreshTokenHash });
});

test.each<[problem: string, texts: (string | undefined)[]]>([
  ['nothing is stored there', [undefined]],
  ['what is stored there is not a JSON object', ['', 'k3#kd(2;,-', 'null', '[]', '"text"', '{"client_id":']],
  ...Object.keys(complete).map((key): [string, string[]] => [
    `${key} is missing or empty`,
    [undefined, null, '', '  ', '""', "' '", 7, {}].map((value) => JSON.stringify({ ...complete, [key]: value })),
  ]),
])('fails with credentials_missing if %s', (problem, texts) => {
  const message = `expected {"client_id","client_secret","refresh_token"} in ${secretId}, but ${problem}`;
  for (const text of texts)
    expect(() => (text === undefined ? parseCredentials(secretId, text) : parse(text))).toThrow(
      expect.objectContaining({ code: 'credentials_missing', message }),
    );
});

describe('a refresh token that Zoho issued anew', () => {
  const newToken = new SecretText(accessTokenText('1000.', 'd'));
  async function stored() {
    const secrets = createSecretsModel();
    await secrets.put({ secretId, clientRequestToken: 'v1', text: JSON.stringify(complete) });
    return { secrets, before: await readCredentials(secrets, secretId) };
  }

  test('takes the place of the stored one, with the rest as it was', async () => {
    const { secrets, before } = await stored();
    const replaced = await replaceRefreshToken(secrets, secretId, before, newToken);
    expect(replaced).toEqual(await readCredentials(secrets, secretId));
    expect(replaced.versionId).not.toBe('v1');
    const texts = [replaced.clientId, replaced.clientSecret.reveal(), replaced.refreshToken.reveal()];
    expect(texts).toEqual([client_id, client_secret, newToken.reveal()]);
  });

  test('does not displace credentials that somebody stored meanwhile', async () => {
    const { secrets, before } = await stored();
    const theirs = { secretId, clientRequestToken: 'v2', text: JSON.stringify({ ...complete, client_id: 'theirs' }) };
    await secrets.put(theirs);
    const kept = await replaceRefreshToken(secrets, secretId, before, newToken);
    expect(kept).toMatchObject({ versionId: 'v2', clientId: 'theirs' });
    expect(await readCredentials(secrets, secretId)).toEqual(kept);
  });

  test('gives way to the one that an overlapping run was given and has stored', async () => {
    const { secrets, before } = await stored();
    const seenBefore = await secrets.get(secretId, 'AWSCURRENT');
    const other = new SecretText(accessTokenText('1000.', 'f'));
    const theirs = await replaceRefreshToken(secrets, secretId, before, other);
    // This run looked before the other wrote.
    const get = vi.fn(secrets.get).mockResolvedValueOnce(seenBefore);
    expect(await replaceRefreshToken({ ...secrets, get }, secretId, before, newToken)).toEqual(theirs);
    expect(await readCredentials(secrets, secretId)).toEqual(theirs);
  });
});
