import { deskErrors } from '../../../cli/verify/zoho-assumptions.ts';
import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import { authorization, type Call, type Place, standInUrl } from '../call.ts';
import { madeUpRecordId } from '../made-up.ts';
import { empty, json, type Reply, redirect } from '../reply.ts';
import type { World } from '../zoho-world.ts';
import {
  acceptedToken,
  errorsOf,
  isCovered,
  isText,
  jsonObject,
  type Route,
  route,
  routesOf,
  type ServiceError,
  type ServiceRequest,
  type ServiceStandIn,
} from './service.ts';

/** What only some errors have beside their words. */
type More = { readonly headers?: Record<string, string>; readonly more?: object };

const faults: Record<string, Partial<ServiceError> & More> = {
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
};

/** Its errors, in the words that the table of assumptions has. */
const errors = errorsOf<More>(deskErrors, faults);

type FieldError = { fieldName: string; errorType: 'invalid' | 'missing' };

/** A code without a row is sent with status 400. */
function refuse(errorCode: string, fields?: FieldError[]): Reply {
  const unknown: ServiceError & More = { status: 400, message: errorCode, judged: 'nothing' };
  const { status, message, headers, more } = errors[errorCode] ?? unknown;
  return json(status, { errorCode, message, ...more, ...(fields ? { errors: fields } : {}) }, errorCode, headers);
}

/** A list of Desk; an empty one is 204 without a body. */
function list(records: readonly unknown[]): Reply {
  return records.length ? json(200, { data: records }, 'ok') : empty(204, 'empty');
}

function page(call: Call, records: readonly unknown[]): Reply {
  const from = Number(call.query.get('from') ?? 0);
  const limit = Number(call.query.get('limit') ?? 10);
  const wrong = !Number.isInteger(from) || from < 0 ? '/from' : undefined;
  const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= 200;
  if (wrong || !isLimit) return refuse('INVALID_DATA', [{ fieldName: wrong ?? '/limit', errorType: 'invalid' }]);
  return list(records.slice(from, from + limit));
}

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

const callsOf = ({ world, token: { grant } }: ServiceRequest): Record<string, unknown>[] =>
  world.records.of('calls', grant.dataCenter, grant.portal.orgId);

/** Keeps a new call record, or says which fields are at fault. */
function createCall(request: ServiceRequest): Reply {
  const given = jsonObject(request.call.body);
  if (!given) return refuse('INVALID_DATA');
  const wrong = Object.entries(fieldRules).flatMap(([name, isAcceptable]): FieldError[] => {
    const value = given[name] ?? '';
    if (value === '') return [{ fieldName: `/${name}`, errorType: 'missing' }];
    const isRight = isAcceptable(value, request.token.grant.portal.departmentIds);
    return isRight ? [] : [{ fieldName: `/${name}`, errorType: 'invalid' }];
  });
  if (wrong.length > 0) return refuse('INVALID_DATA', wrong);
  const call = { ...given, id: madeUpRecordId() };
  callsOf(request).push(call);
  return json(200, call, 'ok');
}

const basicScopes = ['Desk.basic.READ', 'Desk.settings.READ'];
const callScopes = (verb: string) => [`Desk.calls.${verb}`, `Desk.activities.calls.${verb}`];
const routes: Route[] = [
  route('GET', /^\/api\/v1\/organizations$/, basicScopes, ({ token: { grant } }) =>
    list([{ id: grant.portal.orgId, companyName: 'Stand-in', portalName: grant.portal.screenName }]),
  ),
  route('GET', /^\/api\/v1\/departments$/, basicScopes, ({ call, token }) => {
    const ids = token.grant.portal.departmentIds;
    const departments = ids.map((id) => ({ id, name: `Department ${id}`, isEnabled: true }));
    return page(call, departments);
  }),
  route('GET', /^\/api\/v1\/tickets$/, ['Desk.tickets.READ'], ({ call }) => page(call, [])),
  route('GET', /^\/api\/v1\/calls$/, callScopes('READ'), (request) => page(request.call, callsOf(request))),
  route('POST', /^\/api\/v1\/calls$/, callScopes('CREATE'), createCall),
];

function answer(call: Call, place: Place, world: World): Reply {
  const candidates = routesOf(routes, call);
  if (candidates.length === 0) return refuse('URL_NOT_FOUND');
  if (authorization(call)?.scheme !== 'zoho-oauthtoken') return refuse('UNAUTHORIZED');
  const token = acceptedToken(call, place, world);
  if (!token) return refuse('INVALID_OAUTH');
  const found = candidates.find(({ method }) => method === call.method);
  if (!found) return refuse('METHOD_NOT_ALLOWED');

  const orgId = call.headers.orgid;
  if (!call.path.endsWith('/organizations') && orgId !== token.grant.portal.orgId) {
    const homes = homesOf(`${orgId ?? ''}`, world);
    if (homes.length === 0) return refuse('UNPROCESSABLE_ENTITY');
    if (homes.includes(place.dataCenter)) return refuse('OAUTH_ORG_MISMATCH');
    return redirect(standInUrl(call, accountsHost(place.dataCenter), '/signin'), 'redirect');
  }
  return isCovered(token, found) ? found.carryOut({ call, token, world, groups: [] }) : refuse('SCOPE_MISMATCH');
}

/** The data centres in which an organisation has Desk; none if nobody knows it. */
function homesOf(orgId: string, { registry }: World): string[] {
  return registry
    .grants()
    .filter(({ portal, scopes }) => portal.orgId === orgId && scopes.some((scope) => /^desk\./i.test(scope)))
    .map(({ dataCenter }) => dataCenter);
}

export const desk: ServiceStandIn = {
  resources: {
    'desk.tickets': undefined,
    'desk.basic': ['READ'],
    'desk.settings': undefined,
    'desk.calls': undefined,
    'desk.activities': undefined,
    'desk.activities.calls': undefined,
  },
  equivalents: {
    'desk.departments': ['Desk.basic', 'Desk.settings'],
    'desk.calls': ['Desk.calls', 'Desk.activities.calls'],
  },
  correct: (scope) => (/^desk\.departments\.read$/i.test(scope) ? 'Desk.basic.READ' : scope),
  errors,
  refuse,
  answer,
};
