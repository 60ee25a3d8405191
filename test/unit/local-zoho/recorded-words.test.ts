import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fault, zohoFaults } from '../../../local/faults/zoho-faults.ts';
import type { Credentials } from '../../../local/zoho/planting.ts';
import { startTestZoho, type TestZoho } from './zoho-client.ts';

// The replies that people recorded at the real Zoho: reference/field-cases.md, "Zoho's words".

let zoho: TestZoho;
let desk: Credentials;
let salesiq: Credentials;

beforeEach(async () => {
  zoho = await startTestZoho();
  desk = zoho.plant({ dataCenter: 'in', service: 'desk', scopes: ['Desk.basic.READ'], orgId: '77' });
  salesiq = zoho.plant({ dataCenter: 'in', service: 'salesiq', scopes: ['SalesIQ.departments.READ'] });
});
afterEach(() => zoho.close());

const readDesk = (token: string) =>
  zoho.call('desk.zoho.in/api/v1/departments?limit=1', {
    headers: { authorization: `Zoho-oauthtoken ${token}`, orgId: '77' },
  });
const readSalesiq = (token: string) =>
  zoho.call('salesiq.zoho.in/api/v2/rtdsportal/departments', {
    headers: { authorization: `Zoho-oauthtoken ${token}` },
  });

describe('the token endpoint', () => {
  test.each<Fault>(['inactive_client', 'inactive_user', 'client_not_granted', 'refusal:unsupported_grant'])(
    'refuses for good with status 200 under %s',
    async (fault) => {
      zoho.faults.set(fault);
      const { status, body } = await zoho.refresh(desk);
      expect([status, body]).toEqual([200, { error: fault.replace('refusal:', '') }]);
      expect(zoho.liveTokens(desk.refresh_token)).toEqual([]);
    },
  );

  test.each([200, 400])('throttles with Z101, JSON that calls itself HTML, and status %i', async (status) => {
    zoho.faults.set(`throttle_z101_${status}` as Fault);
    const answer = await zoho.refresh(desk);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('text/html;charset=UTF-8');
    expect(JSON.parse(answer.text)).toEqual({
      response: 'error',
      code: 'Z101',
      cause: 'throttles_limit_exceeded',
      localized_message: 'You have made too many requests. Try again later.',
    });
  });

  test('throttles in another language and without a status field', async () => {
    zoho.faults.set('throttle_localised_bare');
    const { status, body, text } = await zoho.refresh(desk);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['error_description', 'error']);
    expect(text).not.toMatch(/denied|requests/i);
  });

  test('gives a lifetime in milliseconds, and an api_domain of another data centre', async () => {
    zoho.faults.set('milliseconds');
    zoho.faults.set('foreign_api_domain');
    const { body } = await zoho.refresh(desk);
    expect(body).toMatchObject({ expires_in: 3_600_000, api_domain: 'https://www.zohoapis.com' });
    expect(body).not.toHaveProperty('expires_in_sec');
  });

  test('issues a token that the services reject once, and then accept', async () => {
    zoho.faults.set('rejected_once');
    const [forDesk, forSalesiq] = [await zoho.accessToken(desk), await zoho.accessToken(salesiq)];
    expect((await readDesk(forDesk)).body.errorCode).toBe('INVALID_OAUTH');
    expect((await readSalesiq(forSalesiq)).body).toMatchObject({ error: { code: 1008 } });
    expect([(await readDesk(forDesk)).status, (await readSalesiq(forSalesiq)).status]).toEqual([200, 200]);
  });
});

describe('the services', () => {
  test('SalesIQ says 1001 with status 400 when it is itself at fault', async () => {
    zoho.faults.set('salesiq:1001');
    const { status, body } = await readSalesiq(await zoho.accessToken(salesiq));
    const message = 'Unknown authentication error, Contact SalesIQ Team!';
    expect([status, body]).toEqual([400, { error: { code: 1001, message } }]);
  });

  test('Desk shows a page with status 401', async () => {
    zoho.faults.set('html_401', { host: 'desk.zoho.in' });
    const { status, text } = await readDesk(await zoho.accessToken(desk));
    expect(status).toBe(401);
    expect(text).toContain('<title>Zoho Desk - Error</title>');
  });

  test('Desk says which scope it misses', async () => {
    zoho.faults.set('missing_scope:Desk.departments.READ');
    const { status, body } = await readDesk(await zoho.accessToken(desk));
    const message = 'The OAuth Token does not contain the scope to perform this operation.';
    expect([status, body]).toEqual([403, { errorCode: 'SCOPE_MISMATCH', message }]);
  });
});

test('a consent of somebody without an account in the app ends with no_org', async () => {
  const redirectUri = 'http://127.0.0.1:8400/callback';
  const { client_id } = zoho.registerClient({ dataCenter: 'in', redirectUris: [redirectUri] });
  zoho.faults.set('no_org', { clientId: client_id });
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    scope: 'Desk.basic.READ',
    redirect_uri: redirectUri,
    state: 's',
  });
  const { headers } = await zoho.call(`accounts.zoho.in/oauth/v2/auth?${query}`, {
    method: 'POST',
    body: new URLSearchParams({ decision: 'grant' }),
  });
  expect(headers.get('location')).toBe(`${redirectUri}?error=no_org&state=s`);
});

test('every fault says where it strikes and what it is judged as', () => {
  for (const [name, { strikes, judged, title }] of Object.entries(zohoFaults))
    expect(
      [strikes, judged, title].every((word) => word.length > 0),
      name,
    ).toBe(true);
});
