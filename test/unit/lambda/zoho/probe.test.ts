import { describe, expect, test } from 'vitest';
import { chooseProbe } from '../../../../lambda/zoho/probe.ts';
import { desk, salesiq } from '../examples.ts';

describe('Desk', () => {
  const { requiredScopes } = desk;

  test.each([['Desk.basic.READ'], ['Desk.settings.READ'], ['desk.basic.all']])(
    'reads departments with %s: token, scope, organisation and data centre at once',
    (scope) => {
      expect(chooseProbe(desk, ['Desk.calls.CREATE', scope])).toMatchObject({
        path: '/api/v1/departments?limit=1',
        isRequired: true,
      });
    },
  );

  test('assumes the required scopes where Zoho named none', () => {
    expect(chooseProbe(desk, undefined)).toMatchObject({
      path: '/api/v1/departments?limit=1',
      isRequired: true,
    });
    const calls = { ...desk, requiredScopes: ['Desk.calls.CREATE', 'Desk.calls.READ'] };
    expect(chooseProbe(calls, undefined)).toMatchObject({ path: '/api/v1/calls?limit=1', isRequired: true });
  });

  test.each(['Desk.calls.READ', 'Desk.activities.calls.READ', 'Desk.activities.READ'])(
    'reads calls with %s alone',
    (scope) => {
      expect(chooseProbe(desk, [scope])).toMatchObject({
        path: '/api/v1/calls?limit=1',
        isRequired: true,
      });
    },
  );

  test('reads calls even without a scope for it: a missing scope proves the token alive', () => {
    const createOnly = { ...desk, requiredScopes: ['Desk.calls.CREATE'] };
    expect(chooseProbe(createOnly, ['Desk.calls.CREATE'])).toMatchObject({
      path: '/api/v1/calls?limit=1',
      isRequired: false,
      isCovered: false,
    });
  });

  test('takes no fault in a missing scope that nobody required', () => {
    const createOnly = { ...desk, requiredScopes: ['Desk.calls.CREATE'] };
    expect(chooseProbe(createOnly, ['Desk.calls.CREATE', 'Desk.basic.READ'])?.isRequired).toBe(false);
  });

  test('counts departments as required where their real scope names are', () => {
    const real = { ...desk, requiredScopes: ['Desk.calls.CREATE', 'Desk.basic.READ'] };
    expect(chooseProbe(real, undefined)).toMatchObject({
      path: '/api/v1/departments?limit=1',
      isRequired: true,
    });
  });

  test('never asks for more than one entry', () => {
    for (const scopes of [undefined, requiredScopes, []])
      expect(chooseProbe(desk, scopes)?.path).toContain('limit=1');
  });
});

describe('SalesIQ', () => {
  test.each<[scope: string, path: string]>([
    ['SalesIQ.conversations.READ', '/api/v2/rtdsportal/conversations'],
    ['SalesIQ.Conversations.ALL', '/api/v2/rtdsportal/conversations'],
    ['SalesIQ.departments.READ', '/api/v2/rtdsportal/departments'],
    ['SalesIQ.apps.READ', '/api/v2/rtdsportal/apps/2782000012893013'],
  ])('with %s reads %s', (scope, path) => {
    expect(chooseProbe(salesiq, ['SalesIQ.conversations.CREATE', scope])).toMatchObject({
      path,
    });
  });

  test('prefers the read that proves a required scope', () => {
    const all = ['SalesIQ.apps.READ', 'SalesIQ.departments.READ', 'SalesIQ.conversations.READ'];
    expect(chooseProbe(salesiq, all)).toMatchObject({
      path: '/api/v2/rtdsportal/conversations',
      isRequired: true,
    });
    expect(chooseProbe(salesiq, undefined)).toMatchObject({ path: '/api/v2/rtdsportal/conversations' });
  });

  test('has the app that is configured proved by reading it', () => {
    const visitor = { ...salesiq, requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'] };
    expect(chooseProbe(visitor, undefined)).toMatchObject({
      path: expect.stringContaining('/apps/'),
      isRequired: true,
    });
  });

  test('has no harmless read with CREATE alone', () => {
    const createOnly = { ...salesiq, requiredScopes: ['SalesIQ.conversations.CREATE'] };
    expect(chooseProbe(createOnly, undefined)).toBeUndefined();
    expect(chooseProbe(createOnly, ['SalesIQ.conversations.CREATE'])).toBeUndefined();
  });

  test('has no harmless read of apps where no app is configured', () => {
    const noApp = { ...salesiq, settings: { screen_name: 'rtdsportal' } };
    expect(chooseProbe(noApp, ['SalesIQ.apps.READ'])).toBeUndefined();
  });
});

describe('CRM', () => {
  test.each<[scope: string, path: string]>([
    ['ZohoCRM.org.READ', '/crm/v8/org'],
    ['ZohoCRM.org.ALL', '/crm/v8/org'],
    ['ZohoCRM.users.READ', '/crm/v8/users?type=CurrentUser'],
  ])('with %s reads %s', (scope, path) => {
    const crm = { ...desk, service: 'crm' as const, settings: {} };
    expect(chooseProbe(crm, ['ZohoCRM.modules.ALL', scope])?.path).toBe(path);
  });
});
