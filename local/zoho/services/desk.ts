import { deskErrors } from '../../../cli/verify/zoho-assumptions.ts';
import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { type Call, type Place, standInUrl } from '../call.ts';
import { madeUpRecordId } from '../made-up.ts';
import { empty, json, type Reply, redirect } from '../reply.ts';
import type { World } from '../zoho-world.ts';
import { errorsOf, route, type ServiceRequest, type ServiceStandIn } from './service.ts';

/** Its errors, in the words that the table of assumptions has. */
const errors = errorsOf(deskErrors, {
  INVALID_OAUTH: { judged: 'token_rejected', title: 'Desk INVALID_OAUTH' },
  UNAUTHORIZED: { judged: 'token_rejected' },
  SCOPE_MISMATCH: { judged: 'scope_mismatch', title: 'Desk SCOPE_MISMATCH' },
  UNPROCESSABLE_ENTITY: { judged: 'setting_mismatch', title: 'Desk does not know the orgId' },
  OAUTH_ORG_MISMATCH: { judged: 'setting_mismatch', title: 'Desk OAUTH_ORG_MISMATCH' },
  FORBIDDEN: { title: 'Desk FORBIDDEN' },
  LICENSE_ACCESS_LIMITED: { more: { feature: 'calls', editionType: 'FREE' } },
  INVALID_DATA: { judged: 'setting_mismatch' },
  TOO_MANY_REQUESTS: { title: 'Desk TOO_MANY_REQUESTS' },
  THRESHOLD_EXCEEDED: { headers: { 'retry-after': '3600' } },
});

type FieldError = { fieldName: string; errorType: 'invalid' | 'missing' };

/** A code without a row is sent with status 400. */
function refuse(errorCode: string, fields?: FieldError[]): Reply {
  const { status = 400, message = errorCode, headers, more } = errors[errorCode] ?? {};
  return json(status, { errorCode, message, ...more, ...(fields && { errors: fields }) }, errorCode, headers);
}

/** A page of a list; an empty one is 204 without a body. */
function page(call: Call, records: readonly unknown[]): Reply {
  const from = Number(call.query.get('from') ?? 0);
  const limit = Number(call.query.get('limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200)
    return refuse('INVALID_DATA', [{ fieldName: '/limit', errorType: 'invalid' }]);
  const data = records.slice(from, from + limit);
  return data.length > 0 ? json(200, { data }, 'ok') : empty(204, 'empty');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** What makes a required field of `POST /calls` acceptable. */
const fieldRules: Record<string, (value: unknown, departmentIds: readonly string[]) => boolean> = {
  departmentId: (value, departmentIds) => isText(value) && departmentIds.includes(value),
  contactId: (value) => isText(value) && /^\d+$/.test(value),
  subject: isText,
  startTime: (value) => isText(value) && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value),
  direction: (value) => value === 'inbound' || value === 'outbound',
  duration: (value) => /^\d+$/.test(`${value}`),
  status: isText,
};

/** Answers with the new call record, or says which fields are at fault. */
function createCall(request: ServiceRequest): Reply {
  const given = parseObject(request.call.body);
  if (!given) return refuse('INVALID_DATA');
  const wrong = Object.entries(fieldRules).flatMap(([name, isAcceptable]): FieldError[] => {
    const value = given[name] ?? '';
    if (value === '') return [{ fieldName: `/${name}`, errorType: 'missing' }];
    const isRight = isAcceptable(value, request.token.grant.portal.departmentIds);
    return isRight ? [] : [{ fieldName: `/${name}`, errorType: 'invalid' }];
  });
  if (wrong.length > 0) return refuse('INVALID_DATA', wrong);
  return json(200, { ...given, id: madeUpRecordId() }, 'ok');
}

const callScopes = (verb: string) => [`Desk.calls.${verb}`, `Desk.activities.calls.${verb}`];
const routes = [
  route('GET', '/api/v1/departments', ['Desk.basic.READ', 'Desk.settings.READ'], ({ call, token }) => {
    const ids = token.grant.portal.departmentIds;
    const departments = ids.map((id) => ({ id, name: `Department ${id}`, isEnabled: true }));
    return page(call, departments);
  }),
  route('GET', '/api/v1/organizations', ['Desk.basic.READ', 'Desk.settings.READ'], ({ token: { grant } }) =>
    json(200, { data: [{ id: grant.portal.orgId, companyName: 'Company' }] }, 'ok'),
  ),
  route('GET', '/api/v1/tickets', ['Desk.tickets.READ'], ({ call }) => page(call, [])),
  route('GET', '/api/v1/calls', callScopes('READ'), ({ call }) => page(call, [])),
  route('POST', '/api/v1/calls', callScopes('CREATE'), createCall),
];

/** Every call names an organisation, the token's, but the one that asks which there are. */
function checkOrganisation({ call, token, world }: ServiceRequest, { dataCenter }: Place): Reply | undefined {
  const orgId = `${call.headers.orgid ?? ''}`;
  if (orgId === token.grant.portal.orgId || call.path.endsWith('/organizations')) return undefined;
  const homes = homesOf(orgId, world);
  if (homes.length === 0) return refuse('UNPROCESSABLE_ENTITY');
  if (homes.includes(dataCenter)) return refuse('OAUTH_ORG_MISMATCH');
  return redirect(standInUrl(call, accountsHost(dataCenter), '/signin'), 'redirect');
}

/** The data centres in which an organisation has Desk; none if nobody knows it. */
function homesOf(orgId: string, { registry }: World): string[] {
  return registry
    .grants()
    .filter(({ portal, scopes }) => portal.orgId === orgId && scopes.some((scope) => /^desk\./i.test(scope)))
    .map(({ dataCenter }) => dataCenter);
}

export const desk: ServiceStandIn = {
  scopes:
    /^desk\.(basic\.read|(tickets|settings|calls|activities|activities\.calls)\.(read|create|update|delete|all))$/i,
  equivalents: {
    'desk.departments': ['Desk.basic', 'Desk.settings'],
    'desk.calls': ['Desk.calls', 'Desk.activities.calls'],
  },
  errors,
  refuse,
  refusals: {
    path: 'URL_NOT_FOUND',
    header: 'UNAUTHORIZED',
    token: 'INVALID_OAUTH',
    method: 'METHOD_NOT_ALLOWED',
    scope: 'SCOPE_MISMATCH',
  },
  check: checkOrganisation,
  routes,
};
