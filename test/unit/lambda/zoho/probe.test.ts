import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../../../lambda/failure.ts';
import { SecretText } from '../../../../lambda/secret-text.ts';
import type { ZohoRequest } from '../../../../lambda/zoho/call-zoho.ts';
import { chooseProbe, probeToken } from '../../../../lambda/zoho/probe.ts';
import { accessTokenText, desk, salesiq } from '../examples.ts';

const departments = '/api/v1/departments?limit=1';
const calls = '/api/v1/calls?limit=1';
const portal = '/api/v2/rtdsportal';
const app = `${portal}/apps/2782000012893013`;
const crm: Connection = { ...desk, service: 'crm', settings: {} };
const requiring = (connection: Connection, ...requiredScopes: string[]) => ({ ...connection, requiredScopes });
const create = 'SalesIQ.conversations.CREATE';
const all = ['SalesIQ.apps.READ', 'SalesIQ.departments.READ', 'SalesIQ.conversations.READ'];

/** Granted scopes are `undefined` if Zoho named none: then the required ones are assumed. */
test.each<[path: string, isRequired: boolean, by: Connection, granted: string[] | undefined]>([
  [departments, true, desk, ['Desk.calls.CREATE', 'Desk.basic.READ']],
  [departments, true, desk, ['Desk.calls.CREATE', 'Desk.settings.READ']],
  [departments, true, desk, ['Desk.calls.CREATE', 'desk.basic.all']],
  [departments, true, desk, undefined],
  [departments, true, requiring(desk, 'Desk.calls.CREATE', 'Desk.basic.READ'), undefined],
  [departments, false, requiring(desk, 'Desk.calls.CREATE'), ['Desk.calls.CREATE', 'Desk.basic.READ']],
  [calls, true, desk, ['Desk.calls.READ']],
  [calls, true, desk, ['Desk.activities.calls.READ']],
  [calls, true, desk, ['Desk.activities.READ']],
  [calls, true, requiring(desk, 'Desk.calls.CREATE', 'Desk.calls.READ'), undefined],
  // Rather what proves a required scope.
  [`${portal}/conversations`, true, salesiq, all],
  [`${portal}/conversations`, true, salesiq, undefined],
  [`${portal}/conversations`, true, salesiq, ['SalesIQ.Conversations.ALL']],
  [`${portal}/departments`, false, salesiq, [create, 'SalesIQ.departments.READ']],
  [app, false, salesiq, [create, 'SalesIQ.apps.READ']],
  [app, true, requiring(salesiq, create, 'SalesIQ.apps.READ'), undefined],
  ['/crm/v8/org', false, crm, ['ZohoCRM.modules.ALL', 'ZohoCRM.org.READ']],
  ['/crm/v8/org', false, crm, ['ZohoCRM.org.ALL']],
  ['/crm/v8/users?type=CurrentUser', false, crm, ['ZohoCRM.modules.ALL', 'ZohoCRM.users.READ']],
])('reads %s, whose scope is required: %s; by %j with %j', (path, isRequired, by, granted) => {
  expect(chooseProbe(by, granted)).toMatchObject({ path, isRequired, isCovered: true });
});

test.each([
  [requiring(desk, 'Desk.calls.CREATE'), ['Desk.calls.CREATE']],
  [desk, []],
])('Desk reads calls even without a scope for it: a missing scope proves the token alive', (by, granted) => {
  expect(chooseProbe(by, granted)).toMatchObject({ path: calls, isRequired: false, isCovered: false });
});

test.each<[by: Connection, granted: string[] | undefined]>([
  [requiring(salesiq, create), undefined],
  [salesiq, [create]],
  [{ ...salesiq, settings: { screen_name: 'rtdsportal' } }, ['SalesIQ.apps.READ']],
])('SalesIQ has no harmless read with CREATE alone, nor of an app that is not configured', (by, granted) => {
  expect(chooseProbe(by, granted)).toBeUndefined();
});

describe('a probe', () => {
  const token = new SecretText(accessTokenText('1005.'));

  test('is one GET with the token and what the service wants beside', async () => {
    const sent: ZohoRequest[] = [];
    const callZoho = async (request: ZohoRequest) => {
      sent.push(request);
      return { status: 204, body: '' };
    };
    expect(await probeToken(callZoho, desk, token, undefined)).toEqual({ verdict: 'accepted', reason: 'read' });
    const headers = { orgId: desk.settings.org_id, authorization: `Zoho-oauthtoken ${token.reveal()}` };
    expect(sent).toEqual([{ host: 'desk.zoho.in', method: 'GET', path: departments, headers }]);
  });

  test('cannot tell if there is no harmless read or no host, or if the call fails', async () => {
    const failing = (fault: Error) => async () => {
      throw fault;
    };
    const unreachable = failing(new RefreshError('zoho_unavailable', 'no answer'));
    const cannotTell = (reason: string) => ({ verdict: 'cannot tell', reason });
    const nothingAllowed = { ...salesiq, requiredScopes: ['SalesIQ.conversations.CREATE'] };
    expect(await probeToken(unreachable, nothingAllowed, token, undefined)).toEqual(cannotTell('no harmless read'));
    const elsewhere = { ...desk, dataCenter: 'uk' as const };
    expect(await probeToken(unreachable, elsewhere, token, undefined)).toEqual(cannotTell('no harmless read'));
    expect(await probeToken(unreachable, desk, token, undefined)).toEqual(cannotTell('no answer'));
    await expect(probeToken(failing(new TypeError('x')), desk, token, undefined)).rejects.toThrow(TypeError);
  });
});
