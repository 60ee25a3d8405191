import { expect, test } from 'vitest';
import { SecretText } from '../../../../lambda/secret-text.ts';
import { quote } from '../../../../lambda/zoho/quote.ts';
import { accessTokenText } from '../examples.ts';

const secret = 'f00dfeedbeefc0ffee1234567890abcdef012345ab';
const secrets = [new SecretText(secret)];

test.each([
  ['invalid_code', 'invalid_code'],
  ['', ''],
  ['a\r\n\tb\u0000c\u001b[31md\u007fe\u0085f\u2028g', 'a b c [31md e f g'],
  ['アクセスが拒否', ''],
  ['Zugriff für "alle" verweigert 🙂!', 'Zugriff f r alle verweigert !'],
  ['error 1008 at 10.0.0.1, version 2026.11', 'error 1008 at 10.0.0.1, version 2026.11'],
  ['x'.repeat(120), 'x'.repeat(120)],
  ['x'.repeat(121), `${'x'.repeat(117)}...`],
])('makes one line of printable ASCII between two marks, at most 120 characters long: %j', (text, quoted) => {
  expect(quote(text, [])).toBe(`"${quoted}"`);
});

test('is at once done with text of any length', () => {
  expect(quote('x'.repeat(600_000), [])).toHaveLength(122);
});

test('masks a secret wherever it stands, also cut off at the end of what is read', () => {
  const places = [secret, `client_secret=${secret}&x`, `${secret}${secret}`];
  for (let before = 60; before <= 125; before += 1) places.push(`${'-'.repeat(before)}${secret}`);
  for (const text of places) {
    expect(quote(text, secrets)).not.toContain(secret.slice(0, 8));
    expect(quote(text, secrets)).not.toContain(secret.slice(-8));
  }
  expect(quote(`a ${secret} b`, secrets)).toMatch(/^"a \*+ b"$/);
});

test('masks every piece of a secret that is long enough to tell', () => {
  for (let start = 0; start + 8 <= secret.length; start += 1) {
    expect(quote(`zz${secret.slice(start, start + 8)}zz`, secrets)).toBe('"zz********zz"');
  }
  const letters = [new SecretText('ghijklmnopqrstuvwxyz')];
  expect(quote('sent ghijklmn', letters)).toBe('"sent ********"');
  expect(quote('stuvwxyz was sent', letters)).toBe('"******** was sent"');
});

const token = accessTokenText('1005.', 'b');
const [, first = '', second = ''] = token.split('.');
test.each([
  ...[token, `token ${token}.`, `"${token}"`, token.toUpperCase(), token.slice(0, 20), `x${token}`],
  // Half of one is as secret.
  ...[first, second, `${first}.${second}`, `{"token":"${first}"}`],
])('masks what looks like a token, though it is nobody’s secret yet: %s', (text) => {
  expect(quote(text, [])).toContain('***');
  expect(quote(text, [])).not.toMatch(/b{4}|0123456789/i);
});

test('masks a new token that happens to begin like the refresh token of the request', () => {
  const refreshToken = `1000.abc${'0'.repeat(29)}.${'1'.repeat(32)}`;
  const accessToken = `1000.abc${'d'.repeat(29)}.${'e'.repeat(32)}`;
  const quoted = quote(`[{"access_token":"${accessToken}"}]`, [new SecretText(refreshToken)]);
  expect(quoted).not.toMatch(/d{8}|e{8}/);
});
