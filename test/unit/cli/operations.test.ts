import { expect, test } from 'vitest';
import { chooseFor, type Operation, readSuccess } from '../../../cli/operations/operation.ts';
import { proveByReading } from '../../../cli/operations/prove.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { desk, salesiq } from './guide-env.ts';

const visitor: Connection = {
  ...salesiq,
  name: 'salesiq-visitor',
  tokenPrefixes: ['1005.'],
  requiredScopes: ['SalesIQ.Conversations.ALL'],
  optionalScopes: [],
};

test.each<[Operation, connections: Connection[], chosen: string | undefined]>([
  ['transfer', [salesiq, desk, visitor], 'salesiq-visitor'],
  ['closure', [salesiq, desk, visitor], 'salesiq'],
  ['callback', [salesiq, desk, visitor], 'desk'],
  ['transfer', [salesiq, desk], 'salesiq'],
  ['closure', [visitor], 'salesiq-visitor'],
  ['closure', [{ ...salesiq, optionalScopes: [] }], 'salesiq'],
  ['transfer', [desk], undefined],
])('a %s takes the token with which an app would carry it out, or what is there', (operation, connections, chosen) => {
  expect(chooseFor(operation, connections)?.name).toBe(chosen);
});

test.each<[Operation, Connection, lacks: string]>([
  ['transfer', visitor, 'SalesIQ.conversations.CREATE: SalesIQ would answer 1009'],
  ['closure', salesiq, 'SalesIQ.conversations.UPDATE: SalesIQ would answer 1009'],
  ['callback', desk, 'Desk.calls.CREATE: Desk would answer SCOPE_MISMATCH'],
])('a %s without its scope fails before anything is asked', async (operation, connection, lacks) => {
  const callZoho = async () => expect.unreachable();
  const ready = { callZoho, connection, accessToken: new SecretText('1005.x'), scopes: [] };
  await expect(proveByReading(operation, ready)).rejects.toThrow(`the token lacks ${lacks}`);
});

const echo = 'deadbeefdeadbeefdeadbeef';
const salesiqError = (code: number, json_key?: string) => ({ error: { code, message: echo, json_key } });
const deskError = (errorCode: string, ...fields: string[]) => {
  const errors = fields.map((fieldName) => ({ fieldName }));
  return { errorCode, message: echo, ...(fields.length > 0 && { errors }) };
};

test.each<[reason: string, connection: Connection, status: number, body: unknown]>([
  ['error 1008, invalid OAuthToken', salesiq, 400, salesiqError(1008)],
  ['error 1009, invalid OAuthScope', salesiq, 200, salesiqError(1009)],
  ['error 1019, invalid resource: app_id, settings.app_id is', salesiq, 400, salesiqError(1019, 'app_id')],
  ['error 1019, invalid resource', salesiq, 400, salesiqError(1019, `<${echo}>`)],
  ['a general error of SalesIQ itself', salesiq, 400, salesiqError(1001)],
  ['SalesIQ error 4711', salesiq, 400, salesiqError(4711)],
  ['as a wrong data centre does', salesiq, 200, `<html>${echo}`],
  ['INVALID_OAUTH, the token is invalid', desk, 401, deskError('INVALID_OAUTH')],
  ['another organisation: settings.org_id is "60000688226"', desk, 403, deskError('OAUTH_ORG_MISMATCH')],
  ['invalid: departmentId, settings.department_id is', desk, 422, deskError('INVALID_DATA', '/departmentId')],
  ['settings.org_id is "60000688226"', desk, 422, deskError('UNPROCESSABLE_ENTITY')],
  ['Desk error of no known name', desk, 422, deskError(`<${echo}>`)],
  ['as a wrong data centre does', desk, 302, ''],
  ['HTTP 503', desk, 503, deskError(echo)],
])('fails with "%s" for an answer of %o with status %d: %j', (reason, connection, status, body) => {
  const answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  expect(() => readSuccess(connection, answer)).toThrow(reason);
  expect(() => readSuccess(connection, answer)).not.toThrow(echo);
});

test('a success gives its body, and Desk’s empty list nothing', () => {
  expect(readSuccess(desk, { status: 204, body: '' })).toBeUndefined();
  expect(readSuccess(desk, { status: 200, body: '{"data":[]}' })).toEqual({ data: [] });
});
