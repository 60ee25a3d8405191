import { createHash, randomBytes } from 'node:crypto';
import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { SecretText } from '../../lambda/secret-text.ts';
import { quoteWord, Refusal } from '../faults.ts';

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

const unreal: readonly (readonly [pattern: RegExp, meant: string])[] = [
  [/^ZohoSalesIQ\./i, 'SalesIQ.'],
  [/^SalesIQ\.chats\./i, 'SalesIQ.conversations.'],
];

/** Scopes to ask consent for, as Zoho spells them. @throws {@link Refusal} for one whose like no token could cover. */
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

/**
 * Reads the answer that the consent page sends through the browser.
 *
 * @param query - Query of the callback address; its state is known to be right.
 * @returns The code, good for one exchange at that data centre's accounts server.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 | RFC 6749 §4.1.2}
 * @see {@link https://www.zoho.com/accounts/protocol/oauth/multi-dc.html | Zoho: location and accounts-server}
 */
export function readCallback(query: URLSearchParams, dataCenter: DataCenter): SecretText {
  const error = query.get('error');
  if (error === 'access_denied')
    throw new Refusal('consent was declined on the page', 'run the command again and accept, or let an admin do it');
  if (error === 'no_org') {
    const problem = 'this Zoho user belongs to no organisation of a product that is asked for: no_org';
    const fix =
      'consent as a user who has an account in that product (for Desk, an agent of the organisation in connections.json)';
    throw new Refusal(problem, fix, 'no_org');
  }
  if (error !== null) throw new Refusal(`Zoho refused the consent: ${quoteWord(error)}`);
  refuseOtherDataCenter(query, dataCenter);
  const code = query.get('code') ?? '';
  if (code === '') throw new Refusal('the answer in the browser has no code', 'run the command again');
  return new SecretText(code);
}

/** A code is exchanged where it was issued, and a token works only there: it must be where the refresher will ask. */
function refuseOtherDataCenter(query: URLSearchParams, expected: DataCenter): void {
  const location = query.get('location');
  const server = query.get('accounts-server');
  const named = server === null ? location : dataCenterOf(server);
  if (named === undefined)
    throw new Refusal('the answer names an accounts server that does not belong to Zoho', 'run the command again');
  // Both must agree with connections.json; each may be missing.
  const foreign = [named, location].find((found) => (found ?? expected) !== expected);
  if (!foreign) return;
  throw new Refusal(
    `this account is in data centre ${quoteWord(foreign)}, but connections.json says "${expected}"`,
    'sign in with an account of that data centre, or change data_center in connections.json and deploy it',
  );
}

function dataCenterOf(server: string): DataCenter | undefined {
  const url = URL.parse(server);
  if (url?.protocol !== 'https:') return undefined;
  return dataCenters.find((dataCenter) => accountsHost(dataCenter) === url.host);
}
