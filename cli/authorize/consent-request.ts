import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { Refusal } from '../faults.ts';

/** What one consent is bound to; made anew for each, never written down, and longer than RFC 7636 asks for. */
export function createConsentSecrets() {
  const secret = () => randomBytes(32).toString('base64url');
  return {
    /** Comes back with the answer: an answer without it belongs to another consent. */
    state: secret(),
    /** Goes with the exchange: a code that was caught on its way is of no use without it. */
    verifier: secret(),
  };
}

/**
 * Path and query of the consent page on the data centre's accounts server.
 *
 * Zoho gives a refresh token for `access_type=offline` only, and on a second consent only for `prompt=consent`. It
 * documents no PKCE for web clients and ignores what it does not know; should it come, the challenge is there.
 *
 * @param consent.isOrganisation - Consent of a whole organisation by its admin, for clients of the kind `1005.`.
 * @see {@link https://www.zoho.com/accounts/protocol/oauth/web-apps/authorization.html | Zoho: authorization request}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.3 | RFC 7636 §4.3}
 */
export function consentPath(
  consent: { clientId: string; scopes: readonly string[]; redirectUri: string; isOrganisation: boolean },
  { state, verifier }: ReturnType<typeof createConsentSecrets>,
): string {
  const { clientId, scopes, redirectUri, isOrganisation } = consent;
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    scope: scopes.join(','),
    redirect_uri: redirectUri,
    access_type: 'offline',
    prompt: 'consent',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${isOrganisation ? '/oauth/v2/org/auth' : '/oauth/v2/auth'}?${query}`;
}

/** Names that only guides have, and the scope of Zoho's that gives the same. Asking for one ends the consent at once. */
const realNames: Readonly<Record<string, string>> = { 'desk.departments.read': 'Desk.basic.READ' };

/** Families of scopes that do not exist, and what was meant. */
const unreal: readonly (readonly [pattern: RegExp, meant: string])[] = [
  [/^ZohoSalesIQ\./i, 'SalesIQ.'],
  [/^SalesIQ\.chats\./i, 'SalesIQ.conversations.'],
];

/**
 * The scopes to ask consent for: those of connections.json, optional ones too, under names that Zoho knows.
 *
 * @throws {@link Refusal} for a name that Zoho does not know and whose like no token could cover.
 */
export function consentScopes({ name, requiredScopes, optionalScopes }: Connection): string[] {
  const asked = [...requiredScopes, ...optionalScopes].map((scope) => {
    for (const [pattern, meant] of unreal) {
      if (!pattern.test(scope)) continue;
      const fix = `write ${scope.replace(pattern, meant)} for ${name} in connections.json, and deploy it`;
      throw new Refusal(`Zoho has no scope ${scope}`, fix);
    }
    return realNames[scope.toLowerCase()] ?? scope;
  });
  return [...new Set(asked)];
}
