import { escapeHtml } from '../../cli/authorize/callback-page.ts';
import { accountsHost } from '../../lambda/connections/data-centers.ts';
import type { ActiveFault } from '../faults/zoho-faults.ts';
import { type Call, type Place, parameter } from './call.ts';
import { scopeFault } from './known-scopes.ts';
import { html, type Reply, redirect } from './reply.ts';
import { addCode, type World } from './zoho-world.ts';

/** Consent of one user, and of an organisation by its admin. */
export const consentPaths = ['/oauth/v2/auth', '/oauth/v2/org/auth'];

/** A grant code of the consent page lives two minutes. */
const codeLifeSeconds = 120;

/**
 * Answers the consent address: GET shows the page, POST takes the decision and goes back to the application with a
 * code or with an error, e.g. `access_denied`. PKCE parameters are ignored.
 */
export function answerConsent(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  const request = readRequest(call, place, world);
  if (typeof request === 'string') return html(400, `<h1>Error Occurred</h1><p>${escapeHtml(request)}</p>`, request);
  if (call.method === 'GET') {
    const action = `/${call.host}${call.path}?${call.query}`;
    return consentPage(action, request.client.clientId, request.scopes);
  }
  const goBack = (outcome: string, parameters: Record<string, string> = { error: outcome }): Reply => {
    const target = new URL(request.redirectUri);
    for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
    const state = call.query.get('state');
    if (state !== null) target.searchParams.set('state', state);
    return redirect(target.href, outcome);
  };
  const decision = call.method === 'POST' ? parameter(call, 'decision') : undefined;
  if (decision === 'deny') return goBack('access_denied');
  if (decision !== 'grant') return html(400, '<h1>Bad request</h1>', 'no_decision');
  if (faults.some(({ name }) => name === 'no_org')) return goBack('no_org');
  const { client, scopes } = request;
  const { dataCenter } = place;
  const isFirst = world.registry.liveGrants(client).length === 0;
  const code = addCode(world, {
    client,
    dataCenter,
    scopes,
    portal: world.registry.portalOf(client),
    redirectUri: call.query.get('redirect_uri') ?? '',
    // A refresh token comes with offline access, and on a second consent only if that was asked for in words.
    isOffline: call.query.get('access_type') === 'offline' && (isFirst || call.query.get('prompt') === 'consent'),
    expiresAt: world.now() + codeLifeSeconds * 1000,
  });
  return goBack('granted', { code, location: dataCenter, 'accounts-server': `https://${accountsHost(dataCenter)}` });
}

/** Returns the request, or the error for the user to see. */
function readRequest({ query, path }: Call, place: Place, world: World) {
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
