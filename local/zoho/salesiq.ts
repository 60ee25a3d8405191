import { authorization, type Call } from './call.ts';
import type { Place } from './hosts.ts';
import type { Reply } from './reply.ts';
import { salesiqError } from './salesiq-errors.ts';
import { operatorRoutes } from './salesiq-operator.ts';
import type { SalesiqRoute } from './salesiq-route.ts';
import { visitorRoutes } from './salesiq-visitor.ts';
import { allows } from './scopes.ts';
import type { World } from './world.ts';

const routes: SalesiqRoute[] = [...operatorRoutes, ...visitorRoutes];

/** Answers a call to a SalesIQ REST host. */
export function answerSalesiq(call: Call, place: Place, world: World): Reply {
  const candidates = routes.filter(({ path }) => path.test(call.path));
  const [first] = candidates;
  if (!first) return salesiqError(1006);

  const sent = authorization(call);
  if (!sent || !['zoho-oauthtoken', 'bearer'].includes(sent.scheme)) {
    return salesiqError(1002, { header: 'Authorization' });
  }
  if (!/^\d{4}\.[0-9a-f]+\.[0-9a-f]+$/.test(sent.accessToken)) return salesiqError(1001);
  const token = world.registry.liveToken(sent.accessToken, world.now());
  if (!token || token.grant.dataCenter !== place.dataCenter) return salesiqError(1008);

  const [, screenName = '', id = ''] = first.path.exec(call.path) ?? [];
  if (screenName !== token.grant.portal.screenName) return salesiqError(1005);
  const route = candidates.find(({ method }) => method === call.method);
  if (!route) return salesiqError(1010);
  if (route.isForOrganisation && !token.accessToken.startsWith('1005.')) return salesiqError(1009);
  if (!allows(token.scopes, route.scopes)) return salesiqError(1009);
  return route.carryOut({ call, token, screenName, id, world });
}
