import * as v from 'valibot';
import { apiDomainOf } from '../../connections/data-centers.ts';
import type { ZohoService } from './service.ts';

const listed = ['us', 'eu', 'in', 'au', 'jp', 'ca', 'sa', 'cn'] as const;

/** Zoho CRM. Its REST hosts are those that `api_domain` names. */
export const crm: ZohoService = {
  title: 'CRM',
  operations: 'reads and writes of CRM records',
  hosts: Object.fromEntries(listed.map((each) => [each, `www.${apiDomainOf(each)}`])),
  settings: v.object({}),
  defaultTokenPrefix: '1000.',
  reads: [
    { scope: 'ZohoCRM.org.READ', path: () => '/crm/v8/org' },
    { scope: 'ZohoCRM.users.READ', path: () => '/crm/v8/users?type=CurrentUser' },
  ],
  errorCodeOf: ({ code }) => code,
  errors: {
    INVALID_TOKEN: ['rejected', 'the token is invalid'],
    OAUTH_SCOPE_MISMATCH: ['lacks scope', 'the token lacks a scope for this call'],
  },
  isRead: (status, answer) => status === 200 && (Array.isArray(answer?.org) || Array.isArray(answer?.users)),
};
