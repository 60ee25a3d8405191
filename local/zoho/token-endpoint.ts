import { tokenAnswer, tokenRefusals } from '../../cli/verify/zoho-assumptions.ts';
import { apiDomainOf } from '../../lambda/connections/data-centers.ts';
import { type ActiveFault, faultReply, throttled, zohoFaults } from '../faults/zoho-faults.ts';
import { type Call, clientCredentials, type Place, parameter } from './call.ts';
import { html, json, type Reply, refusal } from './reply.ts';
import type { AccessToken, Client, Grant, Minting } from './token-registry.ts';
import type { World } from './zoho-world.ts';

/** Of a request that is not a token request. */
const badRequest = tokenRefusals.not_a_post.answer.status;

/**
 * Answers `POST /oauth/v2/token`: a refresh, or the exchange of a grant code.
 *
 * Refusals have status 200 and an `error`, as at Zoho; only the throttle and malformed requests have 400. Every
 * request counts towards the throttle, the rejected ones too.
 */
export function answerTokenCall(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  const isAdmitted = world.throttle.admit(throttleKey(call, world), world.now());
  const fault = faultReply(faults, call);
  if (fault) return fault;
  const grantType = parameter(call, 'grant_type');
  if (call.method !== 'POST') return html(badRequest, '<h1>Bad request</h1>', 'not_a_post');
  if (!grantType) return html(badRequest, '<h1>Bad request</h1>', 'no_grant_type');
  if (!isAdmitted) return throttled(tokenRefusals.throttled.answer.status);

  const { clientId = '', clientSecret } = clientCredentials(call);
  const client = world.registry.client(clientId);
  const secret = client?.secrets.get(place.dataCenter);
  if (!client || !secret) return refusal('invalid_client');
  if (clientSecret !== secret) return refusal('invalid_client_secret');
  if (grantType === 'refresh_token') return refresh(call, place, client, world, faults);
  if (grantType === 'authorization_code') return exchange(call, place, client, world, faults);
  return refusal('invalid_client');
}

function refresh(call: Call, place: Place, client: Client, world: World, faults: readonly ActiveFault[]): Reply {
  const grant = world.registry.grant(parameter(call, 'refresh_token') ?? '');
  if (!grant || grant.isRevoked || grant.client !== client || grant.dataCenter !== place.dataCenter)
    return refusal('invalid_code');
  const isRenewed = faults.some(({ name }) => name === 'new_refresh_token');
  const renewed = isRenewed ? world.registry.addGrant(grant) : undefined;
  return issue(grant, renewed?.refreshToken, world, faults);
}

function exchange(call: Call, place: Place, client: Client, world: World, faults: readonly ActiveFault[]): Reply {
  const code = parameter(call, 'code') ?? '';
  const granted = world.codes.get(code);
  if (
    !granted ||
    world.now() >= granted.expiresAt ||
    granted.client !== client ||
    granted.dataCenter !== place.dataCenter
  )
    return refusal('invalid_code');
  if (granted.redirectUri && parameter(call, 'redirect_uri') !== granted.redirectUri)
    return refusal('invalid_redirect_uri');
  world.codes.delete(code);
  const grant = world.registry.addGrant(granted, granted.isOffline);
  return issue(grant, grant.refreshToken, world, faults);
}

/** Issues a token and answers with it, both as the faults distort them. */
function issue(grant: Grant, refreshToken: string | undefined, world: World, faults: readonly ActiveFault[]): Reply {
  let minting: Minting = {};
  for (const { name, argument } of faults)
    minting = { ...minting, ...zohoFaults[name].mint?.(minting.scopes ?? grant.scopes, argument) };
  const token = world.registry.mint(grant, world.now(), minting);
  let answer: Record<string, unknown> = fieldsOf(token);
  for (const { name } of faults) answer = { ...answer, ...zohoFaults[name].fields?.(token) };
  return json(200, { ...answer, ...(refreshToken ? { refresh_token: refreshToken } : {}) }, 'issued');
}

function fieldsOf(token: AccessToken) {
  return {
    access_token: token.accessToken,
    scope: token.scopes.join(' '),
    api_domain: `https://www.${apiDomainOf(token.grant.dataCenter)}`,
    token_type: tokenAnswer.token_type,
    expires_in: (token.expiresAt - token.issuedAt) / 1000,
  };
}

/** The limit holds per refresh token; per client if that is unknown or there is none. */
function throttleKey(call: Call, world: World): string {
  const refreshToken = parameter(call, 'refresh_token');
  const isKnown = refreshToken && world.registry.grant(refreshToken);
  return isKnown ? `token ${refreshToken}` : `client ${clientCredentials(call).clientId}`;
}
