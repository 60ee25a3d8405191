import { accountsHost, serviceHost } from '../../../lambda/connections/data-centers.ts';
import { authorization, type Call, type Place, standInUrl } from '../call.ts';
import { madeUpRecordId } from '../made-up.ts';
import { empty, json, type Reply, redirect } from '../reply.ts';
import type { World } from '../world.ts';
import {
  acceptedToken,
  isCovered,
  isText,
  jsonObject,
  type Route,
  routesOf,
  type ServiceError,
  type ServiceRequest,
  type ServiceStandIn,
} from './service.ts';

type DeskError = ServiceError & { status: number; headers?: Record<string, string>; more?: object };

/** Errors (reference/zoho.md, section 10); the texts of INVALID_OAUTH to OAUTH_ORG_MISMATCH are Zoho's. */
const errors: Record<string, DeskError> = {
  INVALID_OAUTH: {
    status: 401,
    message: 'The OAuth Token you provided is invalid.',
    judged: 'token_rejected',
    title: 'Desk INVALID_OAUTH',
  },
  UNAUTHORIZED: {
    status: 401,
    message: 'You are not authenticated to perform this operation.',
    judged: 'token_rejected',
  },
  SCOPE_MISMATCH: {
    status: 403,
    message: 'The OAuth Token does not contain the scope to perform this operation.',
    judged: 'scope_mismatch',
    title: 'Desk SCOPE_MISMATCH',
  },
  UNPROCESSABLE_ENTITY: {
    status: 422,
    message: "The value passed for the 'orgId' parameter is invalid.",
    judged: 'setting_mismatch',
    title: 'Desk does not know the orgId',
  },
  OAUTH_ORG_MISMATCH: {
    status: 403,
    message: 'The OAuthToken is not valid for specified organization.',
    judged: 'setting_mismatch',
    title: 'Desk OAUTH_ORG_MISMATCH',
  },
  FORBIDDEN: {
    status: 403,
    message: 'You do not have the permission to perform this operation.',
    judged: 'nothing',
    title: 'Desk FORBIDDEN',
  },
  LICENSE_ACCESS_LIMITED: {
    status: 403,
    message: 'This feature is not part of your edition.',
    judged: 'nothing',
    more: { feature: 'calls', editionType: 'FREE' },
  },
  URL_NOT_FOUND: { status: 404, message: 'The URL you requested could not be found.', judged: 'nothing' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'The method is not allowed for this URL.', judged: 'nothing' },
  INVALID_DATA: {
    status: 422,
    message: 'The data is invalid due to validation restrictions.',
    judged: 'nothing',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    message: 'Too many requests at once.',
    judged: 'nothing',
    title: 'Desk TOO_MANY_REQUESTS',
  },
  THRESHOLD_EXCEEDED: {
    status: 429,
    message: 'The API credits of the day are used up.',
    judged: 'nothing',
    headers: { 'retry-after': '3600' },
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    message: 'An internal server error has occurred.',
    judged: 'nothing',
  },
};

type FieldError = { fieldName: string; errorType: 'invalid' | 'missing' };

/** A code without a row is sent with status 400. */
function refuse(errorCode: string, fields?: FieldError[]): Reply {
  const { status, message, headers, more } = errors[errorCode] ?? { status: 400, message: errorCode };
  return json(
    status,
    { errorCode, message, ...more, ...(fields ? { errors: fields } : {}) },
    errorCode,
    headers,
  );
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
  if (wrong || !isLimit)
    return refuse('INVALID_DATA', [{ fieldName: wrong ?? '/limit', errorType: 'invalid' }]);
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
const routes: (Route & { isForAll?: true })[] = [
  {
    method: 'GET',
    path: /^\/api\/v1\/organizations$/,
    scopes: basicScopes,
    isForAll: true,
    carryOut: ({ token: { grant } }) =>
      list([{ id: grant.portal.orgId, companyName: 'Stand-in', portalName: grant.portal.screenName }]),
  },
  {
    method: 'GET',
    path: /^\/api\/v1\/departments$/,
    scopes: basicScopes,
    carryOut: ({ call, token }) => {
      const ids = token.grant.portal.departmentIds;
      return page(
        call,
        ids.map((id) => ({ id, name: `Department ${id}`, isEnabled: true })),
      );
    },
  },
  {
    method: 'GET',
    path: /^\/api\/v1\/calls$/,
    scopes: ['Desk.calls.READ', 'Desk.activities.calls.READ'],
    carryOut: (request) => page(request.call, callsOf(request)),
  },
  {
    method: 'POST',
    path: /^\/api\/v1\/calls$/,
    scopes: ['Desk.calls.CREATE', 'Desk.activities.calls.CREATE'],
    carryOut: createCall,
  },
];

function answer(call: Call, place: Place, world: World): Reply {
  const candidates = routesOf(routes, call);
  if (candidates.length === 0) return refuse('URL_NOT_FOUND');
  if (authorization(call)?.scheme !== 'zoho-oauthtoken') return refuse('UNAUTHORIZED');
  const token = acceptedToken(call, place, world);
  if (!token) return refuse('INVALID_OAUTH');
  const route = candidates.find(({ method }) => method === call.method);
  if (!route) return refuse('METHOD_NOT_ALLOWED');

  const orgId = call.headers.orgid;
  if (!route.isForAll && orgId !== token.grant.portal.orgId) {
    const homes = homesOf(`${orgId ?? ''}`, world);
    if (homes.length === 0) return refuse('UNPROCESSABLE_ENTITY');
    if (homes.includes(place.dataCenter)) return refuse('OAUTH_ORG_MISMATCH');
    return redirect(standInUrl(call, accountsHost(place.dataCenter), '/signin'), 'redirect');
  }
  return isCovered(token, route)
    ? route.carryOut({ call, token, world, groups: [] })
    : refuse('SCOPE_MISMATCH');
}

/** The data centres in which an organisation has Desk; none if nobody knows it. */
function homesOf(orgId: string, { registry }: World): string[] {
  return registry
    .grants()
    .filter(({ portal, scopes }) => portal.orgId === orgId && scopes.some((scope) => /^desk\./i.test(scope)))
    .map(({ dataCenter }) => dataCenter);
}

export const desk: ServiceStandIn = {
  host: (dataCenter) => serviceHost('desk', dataCenter),
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
