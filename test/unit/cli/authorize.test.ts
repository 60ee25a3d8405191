import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { renderCallbackPage } from '../../../cli/authorize/callback-page.ts';
import { consentPath, consentScopes, createConsentSecrets, readCallback } from '../../../cli/authorize/consent.ts';
import { exchangeCode } from '../../../cli/authorize/grant.ts';
import { Refusal } from '../../../cli/faults.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { scopeExists } from '../../../local/zoho/known-scopes.ts';
import { desk, salesiq, token } from './guide-env.ts';

test('only scopes that Zoho knows are asked for, each once; another fails and is named', () => {
  for (const connection of [salesiq, desk]) expect(consentScopes(connection).every(scopeExists)).toBe(true);
  const twice = { ...desk, requiredScopes: ['Desk.departments.READ', 'Desk.basic.READ'] };
  expect(consentScopes(twice)).toEqual(['Desk.basic.READ']);
  for (const scope of ['ZohoSalesIQ.conversations.READ', 'SalesIQ.chats.READ'])
    expect(() => consentScopes({ ...salesiq, requiredScopes: [scope] })).toThrow(`Zoho has no scope ${scope}`);
});

test('each consent has a state and a verifier of its own, and the page sees only the verifier’s hash', () => {
  const [one, other] = [createConsentSecrets(), createConsentSecrets()];
  expect(one.state).not.toBe(other.state);
  const consent = { clientId: '1005.c', scopes: ['A.b.READ', 'A.c.READ'], redirectUri: 'http://localhost:1/callback' };
  const path = consentPath(consent, one);
  expect(path).toMatch(/^\/oauth\/v2\/org\/auth\?/);
  expect(path).not.toContain(one.verifier);
  const query = new URL(path, 'http://x').searchParams;
  expect(query.get('code_challenge')).toBe(createHash('sha256').update(one.verifier).digest('base64url'));
  expect(query.get('scope')).toBe('A.b.READ,A.c.READ');
});

const server = 'accounts-server=https%3A%2F%2Faccounts.zoho.in';
test.each(['code=c', 'code=c&location=in', `code=c&location=in&${server}`])('the answer %s gives its code', (query) => {
  expect(readCallback(new URLSearchParams(query), 'in').reveal()).toBe('c');
});

test.each([
  ['error=access_denied', 'declined'],
  ['error=no_org', 'belongs to no organisation'],
  ['error=invalid_scope', '"invalid_scope"'],
  [`error=1000.${'a'.repeat(32)}`, 'what was given'],
  ['', 'no code'],
  [`code=c&${server.replace('https', 'http')}`, 'does not belong to Zoho'],
  [`code=c&${server}.evil.example`, 'does not belong to Zoho'],
  ['code=c&accounts-server=https%3A%2F%2Faccounts.zoho.eu', 'data centre "eu"'],
  ['code=c&location=us', 'data centre "us"'],
])('fails for the answer %s', (query, reason) => {
  expect(() => readCallback(new URLSearchParams(query), 'in')).toThrow(reason);
});

test('the page shows text as text', () => {
  const page = renderCallbackPage({ isGood: false, title: '<b>', lines: ['"&\''] });
  expect(page).toContain('&#60;b&#62;');
  expect(page).toContain('<p>&#34;&#38;&#39;</p>');
});

const exchange = {
  clientId: '1000.ABC',
  clientSecret: new SecretText('f'.repeat(40)),
  code: new SecretText(token('1000.', 'a')),
};
const answer = { access_token: token('1000.', 'b'), expires_in: 3600, refresh_token: token('1000.', 'c') };

test('an exchange sends its form to the data centre’s own server, with redirect URI and verifier for a browser’s code', async () => {
  const sent: unknown[] = [];
  const callZoho = async ({ host, path, body }: { host: string; path: string; body?: string }) => {
    sent.push(`${host}${path}`, Object.fromEntries(new URLSearchParams(body)));
    return { status: 200, body: JSON.stringify(answer) };
  };
  const browser = { redirectUri: 'http://localhost:1/callback', verifier: 'v' };
  const grant = await exchangeCode(callZoho, 'eu', { ...exchange, browser });
  expect(grant.refreshToken.reveal()).toBe(answer.refresh_token);
  const form = {
    grant_type: 'authorization_code',
    client_id: exchange.clientId,
    client_secret: exchange.clientSecret.reveal(),
    code: exchange.code.reveal(),
    redirect_uri: browser.redirectUri,
    code_verifier: 'v',
  };
  expect(sent).toEqual(['accounts.zoho.eu/oauth/v2/token', form]);
});

test.each([
  [{ ...answer, refresh_token: undefined }, 'no refresh token'],
  [{ error: 'invalid_redirect_uri' }, 'refuses the redirect URI'],
  [{ error: 'invalid_code' }, 'refuses the code'],
  [{ error: 'invalid_client' }, 'does not know this client'],
  [{ error: 'invalid_client_secret' }, 'client secret is wrong'],
  [{ status: 'failure', error: 'Access Denied' }, 'throttles'],
  [{ error: `echo ${exchange.clientSecret.reveal()}` }, 'in a word not known here'],
])('fails for the answer %j without a word of it', async (body, reason) => {
  const given = exchangeCode(async () => ({ status: 200, body: JSON.stringify(body) }), 'in', exchange);
  const fault = await given.catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(Refusal);
  const { message, fix } = fault as Refusal;
  expect(message).toContain(reason);
  for (const secret of [exchange.clientSecret, exchange.code])
    expect(`${message} ${fix}`).not.toContain(secret.reveal().slice(0, 12));
});
