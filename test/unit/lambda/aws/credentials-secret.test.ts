import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Credentials,
  parseCredentials,
  readCredentials,
  replaceRefreshToken,
} from '../../../../lambda/aws/credentials-secret.ts';
import type { SecretVersions } from '../../../../lambda/aws/secret-versions.ts';
import { SecretText } from '../../../../lambda/secret-text.ts';
import { accessTokenText } from '../examples.ts';
import { createSecretsModel } from '../secrets-model.ts';

const secretId = 'zoho/desk/credentials';
const client_id = '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ1234';
const client_secret = '5f0c1d2e3b4a59687766554433221100ffeeddccbb';
const refresh_token = accessTokenText('1000.', 'c');
const complete = { client_id, client_secret, refresh_token };

const parse = (value: unknown) => parseCredentials(secretId, { versionId: 'v1', text: JSON.stringify(value) });
const shown = ({ clientId, clientSecret, refreshToken }: Credentials) => ({
  client_id: clientId,
  client_secret: clientSecret.reveal(),
  refresh_token: refreshToken.reveal(),
});

// That they cannot be printed: parsers.property.test.ts.
test.each<[title: string, mark: (value: string) => string]>([
  ['nothing', (value) => value],
  ['spaces', (value) => `  ${value}\t`],
  ['a line break', (value) => `${value}\r\n`],
  ['double quotes', (value) => `"${value}"`],
  ['single quotes', (value) => `'${value}'`],
  ['quotes within spaces within quotes', (value) => ` " ${value} " `],
])('credentials lose %s that a paste brings along, and keep version and hash of the refresh token', (_, mark) => {
  const pasted = Object.fromEntries(Object.entries(complete).map(([key, value]) => [key, mark(value)]));
  const credentials = parse({ ...pasted, note: 'of the desk portal' });
  expect(shown(credentials)).toEqual(complete);
  const refreshTokenHash = createHash('sha256').update(refresh_token).digest('hex').slice(0, 16);
  expect(credentials).toMatchObject({ versionId: 'v1', refreshTokenHash });
});

describe('incomplete credentials', () => {
  const fails = (problem: string) =>
    expect.objectContaining({
      code: 'credentials_missing',
      message: `expected {"client_id","client_secret","refresh_token"} in ${secretId}, but ${problem}`,
    });

  test('fails with credentials_missing if the secret has no version', () => {
    expect(() => parseCredentials(secretId, undefined)).toThrow(fails('nothing is stored there'));
  });

  test.each(['', 'k3#kd(2;,-', 'null', '[]', '"text"', '{"client_id":', `client_id=${client_id}`])(
    'fails with credentials_missing for %j, without repeating it',
    (text) => {
      const read = () => parseCredentials(secretId, { versionId: 'v1', text });
      expect(read).toThrow(fails('what is stored there is not a JSON object'));
    },
  );

  test.each(['client_id', 'client_secret', 'refresh_token'])(
    'fails with credentials_missing without %s, naming it',
    (key) => {
      for (const value of [undefined, null, '', '  ', '""', "' '", 7, {}])
        expect(() => parse({ ...complete, [key]: value })).toThrow(fails(`${key} is missing or empty`));
    },
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
    expect(shown(replaced)).toEqual({ ...complete, refresh_token: newToken.reveal() });
  });

  test('does not displace credentials that somebody stored meanwhile', async () => {
    const { secrets, before } = await stored();
    const theirs = JSON.stringify({ ...complete, refresh_token: accessTokenText('1000.', 'f') });
    await secrets.put({ secretId, clientRequestToken: 'v2', text: theirs });
    const kept = await replaceRefreshToken(secrets, secretId, before, newToken);
    expect(kept).toEqual(parseCredentials(secretId, { versionId: 'v2', text: theirs }));
    expect(await secrets.get(secretId, 'AWSCURRENT')).toEqual({ versionId: 'v2', text: theirs });
  });

  test('gives way to the one that an overlapping run was given and has stored', async () => {
    const { secrets, before } = await stored();
    const other = new SecretText(accessTokenText('1000.', 'f'));
    let isFirstLook = true;
    const overlapped: SecretVersions = {
      ...secrets,
      get: async (...args) => {
        const seen = await secrets.get(...args);
        // The other run writes between this one's look and its write.
        if (isFirstLook) {
          isFirstLook = false;
          await replaceRefreshToken(secrets, secretId, before, other);
        }
        return seen;
      },
    };
    const kept = await replaceRefreshToken(overlapped, secretId, before, newToken);
    expect(kept.refreshToken.reveal()).toBe(other.reveal());
    expect(kept).toEqual(await readCredentials(secrets, secretId));
  });
});
