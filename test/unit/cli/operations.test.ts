import { expect, test } from 'vitest';
import { chooseFor } from '../../../cli/operations/choose-for.ts';
import { readSuccess } from '../../../cli/operations/explain-answer.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { guideConnections } from './env-file.ts';

const [salesiq, desk] = guideConnections;
if (salesiq === undefined || desk === undefined) throw new Error('the guide has two connections');

const visitor: Connection = {
  ...salesiq,
  name: 'salesiq-visitor',
  tokenPrefixes: ['1005.'],
  requiredScopes: ['SalesIQ.Conversations.ALL'],
  optionalScopes: [],
};

test('each operation takes the token with which an app would carry it out', () => {
  const all = [salesiq, desk, visitor];
  expect(chooseFor('transfer', all)?.name).toBe('salesiq-visitor');
  expect(chooseFor('closure', all)?.name).toBe('salesiq');
  expect(chooseFor('callback', all)?.name).toBe('desk');
});

test('without the right one an operation takes what is there, or nothing', () => {
  expect(chooseFor('transfer', [salesiq, desk])?.name).toBe('salesiq');
  expect(chooseFor('closure', [visitor])?.name).toBe('salesiq-visitor');
  expect(chooseFor('closure', [{ ...salesiq, optionalScopes: [] }])?.name).toBe('salesiq');
  expect(chooseFor('transfer', [desk])).toBeUndefined();
});

const echo = 'deadbeefdeadbeefdeadbeef';

test.each([
  [salesiq, 400, { error: { code: 1008, message: echo } }, 'error 1008, invalid OAuthToken'],
  [salesiq, 200, { error: { code: 1009, message: echo } }, 'error 1009, invalid OAuthScope'],
  [
    salesiq,
    400,
    { error: { code: 1019, json_key: 'app_id' } },
    'error 1019, invalid resource: app_id, settings.app_id is',
  ],
  [salesiq, 400, { error: { code: 1019, json_key: `<${echo}>` } }, 'error 1019, invalid resource'],
  [salesiq, 400, { error: { code: 4711 } }, 'SalesIQ error 4711'],
  [desk, 401, { errorCode: 'INVALID_OAUTH', message: echo }, 'INVALID_OAUTH, the token is invalid'],
  [
    desk,
    403,
    { errorCode: 'OAUTH_ORG_MISMATCH' },
    'of another organisation: settings.org_id is "60000688226"',
  ],
  [
    desk,
    422,
    { errorCode: 'INVALID_DATA', errors: [{ fieldName: '/departmentId' }] },
    'a value is invalid: departmentId, settings.department_id is',
  ],
  [desk, 422, { errorCode: 'UNPROCESSABLE_ENTITY' }, 'settings.org_id is "60000688226"'],
  [salesiq, 400, { error: { code: 1001 } }, 'a general error of SalesIQ itself'],
  [desk, 422, { errorCode: `<${echo}>` }, 'Desk error of no known name'],
  [desk, 302, '', 'as a wrong data centre does'],
  [salesiq, 200, `<html>${echo}`, 'as a wrong data centre does'],
  [desk, 503, { errorCode: echo }, 'HTTP 503'],
])('fails for an answer of %o with status %d: %j', (connection, status, body, reason) => {
  const answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  expect(() => readSuccess(connection, answer)).toThrow(reason);
  expect(() => readSuccess(connection, answer)).not.toThrow(echo);
});

test('a success gives its body, and Desk’s empty list nothing', () => {
  expect(readSuccess(desk, { status: 204, body: '' })).toBeUndefined();
  expect(readSuccess(desk, { status: 200, body: '{"data":[]}' })).toEqual({ data: [] });
});
