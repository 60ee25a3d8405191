import { accountsHost } from '../../lambda/connections/data-centers.ts';
import type { ActiveFault } from '../faults/zoho-faults.ts';
import { type Call, type Place, parameter } from './call.ts';
import type { Client } from './grants.ts';
import { scopeFault } from './known-scopes.ts';
import { escapeHtml, html, type Reply, redirect } from './reply.ts';
import { addCode, type World } from './zoho-world.ts';

/** Consent of one user, and of an organisation by its admin. */
export const consentPaths = ['/oauth/v2/auth', '/oauth/v2/org/auth'];

/** A grant code of the consent page lives two minutes. */
const codeLifeSeconds = 120;

type ConsentRequest = { client: Client; scopes: string[]; redirectUri: URL };

/**
 * Answers the consent address: GET shows the page, POST takes the decision and goes back to the application with a
 * code or with an error, e.g. `access_denied`. PKCE parameters are ignored.
 */
export function answerConsent(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  const request = readRequest(call, place, world);
  if (typeof request === 'string') return errorPage(request);
  if (call.method === 'GET') {
    const action = `/${call.host}${call.path}?${call.query}`;
    return consentPage(action, request.client.clientId, request.scopes);
  }
  const decision = call.method === 'POST' ? parameter(call, 'decision') : undefined;
  if (decision === 'deny') return goBack(request, call, { error: 'access_denied' }, 'access_denied');
  if (decision !== 'grant') return html(400, '<h1>Bad request</h1>', 'no_decision');
  const isWithoutAccount = faults.some(({ name }) => name === 'no_org');
  if (isWithoutAccount) return goBack(request, call, { error: 'no_org' }, 'no_org');
  return goBack(request, call, granted(request, call, place, world), 'granted');
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
  { client, scopes }: ConsentRequest,
  { query }: Call,
  { dataCenter }: Place,
  world: World,
): Record<string, string> {
  const isFirst = world.registry.liveGrants(client).length === 0;
  const code = addCode(world, {
    client,
    dataCenter,
    scopes,
    portal: world.registry.portalOf(client),
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

/** The page on which a user grants or denies; it has no script, and each form posts the decision back. */
function consentPage(action: string, clientId: string, scopes: readonly string[]): Reply {
  const form = (decision: string, label: string) =>
    `<form method="post" action="${escapeHtml(action)}"><input type="hidden" name="decision" value="${decision}">` +
    `<button type="submit">${label}</button></form>`;
  const items = scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('');
  return html(
    200,
    `<h1>Stand-in for Zoho Accounts</h1><p>${escapeHtml(clientId)} asks for:</p><ul>${items}</ul>` +
      form('grant', 'Accept') +
      form('deny', 'Reject'),
    'consent_page',
  );
}

/** The page that the user sees if Zoho does not go back to the application. */
function errorPage(error: string): Reply {
  return html(400, `<h1>Error Occurred</h1><p>${escapeHtml(error)}</p>`, error);
}
