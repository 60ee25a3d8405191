import * as v from 'valibot';
import type { ZohoService } from './service.ts';

/** Zoho CRM. Its REST hosts are those that `api_domain` names. */
export const crm: ZohoService = {
  title: 'CRM',
  operations: 'reads and writes of CRM records',
  hosts: {
    us: 'www.zohoapis.com',
    eu: 'www.zohoapis.eu',
    in: 'www.zohoapis.in',
    au: 'www.zohoapis.com.au',
    jp: 'www.zohoapis.jp',
    ca: 'www.zohoapis.ca',
    sa: 'www.zohoapis.sa',
    cn: 'www.zohoapis.com.cn',
  },
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
