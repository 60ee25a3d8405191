import { type Call, clientCredentials, type Place, parameter } from './call.ts';
import { json, type Reply } from './reply.ts';
import type { World } from './zoho-world.ts';

/** Paths of the revoke endpoint: the one of most pages, and that of the newer one, which wants the client too. */
export const revokePaths = ['/oauth/v2/token/revoke', '/oauth/v2/revoke/token'];

/** Ends an access token, or a refresh token with all its access tokens. */
export function answerRevoke(call: Call, place: Place, world: World): Reply {
  const { clientId = '', clientSecret } = clientCredentials(call);
  const needsClient = call.path === '/oauth/v2/revoke/token';
  const secret = world.registry.client(clientId)?.secrets.get(place.dataCenter);
  if (call.method !== 'POST') return json(400, { error: 'invalid_request' }, 'not_a_post');
  if (needsClient && (!secret || secret !== clientSecret)) {
    return json(400, { error: 'invalid_client' }, 'invalid_client');
  }
  const text = parameter(call, 'token') ?? '';
  const grant = world.registry.grant(text);
  const token = world.registry.liveToken(text, world.now());
  if (grant && !grant.isRevoked && grant.dataCenter === place.dataCenter) world.registry.revoke(grant);
  else if (token && token.grant.dataCenter === place.dataCenter) token.isDead = true;
  else return json(400, { error: 'invalid_token' }, 'invalid_token');
  return json(200, { status: 'success' }, 'revoked');
}
