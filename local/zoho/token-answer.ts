import type { FaultName } from './fault-names.ts';
import type { ActiveFault } from './faults.ts';
import type { AccessToken, Grant, Minting } from './grants.ts';
import { apiDomainOf } from './hosts.ts';
import { allows, equivalents } from './scopes.ts';
import { tokenLifeSeconds } from './token-registry.ts';

const shortLifeSeconds = 300;
const longLifeSeconds = 7 * 24 * 3600;

/** What the faults change about the token itself, so that the services see it too. */
export function mintingUnder(faults: readonly ActiveFault[], grant: Grant): Minting {
  const minting: Minting = {};
  for (const { name, argument } of faults) {
    if (name === 'wrong_prefix') minting.prefix = argument;
    if (name === 'minted_dead') minting.isDead = true;
    if (name === 'short_lifetime') minting.lifeSeconds = shortLifeSeconds;
    if (name === 'missing_scope') {
      const scopes = minting.scopes ?? grant.scopes;
      minting.scopes = scopes.filter((scope) => !allows([scope], equivalents(argument)));
    }
  }
  return minting;
}

/** The token endpoint's success body for a token, as the faults distort it. */
export function tokenAnswer(token: AccessToken, faults: readonly ActiveFault[]): Record<string, unknown> {
  let answer: Record<string, unknown> = {
    access_token: token.accessToken,
    scope: token.scopes.join(' '),
    api_domain: apiDomainOf(token.grant.dataCenter),
    token_type: 'Bearer',
    expires_in: (token.expiresAt - token.issuedAt) / 1000,
  };
  for (const { name } of faults) answer = { ...answer, ...distortions[name]?.(token) };
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined));
}

/** Fields that a fault changes; `undefined` takes the field away. */
const distortions: Partial<Record<FaultName, (token: AccessToken) => Record<string, unknown>>> = {
  no_scope: () => ({ scope: undefined }),
  comma_scopes: (token) => ({ scope: token.scopes.join(',') }),
  no_api_domain: () => ({ api_domain: undefined }),
  foreign_api_domain: (token) => ({ api_domain: apiDomainOf(token.grant.dataCenter === 'us' ? 'eu' : 'us') }),
  no_expires_in: () => ({ expires_in: undefined }),
  legacy_milliseconds: () => ({ expires_in_sec: tokenLifeSeconds, expires_in: tokenLifeSeconds * 1000 }),
  long_lifetime: () => ({ expires_in: longLifeSeconds }),
  wrong_types: (token) => ({
    access_token: [token.accessToken],
    scope: token.scopes,
    api_domain: 1,
    token_type: null,
    expires_in: '3600',
  }),
  undefined_token: () => ({ access_token: 'undefined' }),
  null_token: () => ({ access_token: null }),
};
