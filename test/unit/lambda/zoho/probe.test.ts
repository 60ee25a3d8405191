import { describe, expect, test } from 'vitest';
import { RefreshError } from '../../../../lambda/failure.ts';
import { SecretText } from '../../../../lambda/secret-text.ts';
import type { ZohoRequest } from '../../../../lambda/zoho/call-zoho.ts';
import { chooseProbe, probeToken } from '../../../../lambda/zoho/probe.ts';
import { accessTokenText, desk, salesiq } from '../examples.ts';

const departments = '/api/v1/departments?limit=1';
const calls = '/api/v1/calls?limit=1';

describe('Desk', () => {
  test.each<[path: string, granted: string[]]>([
    [departments, ['Desk.calls.CREATE', 'Desk.basic.READ']],
    [departments, ['Desk.calls.CREATE', 'Desk.settings.READ']],
    [departments, ['Desk.calls.CREATE', 'desk.basic.all']],
    [calls, ['Desk.calls.READ']],
    [calls, ['Desk.activities.calls.READ']],
    [calls, ['Desk.activities.READ']],
  ])('reads %s with %j', (path, granted) => {
    expect(chooseProbe(desk, granted)).toMatchObject({ path, isRequired: true });
  });

  test.each<[path: string, required: string[]]>([
    [departments, desk.requiredScopes as string[]],
    [departments, ['Desk.calls.CREATE', 'Desk.basic.READ']],
    [calls, ['Desk.calls.CREATE', 'Desk.calls.READ']],
  ])('reads %s with the required %j where Zoho named no scopes', (path, requiredScopes) => {
    expect(chooseProbe({ ...desk, requiredScopes }, undefined)).toMatchObject({ path, isRequired: true });
  });

  test('reads calls even without a scope for it: a missing scope proves the token alive', () => {
    const createOnly = { ...desk, requiredScopes: ['Desk.calls.CREATE'] };
    const uncovered = { path: calls, isRequired: false, isCovered: false };
    expect(chooseProbe(createOnly, ['Desk.calls.CREATE'])).toMatchObject(uncovered);
    expect(chooseProbe(desk, [])?.path).toContain('limit=1');
  });

  test('takes no fault in a missing scope that nobody required', () => {
    const createOnly = { ...desk, requiredScopes: ['Desk.calls.CREATE'] };
    expect(chooseProbe(createOnly, ['Desk.calls.CREATE', 'Desk.basic.READ'])?.isRequired).toBe(false);
  });
});

describe('SalesIQ', () => {
  const all = ['SalesIQ.apps.READ', 'SalesIQ.departments.READ', 'SalesIQ.conversations.READ'];
  test.each<[path: string, granted: string[] | undefined]>([
    ['/api/v2/rtdsportal/conversations', ['SalesIQ.conversations.READ']],
    ['/api/v2/rtdsportal/conversations', ['SalesIQ.Conversations.ALL']],
    ['/api/v2/rtdsportal/departments', ['SalesIQ.conversations.CREATE', 'SalesIQ.departments.READ']],
    ['/api/v2/rtdsportal/apps/2782000012893013', ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ']],
    ['/api/v2/rtdsportal/conversations', all],
    ['/api/v2/rtdsportal/conversations', undefined],
  ])('reads %s with %j: rather what proves a required scope', (path, granted) => {
    const isRequired = path.endsWith('/conversations');
    expect(chooseProbe(salesiq, granted)).toMatchObject({ path, isRequired });
  });

  test('has the app that is configured proved by reading it', () => {
    const visitor = { ...salesiq, requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'] };
    const app = { path: expect.stringContaining('/apps/'), isRequired: true };
    expect(chooseProbe(visitor, undefined)).toMatchObject(app);
  });

  test('has no harmless read with CREATE alone, nor of apps if no app is configured', () => {
    const createOnly = { ...salesiq, requiredScopes: ['SalesIQ.conversations.CREATE'] };
    expect(chooseProbe(createOnly, undefined)).toBeUndefined();
    expect(chooseProbe(createOnly, ['SalesIQ.conversations.CREATE'])).toBeUndefined();
    const noApp = { ...salesiq, settings: { screen_name: 'rtdsportal' } };
    expect(chooseProbe(noApp, ['SalesIQ.apps.READ'])).toBeUndefined();
  });
});

test.each<[scope: string, path: string]>([
  ['ZohoCRM.org.READ', '/crm/v8/org'],
  ['ZohoCRM.org.ALL', '/crm/v8/org'],
  ['ZohoCRM.users.READ', '/crm/v8/users?type=CurrentUser'],
])('CRM with %s reads %s', (scope, path) => {
  const crm = { ...desk, service: 'crm' as const, settings: {} };
  expect(chooseProbe(crm, ['ZohoCRM.modules.ALL', scope])?.path).toBe(path);
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
