import { expect, test } from 'vitest';
import { SecretText } from '../../../../lambda/secret-text.ts';
import { quote } from '../../../../lambda/zoho/quote.ts';
import { accessTokenText } from '../examples.ts';

const secret = 'f00dfeedbeefc0ffee1234567890abcdef012345ab';
const secrets = [new SecretText(secret)];

test('quotes short text as it is', () => {
  expect(quote('invalid_code', [])).toBe('"invalid_code"');
  expect(quote('', [])).toBe('""');
});

test('makes one line of printable ASCII out of anything', () => {
  expect(quote('a\r\n\tb\u0000c\u001b[31md\u007fe\u0085f\u2028g', [])).toBe('"a b c [31md e f g"');
  expect(quote('アクセスが拒否', [])).toBe('""');
  expect(quote('Zugriff für "alle" verweigert 🙂!', [])).toBe('"Zugriff f r alle verweigert !"');
});

test('holds no quotation mark but its own two', () => {
  expect(quote('say "hello", then "go"', []).slice(1, -1)).not.toContain('"');
});

test('is at most 120 characters long between its marks, and shows that more followed', () => {
  expect(quote('x'.repeat(120), [])).toBe(`"${'x'.repeat(120)}"`);
  expect(quote('x'.repeat(121), [])).toBe(`"${'x'.repeat(117)}..."`);
  expect(quote('x'.repeat(600_000), [])).toHaveLength(122);
});

test('masks a secret wherever it stands', () => {
  for (const text of [
    secret,
    `client_secret=${secret}&x`,
    `${'x'.repeat(100)}${secret}`,
    `${secret}${secret}`,
  ]) {
    expect(quote(text, secrets)).not.toContain(secret.slice(0, 8));
    expect(quote(text, secrets)).not.toContain(secret.slice(-8));
  }
  expect(quote(`a ${secret} b`, secrets)).toMatch(/^"a \*+ b"$/);
});

test('masks every piece of a secret that is long enough to tell', () => {
  for (let start = 0; start + 8 <= secret.length; start += 1) {
    const piece = secret.slice(start, start + 8);
    expect(quote(`zz${piece}zz`, secrets)).toBe('"zz********zz"');
  }
});

test('masks a secret that is cut off at the end of what is read', () => {
  for (let before = 60; before <= 125; before += 1) {
    const quoted = quote(`${'-'.repeat(before)}${secret}`, secrets);
    expect(quoted).not.toContain(secret.slice(0, 8));
  }
});

test('masks what looks like a token, though it is nobody’s secret yet', () => {
  const token = accessTokenText('1005.', 'b');
  for (const text of [
    token,
    `token ${token}.`,
    `"${token}"`,
    token.toUpperCase(),
    token.slice(0, 20),
    `x${token}`,
  ]) {
    expect(quote(text, [])).not.toMatch(/b{4}/i);
    expect(quote(text, [])).toContain('***');
  }
});

test('masks a new token that happens to begin like the refresh token of the request', () => {
  const refreshToken = '1000.abc00000000000000000000000000000.11111111111111111111111111111111';
  const accessToken = '1000.abcdddddddddddddddddddddddddddddd.eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';
  const quoted = quote(`[{"access_token":"${accessToken}"}]`, [new SecretText(refreshToken)]);
  expect(quoted).not.toMatch(/d{8}|e{8}/);
});

test('masks a token that lost its prefix: half of one is as secret', () => {
  const [, first = '', second = ''] = accessTokenText('1000.', 'b').split('.');
  for (const text of [first, second, `${first}.${second}`, `{"token":"${first}"}`]) {
    expect(quote(text, [])).not.toContain(first.slice(0, 12));
    expect(quote(text, [])).not.toContain(second.slice(0, 12));
  }
});

test('masks a piece of a secret at the very end, and at the very beginning', () => {
  const secret = new SecretText('ghijklmnopqrstuvwxyz');
  expect(quote('sent ghijklmn', [secret])).toBe('"sent ********"');
  expect(quote('stuvwxyz was sent', [secret])).toBe('"******** was sent"');
});

test('keeps numbers and hosts that are no tokens', () => {
  expect(quote('error 1008 at 10.0.0.1, version 2026.11', [])).toBe(
    '"error 1008 at 10.0.0.1, version 2026.11"',
  );
});
