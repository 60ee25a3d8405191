import { accountsHost } from '../../lambda/connections/data-centers.ts';
import { type Call, parameter } from './call.ts';
import { consentErrorPage, consentPage } from './consent-page.ts';
import { codeLifeSeconds } from './grant-codes.ts';
import type { Client } from './grants.ts';
import type { Place } from './hosts.ts';
import { html, type Reply, redirect } from './reply.ts';
import { scopeExists } from './scopes.ts';
import type { World } from './world.ts';

/** Consent of one user, and of an organisation by its admin. */
export const consentPaths = ['/oauth/v2/auth', '/oauth/v2/org/auth'];

/** The one user of the stand-in; refresh tokens are counted per user and client. */
export const onlyUser = 'owner';

type ConsentRequest = { client: Client; scopes: string[]; redirectUri: URL };

/**
 * Answers the consent address: GET shows the page, POST takes the decision and goes back to the application with a
 * code or with `error=access_denied`. PKCE parameters are ignored.
 */
export function answerConsent(call: Call, place: Place, world: World): Reply {
  const request = readRequest(call, place, world);
  if (typeof request === 'string') return consentErrorPage(request);
  if (call.method === 'GET') {
    const action = `/${call.host}${call.path}?${call.query}`;
    return consentPage(action, request.client.clientId, request.scopes);
  }
  const decision = call.method === 'POST' ? parameter(call, 'decision') : undefined;
  if (decision === 'grant') return goBack(request, call, granted(request, call, place, world), 'granted');
  if (decision === 'deny') return goBack(request, call, { error: 'access_denied' }, 'access_denied');
  return html(400, '<h1>Bad request</h1>', 'no_decision');
}

/** What is wrong with the scopes; `undefined` if they can be granted together. */
export function scopeFault(scopes: readonly string[], prefix: Client['prefix']): string | undefined {
  if (scopes.length === 0 || !scopes.every(scopeExists)) return 'invalid_scope';
  const apps = new Set(scopes.map((scope) => scope.split('.')[0]?.toLowerCase()));
  return prefix === '1005.' && apps.size > 1 ? 'invalid_scope' : undefined;
}

/** Returns the request, or the error for the user to see. */
function readRequest({ query, path }: Call, place: Place, world: World): ConsentRequest | string {
  const client = world.registry.client(query.get('client_id') ?? '');
  const prefix = path === '/oauth/v2/org/auth' ? '1005.' : '1000.';
  if (!client?.secrets.has(place.dataCenter) || client.prefix !== prefix) return 'client ID does not exist';
  const redirectUri = query.get('redirect_uri') ?? '';
  const target = URL.parse(redirectUri);
  if (!target || !client.redirectUris.includes(redirectUri)) return 'invalid_redirect_uri';
  if (query.get('response_type') !== 'code') return 'invalid response type';
  const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '');
  return scopeFault(scopes, client.prefix) ?? { client, scopes, redirectUri: target };
}

/** A refresh token comes with offline access, and on a second consent only if that was asked for in words. */
function granted(
  request: ConsentRequest,
  { query }: Call,
  { dataCenter }: Place,
  world: World,
): Record<string, string> {
  const { client, scopes } = request;
  const isFirst = world.registry.liveGrants(client, onlyUser).length === 0;
  const code = world.codes.add({
    client,
    dataCenter,
    scopes,
    user: onlyUser,
    portal: world.portalOf(client),
    redirectUri: query.get('redirect_uri') ?? '',
    isOffline: query.get('access_type') === 'offline' && (isFirst || query.get('prompt') === 'consent'),
    expiresAt: world.now() + codeLifeSeconds * 1000,
  });
  return { code, location: dataCenter, 'accounts-server': `https://${accountsHost(dataCenter)}` };
}

function goBack(
  { redirectUri }: ConsentRequest,
  { query }: Call,
  parameters: Record<string, string>,
  outcome: string,
): Reply {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  const state = query.get('state');
  if (state !== null) target.searchParams.set('state', state);
  return redirect(target.href, outcome);
}
