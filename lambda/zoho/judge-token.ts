import { dataCenterOfApiDomain } from '../connections/data-centers.ts';
import type { Connection } from '../connections/read-connections.ts';
import { RefreshError } from '../failure.ts';
import { missingScopes } from './scopes.ts';
import type { IssuedToken } from './token-answer.ts';

/** What judging found in a token that may be stored. */
export type Judgement = {
  /** Set where the token belongs to another data centre than the connection: stored, and told. */
  readonly settingFault: string | undefined;
  /** Optional scopes that are known to be missing: shown, never a failure. */
  readonly missingOptionalScopes: readonly string[];
};

/**
 * Judges an issued token by its connection's configuration.
 *
 * @throws {@link RefreshError} `prefix_mismatch`, `scope_mismatch`.
 */
export function judgeToken(connection: Connection, token: IssuedToken): Judgement {
  const { tokenPrefixes, requiredScopes, optionalScopes } = connection;
  if (!tokenPrefixes.includes(token.prefix)) {
    throw new RefreshError(
      'prefix_mismatch',
      `expected a token that starts with ${tokenPrefixes.join(' or ')}, found ${token.prefix}`,
    );
  }
  const missing = token.scopes === undefined ? [] : missingScopes(requiredScopes, token.scopes);
  if (missing.length > 0) {
    throw new RefreshError(
      'scope_mismatch',
      `the token lacks ${missing.join(', ')}; granted: ${printable(token.scopes ?? [])}`,
    );
  }
  const found = token.apiDomain === undefined ? undefined : dataCenterOfApiDomain(token.apiDomain);
  return {
    settingFault:
      found === undefined || found === connection.dataCenter
        ? undefined
        : `expected a token of data centre "${connection.dataCenter}", found api_domain of "${found}"`,
    missingOptionalScopes: token.scopes === undefined ? [] : missingScopes(optionalScopes, token.scopes),
  };
}

/** Granted scopes come from Zoho: only what looks like a scope is printed, and not without end. */
function printable(scopes: readonly string[]): string {
  const named = scopes.filter((scope) => /^[A-Za-z]\w{0,40}(\.\w{1,40}){1,4}$/.test(scope));
  return named.length === 0 ? 'nothing readable' : named.slice(0, 30).join(', ');
}
