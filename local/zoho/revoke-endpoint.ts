import { type Call, clientCredentials, type Place, parameter } from './call.ts';
import { json, type Reply } from './reply.ts';
import type { World } from './zoho-world.ts';

/** Paths of the revoke endpoint: the one of most pages, and that of the newer one, which wants the client too. */
export const revokePaths = ['/oauth/v2/token/revoke', '/oauth/v2/revoke/token'];

/** Ends an access token, or a refresh token with all its access tokens. */
export function answerRevoke(call: Call, { dataCenter }: Place, { registry, now }: World): Reply {
  const refuse = (error: string) => json(400, { error }, error);
  const { clientId = '', clientSecret } = clientCredentials(call);
  const secret = registry.client(clientId)?.secrets.get(dataCenter);
  if (call.method !== 'POST') return refuse('invalid_request');
  const isClient = secret !== undefined && secret === clientSecret;
  if (call.path === '/oauth/v2/revoke/token' && !isClient) return refuse('invalid_client');
  const text = parameter(call, 'token') ?? '';
  const grant = registry.grant(text);
  const token = registry.liveToken(text, now());
  if (grant?.isRevoked === false && grant.dataCenter === dataCenter) registry.revoke(grant);
  else if (token?.grant.dataCenter === dataCenter) token.isDead = true;
  else return refuse('invalid_token');
  return json(200, { status: 'success' }, 'revoked');
}
