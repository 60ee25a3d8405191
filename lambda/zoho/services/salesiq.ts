import * as v from 'valibot';
import { hostsAt } from '../../connections/data-centers.ts';
import { identifier, type ZohoService } from './service.ts';

/** Zoho SalesIQ. It may send its errors with status 200, so the code in the body decides. */
export const salesiq: ZohoService = {
  title: 'SalesIQ',
  operations: 'chat transfers and chat closures',
  hosts: hostsAt('salesiq', ['us', 'eu', 'in', 'au', 'jp', 'ca', 'sa', 'cn']),
  settings: v.object({
    screen_name: v.pipe(v.string(), v.regex(/^[\w.-]+$/, 'expected the portal name of the SalesIQ URL')),
    app_id: v.optional(identifier),
    department_id: v.optional(identifier),
  }),
  defaultTokenPrefix: '1000.',
  reads: [
    { scope: 'SalesIQ.conversations.READ', path: (settings) => at(settings, 'conversations') },
    { scope: 'SalesIQ.departments.READ', path: (settings) => at(settings, 'departments') },
    {
      scope: 'SalesIQ.apps.READ',
      path: (settings) => (settings.app_id === undefined ? undefined : at(settings, `apps/${settings.app_id}`)),
      errors: { 1019: ['wrong setting', 'SalesIQ knows no such app', 'app_id'] },
    },
  ],
  errorCodeOf: ({ error }) => (error as { code?: unknown } | null | undefined)?.code,
  errors: {
    1001: ['cannot tell', 'a general error of SalesIQ itself'],
    1002: ['cannot tell', 'the authorization header is wrong'],
    1005: ['wrong setting', 'invalid portal', 'screen_name'],
    1008: ['rejected', 'invalid OAuthToken'],
    1009: ['lacks scope', 'invalid OAuthScope, or a user token in place of an organisation token'],
    1010: ['wrong setting', 'this portal or API version does not offer the call'],
    1016: ['accepted', 'the operator lacks a permission'],
    1017: ['cannot tell', 'the limit of the plan is reached'],
    1019: ['cannot tell', 'invalid resource'],
    1020: ['cannot tell', 'invalid operator, or invalid portal plan'],
    1021: ['cannot tell', 'the plan needs an upgrade'],
    1023: ['cannot tell', 'too many requests, the address is locked for a while'],
  },
  isRead: (status, answer) => status === 200 && answer !== undefined && 'data' in answer,
};

function at({ screen_name }: Readonly<Record<string, string>>, resource: string): string {
  return `/api/v2/${screen_name}/${resource}`;
}
