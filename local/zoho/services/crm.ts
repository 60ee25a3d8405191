import { crmErrors } from '../../../cli/verify/zoho-assumptions.ts';
import { authorization, type Call, type Place } from '../call.ts';
import { json, type Reply } from '../reply.ts';
import type { World } from '../zoho-world.ts';
import { acceptedToken, errorsOf, isCovered, type Route, route, routesOf, type ServiceStandIn } from './service.ts';

/** Zoho CRM (reference/zoho.md, section 13a): as much of it as a probe needs. Its messages are not recorded. */
const errors = errorsOf(crmErrors, {
  INVALID_TOKEN: { judged: 'token_rejected', title: 'CRM INVALID_TOKEN' },
  OAUTH_SCOPE_MISMATCH: { judged: 'scope_mismatch', title: 'CRM OAUTH_SCOPE_MISMATCH' },
});

function refuse(code: string): Reply {
  const { status, message } = errors[code] ?? { status: 400, message: code };
  return json(status, { code, details: {}, message, status: 'error' }, code);
}

const routes: Route[] = [
  route('GET', /^\/crm\/v8\/org$/, ['ZohoCRM.org.READ'], ({ token }) =>
    json(200, { org: [{ id: token.grant.portal.orgId }] }, 'ok'),
  ),
  route('GET', /^\/crm\/v8\/users$/, ['ZohoCRM.users.READ'], ({ token }) =>
    json(200, { users: [{ full_name: token.grant.user }] }, 'ok'),
  ),
];

function answer(call: Call, place: Place, world: World): Reply {
  const candidates = routesOf(routes, call);
  if (candidates.length === 0) return refuse('INVALID_URL_PATTERN');
  const isNamed = authorization(call)?.scheme === 'zoho-oauthtoken';
  const token = isNamed ? acceptedToken(call, place, world) : undefined;
  if (!token) return refuse('INVALID_TOKEN');
  const found = candidates.find(({ method }) => method === call.method);
  if (!found) return refuse('INVALID_REQUEST_METHOD');
  return isCovered(token, found) ? found.carryOut({ call, token, world, groups: [] }) : refuse('OAUTH_SCOPE_MISMATCH');
}

export const crm: ServiceStandIn = {
  resources: {
    'zohocrm.org': undefined,
    'zohocrm.users': undefined,
    'zohocrm.modules': undefined,
    'zohocrm.modules.leads': undefined,
    'zohocrm.modules.contacts': undefined,
    'zohocrm.modules.calls': undefined,
  },
  errors,
  refuse,
  answer,
};
