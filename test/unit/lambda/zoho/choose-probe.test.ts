import { describe, expect, test } from 'vitest';
import { chooseProbe } from '../../../../lambda/zoho/choose-probe.ts';
import { desk, salesiq } from '../examples.ts';

describe('Desk', () => {
  const { requiredScopes } = desk;
  const orgId = '60000688226';

  test.each([['Desk.basic.READ'], ['Desk.settings.READ'], ['desk.basic.all']])(
    'reads departments with %s: token, scope, organisation and data centre at once',
    (scope) => {
      expect(chooseProbe(desk, ['Desk.calls.CREATE', scope])).toEqual({
        path: '/api/v1/departments?limit=1',
        headers: { orgId },
        provesScope: true,
      });
    },
  );

  test('assumes the required scopes where Zoho named none', () => {
    expect(chooseProbe(desk, undefined)).toMatchObject({
      path: '/api/v1/departments?limit=1',
      provesScope: true,
    });
    const calls = { ...desk, requiredScopes: ['Desk.calls.CREATE', 'Desk.calls.READ'] };
    expect(chooseProbe(calls, undefined)).toMatchObject({ path: '/api/v1/calls?limit=1', provesScope: true });
  });

  test.each(['Desk.calls.READ', 'Desk.activities.calls.READ', 'Desk.activities.READ'])(
    'reads calls with %s alone',
    (scope) => {
      expect(chooseProbe(desk, [scope])).toEqual({
        path: '/api/v1/calls?limit=1',
        headers: { orgId },
        provesScope: true,
      });
    },
  );

  test('reads calls even without a scope for it: a refusal proves the token alive', () => {
    const createOnly = { ...desk, requiredScopes: ['Desk.calls.CREATE'] };
    expect(chooseProbe(createOnly, ['Desk.calls.CREATE'])).toEqual({
      path: '/api/v1/calls?limit=1',
      headers: { orgId },
      provesScope: false,
    });
  });

  test('takes no fault in a missing scope that nobody required', () => {
    const createOnly = { ...desk, requiredScopes: ['Desk.calls.CREATE'] };
    expect(chooseProbe(createOnly, ['Desk.calls.CREATE', 'Desk.basic.READ'])?.provesScope).toBe(false);
  });

  test('counts departments as required where their real scope names are', () => {
    const real = { ...desk, requiredScopes: ['Desk.calls.CREATE', 'Desk.basic.READ'] };
    expect(chooseProbe(real, undefined)).toMatchObject({
      path: '/api/v1/departments?limit=1',
      provesScope: true,
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
      headers: {},
    });
  });

  test('prefers the read that proves a required scope', () => {
    const all = ['SalesIQ.apps.READ', 'SalesIQ.departments.READ', 'SalesIQ.conversations.READ'];
    expect(chooseProbe(salesiq, all)).toMatchObject({
      path: '/api/v2/rtdsportal/conversations',
      provesScope: true,
    });
    expect(chooseProbe(salesiq, undefined)).toMatchObject({ path: '/api/v2/rtdsportal/conversations' });
  });

  test('has the app that is configured proved by reading it', () => {
    const visitor = { ...salesiq, requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'] };
    expect(chooseProbe(visitor, undefined)).toMatchObject({ provesSetting: 'app_id', provesScope: true });
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
