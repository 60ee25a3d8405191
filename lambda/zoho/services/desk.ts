import * as v from 'valibot';
import { hostsAt } from '../../connections/data-centers.ts';
import { type ErrorRow, identifier, type ZohoService } from './service.ts';

/** On a read, orgId is the one value that was sent. */
const refusedValue: ErrorRow = ['wrong setting', 'a value is invalid', 'org_id'];

/** Zoho Desk. Its status and its error code agree; an empty list is 204. */
export const desk: ZohoService = {
  title: 'Desk',
  operations: 'callbacks to customers',
  hosts: hostsAt('desk', ['us', 'eu', 'in', 'au', 'jp', 'ca', 'sa', 'cn', 'ae', 'sg']),
  settings: v.object({ org_id: identifier, department_id: v.optional(identifier) }),
  defaultTokenPrefix: '1005.',
  equivalents(scope) {
    if (scope === 'desk.departments.read') return ['desk.basic.read', 'desk.settings.read'];
    const calls = /^desk\.(activities\.)?calls\./.exec(scope);
    if (calls === null) return [];
    return [scope.replace(calls[0], calls[1] === undefined ? 'desk.activities.calls.' : 'desk.calls.')];
  },
  headers: ({ org_id }) => ({ orgId: org_id ?? '' }),
  reads: [
    { scope: 'Desk.departments.READ', path: () => '/api/v1/departments?limit=1' },
    { scope: 'Desk.calls.READ', path: () => '/api/v1/calls?limit=1', isTriedUncovered: true },
  ],
  errorCodeOf: ({ errorCode }) => errorCode,
  errors: {
    INVALID_OAUTH: ['rejected', 'the token is invalid'],
    UNAUTHORIZED: ['rejected', 'the token is not accepted'],
    SCOPE_MISMATCH: ['lacks scope', 'the token lacks a scope for this call'],
    OAUTH_ORG_MISMATCH: ['wrong setting', 'the token is of another organisation', 'org_id'],
    UNPROCESSABLE_ENTITY: refusedValue,
    INVALID_DATA: refusedValue,
    FORBIDDEN: ['accepted', 'the profile of who consented lacks the permission'],
    LICENSE_ACCESS_LIMITED: ['accepted', 'not a part of this edition'],
    TOO_MANY_REQUESTS: ['cannot tell', 'too many requests at once'],
    THRESHOLD_EXCEEDED: ['cannot tell', 'the API credits of the day are used up'],
  },
  isRead: (status, answer) => status === 204 || (status === 200 && Array.isArray(answer?.data)),
};
