import { crmErrors } from '../../../cli/verify/zoho-assumptions.ts';
import { json, type Reply } from '../reply.ts';
import { errorsOf, route, type ServiceStandIn } from './service.ts';

/** Zoho CRM (reference/zoho.md, section 13a): as much of it as a probe needs. Its messages are not recorded. */
const errors = errorsOf(crmErrors, {
  INVALID_TOKEN: { judged: 'token_rejected', title: 'CRM INVALID_TOKEN' },
  OAUTH_SCOPE_MISMATCH: { judged: 'scope_mismatch', title: 'CRM OAUTH_SCOPE_MISMATCH' },
});

function refuse(code: string): Reply {
  const { status = 400, message = code } = errors[code] ?? {};
  return json(status, { code, details: {}, message, status: 'error' }, code);
}

export const crm: ServiceStandIn = {
  scopes: /^zohocrm\.(org|users|modules(\.(leads|contacts|calls))?)\.(read|create|update|delete|all)$/i,
  errors,
  refuse,
  refusals: {
    path: 'INVALID_URL_PATTERN',
    header: 'INVALID_TOKEN',
    token: 'INVALID_TOKEN',
    method: 'INVALID_REQUEST_METHOD',
    scope: 'OAUTH_SCOPE_MISMATCH',
  },
  routes: [
    route('GET', '/crm/v8/org', ['ZohoCRM.org.READ'], ({ token }) =>
      json(200, { org: [{ id: token.grant.portal.orgId }] }, 'ok'),
    ),
    route('GET', '/crm/v8/users', ['ZohoCRM.users.READ'], () => json(200, { users: [{ full_name: 'owner' }] }, 'ok')),
  ],
};
