import { type ActiveFault, faultReply, zohoFaults } from '../faults/zoho-faults.ts';
import { authorization, type Call, isTokenCall, type Place } from './call.ts';
import { answerConsent, consentPaths } from './consent.ts';
import { allows } from './known-scopes.ts';
import { html, type Reply } from './reply.ts';
import { answerRevoke, revokePaths } from './revoke-endpoint.ts';
import type { ServiceStandIn } from './services/service.ts';
import { type ServiceName, services } from './services.ts';
import { answerTokenCall } from './token-endpoint.ts';
import type { AccessToken } from './token-registry.ts';
import type { World } from './zoho-world.ts';

/** Carries out a request as the host for which it was meant, under the faults that happen to it. */
export function answerCall(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  if (isTokenCall(call)) return answerTokenCall(call, place, world, faults);
  const reply = faultReply(faults, call) ?? answerInOrder(call, place, world, faults);
  return faults.reduce((changed, { name }) => zohoFaults[name].change?.(changed) ?? changed, reply);
}

function answerInOrder(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  if (place.plays !== 'accounts') return answerAs(services[place.plays as ServiceName], call, place, world);
  if (consentPaths.includes(call.path)) return answerConsent(call, place, world, faults);
  if (revokePaths.includes(call.path)) return answerRevoke(call, place, world);
  return html(404, '<h1>404 Not Found</h1>', 'not_found');
}

/** Answers as a service: a call is refused for its path, header, token, method and scope, in this order. */
function answerAs(service: ServiceStandIn, call: Call, place: Place, world: World): Reply {
  const { routes, refuse, refusals, schemes = ['zoho-oauthtoken'], check } = service;
  const ofPath = routes.filter(({ path }) => path.test(call.path));
  const [first] = ofPath;
  if (first === undefined) return refuse(refusals.path);
  if (!schemes.includes(authorization(call)?.scheme ?? '')) return refuse(refusals.header);
  const token = acceptedToken(call, place, world);
  if (!token) return refuse(refusals.token);
  const found = ofPath.find(({ method }) => method === call.method);
  if (!found) return refuse(refusals.method);
  const [, ...groups] = first.path.exec(call.path) ?? [];
  const request = { call, token, world, groups };
  const fault = check?.(request, place);
  if (fault) return fault;
  return allows(token.scopes, found.scopes) ? found.carryOut(request) : refuse(refusals.scope);
}

/** The living token of this data centre that the call shows; `undefined` if the service would reject it. */
function acceptedToken(call: Call, place: Place, world: World): AccessToken | undefined {
  const token = world.registry.liveToken(authorization(call)?.accessToken ?? '', world.now());
  if (!token || token.grant.dataCenter !== place.dataCenter) return undefined;
  if (token.rejections > 0) {
    token.rejections -= 1;
    return undefined;
  }
  return token;
}
