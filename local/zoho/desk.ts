import { accountsHost } from '../../lambda/connections/data-centers.ts';
import { authorization, type Call, standInUrl } from './call.ts';
import { createCall } from './desk-calls.ts';
import { deskError } from './desk-errors.ts';
import type { AccessToken } from './grants.ts';
import type { Place } from './hosts.ts';
import { empty, json, type Reply, redirect } from './reply.ts';
import { allows } from './scopes.ts';
import type { World } from './world.ts';

type DeskRequest = { call: Call; token: AccessToken; world: World };
type DeskRoute = { scopes: string[]; needsOrgId: boolean; carryOut: (request: DeskRequest) => Reply };

/** The calls of Desk's API that the stand-in knows, by path and method. */
const routes: Record<string, Record<string, DeskRoute>> = {
  '/api/v1/organizations': {
    GET: {
      scopes: ['Desk.basic.READ', 'Desk.settings.READ'],
      needsOrgId: false,
      carryOut: ({ token: { grant } }) =>
        list([{ id: grant.portal.orgId, companyName: 'Stand-in', portalName: grant.portal.screenName }]),
    },
  },
  '/api/v1/departments': {
    GET: {
      scopes: ['Desk.basic.READ', 'Desk.settings.READ'],
      needsOrgId: true,
      carryOut: ({ call, token }) =>
        page(
          call,
          token.grant.portal.departmentIds.map((id) => ({ id, name: `Department ${id}`, isEnabled: true })),
        ),
    },
  },
  '/api/v1/calls': {
    GET: {
      scopes: ['Desk.calls.READ', 'Desk.activities.calls.READ'],
      needsOrgId: true,
      carryOut: ({ call, token: { grant }, world }) =>
        page(call, world.calls.of(grant.dataCenter, grant.portal.orgId)),
    },
    POST: {
      scopes: ['Desk.calls.CREATE', 'Desk.activities.calls.CREATE'],
      needsOrgId: true,
      carryOut: ({ call, token: { grant }, world }) =>
        createCall(
          world.calls.of(grant.dataCenter, grant.portal.orgId),
          call.body,
          grant.portal.departmentIds,
        ),
    },
  },
};

/**
 * Answers a call to a Desk REST host.
 *
 * @param missingOrgCode - Error code for a call without `orgId`, e.g. `UNPROCESSABLE_ENTITY`: nobody knows Zoho's.
 */
export function answerDesk(call: Call, place: Place, world: World, missingOrgCode: string): Reply {
  const methods = routes[call.path];
  if (!methods) return deskError('URL_NOT_FOUND');
  const sent = authorization(call);
  if (sent?.scheme !== 'zoho-oauthtoken') return deskError('UNAUTHORIZED');
  const token = world.registry.liveToken(sent.accessToken, world.now());
  if (!token || token.grant.dataCenter !== place.dataCenter) return deskError('INVALID_OAUTH');
  const route = methods[call.method];
  if (!route) return deskError('METHOD_NOT_ALLOWED');

  const orgId = call.headers.orgid;
  if (route.needsOrgId && !orgId) return deskError(missingOrgCode);
  if (route.needsOrgId && orgId !== token.grant.portal.orgId) {
    return isElsewhere(`${orgId}`, place, world)
      ? redirect(standInUrl(call, accountsHost(place.dataCenter), '/signin'), 'redirect')
      : deskError('OAUTH_ORG_MISMATCH');
  }
  if (!allows(token.scopes, route.scopes)) return deskError('SCOPE_MISMATCH');
  return route.carryOut({ call, token, world });
}

/** True if the organisation's Desk is in other data centres only. */
function isElsewhere(orgId: string, place: Place, world: World): boolean {
  const homes = world.registry
    .grants()
    .filter(({ portal, scopes }) => portal.orgId === orgId && scopes.some((scope) => /^desk\./i.test(scope)))
    .map(({ dataCenter }) => dataCenter);
  return homes.length > 0 && !homes.includes(place.dataCenter);
}

function page(call: Call, records: readonly unknown[]): Reply {
  const from = Number(call.query.get('from') ?? 0);
  const limit = Number(call.query.get('limit') ?? 10);
  if (!Number.isInteger(from) || from < 0) {
    return deskError('INVALID_DATA', [{ fieldName: '/from', errorType: 'invalid' }]);
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    return deskError('INVALID_DATA', [{ fieldName: '/limit', errorType: 'invalid' }]);
  }
  return list(records.slice(from, from + limit));
}

/** A list of Desk; an empty one is 204 without a body. */
function list(records: readonly unknown[]): Reply {
  return records.length ? json(200, { data: records }, 'ok') : empty(204, 'empty');
}
