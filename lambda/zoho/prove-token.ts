import { setTimeout } from 'node:timers/promises';
import { dataCenterOfApiDomain } from '../connections/data-centers.ts';
import type { Connection } from '../connections/read-connections.ts';
import { RefreshError } from '../failure.ts';
import { secondProbeMilliseconds } from '../settings.ts';
import type { CallZoho } from './call-zoho.ts';
import { probeToken } from './probe.ts';
import { missingScopes } from './scopes.ts';
import type { ProbeVerdict } from './services/service.ts';
import { services } from './services.ts';
import type { IssuedToken } from './token-answer.ts';

/** What is known of a token that may be stored. */
export type Proof = {
  readonly verdict: ProbeVerdict['verdict'];
  /** Set if the token may be stored but a setting is wrong. */
  readonly settingFault: string | undefined;
  /** Optional scopes that are known to be missing: shown, never a failure. */
  readonly missingOptionalScopes: readonly string[];
};

/** The way to Zoho, and how to wait before the second probe. */
type Ask = { readonly callZoho: CallZoho; readonly pause?: (milliseconds: number) => Promise<void> };

/**
 * Judges a token that was issued seconds ago: by its connection's configuration, and by what the service itself says.
 * @throws {@link RefreshError} `prefix_mismatch`, `scope_mismatch`, `token_rejected`, `unexpected_response`.
 */
export async function proveToken(ask: Ask, connection: Connection, token: IssuedToken): Promise<Proof> {
  judgeToken(connection, token);
  const { verdict, reason } = await probeIssued(ask, connection, token);
  return {
    verdict,
    settingFault:
      verdict === 'wrong setting'
        ? settingMessage(connection, reason)
        : foreignDataCenter(connection, token, verdict === 'accepted'),
    missingOptionalScopes: missingOf(connection.optionalScopes, token),
  };
}

/** What a probe's "wrong setting" means, for an operator. */
export function settingMessage({ service, settings }: Connection, reason: string): string {
  const shown = Object.entries(settings).map(([key, value]) => `${key} ${value}`);
  return `${services[service].title} refuses a setting (${reason}); configured: ${shown.join(', ')}`;
}

/** Judges an issued token by its connection's configuration. */
function judgeToken({ tokenPrefixes, requiredScopes }: Connection, token: IssuedToken): void {
  if (!tokenPrefixes.includes(token.prefix)) {
    const expected = `expected a token that starts with ${tokenPrefixes.join(' or ')}`;
    throw new RefreshError('prefix_mismatch', `${expected}, found ${token.prefix}`);
  }
  const missing = missingOf(requiredScopes, token).join(', ');
  if (missing === '') return;
  throw new RefreshError('scope_mismatch', `the token lacks ${missing}; granted: ${printable(token.scopes ?? [])}`);
}

/** If Zoho names no scopes, none is known to be missing. */
function missingOf(wanted: readonly string[], { scopes }: IssuedToken): string[] {
  return scopes === undefined ? [] : missingScopes(wanted, scopes);
}

/** Granted scopes come from Zoho: only what looks like a scope is printed, and not without end. */
function printable(scopes: readonly string[]): string {
  const named = scopes.filter((scope) => /^[A-Za-z]\w{0,40}(\.\w{1,40}){1,4}$/.test(scope));
  return named.length === 0 ? 'nothing readable' : named.slice(0, 30).join(', ');
}

/** Says that an `api_domain` belongs to another data centre; the service's own word weighs more. */
function foreignDataCenter(by: Connection, { apiDomain = '' }: IssuedToken, isAccepted: boolean): string | undefined {
  const found = dataCenterOfApiDomain(apiDomain);
  if (found === undefined || found === by.dataCenter) return undefined;
  const seen = `expected a token of data centre "${by.dataCenter}", found api_domain of "${found}"`;
  return isAccepted ? `${seen}; ${services[by.service].title} accepts the token all the same` : seen;
}

/** A rejection is believed only if it is repeated, and forgotten only if the service then accepts the token. */
async function probeIssued(
  { callZoho, pause = setTimeout }: Ask,
  connection: Connection,
  token: IssuedToken,
): Promise<ProbeVerdict> {
  const { service } = connection;
  const probe = () => probeToken(callZoho, connection, token.accessToken, token.scopes);
  const first = await probe();
  const isDoubted = first.verdict === 'rejected';
  if (isDoubted) await pause(secondProbeMilliseconds);
  const { verdict, reason } = isDoubted ? await probe() : first;
  if (verdict === 'rejected') {
    const message = `${service} rejects a token issued just now, asked twice (${reason})`;
    throw new RefreshError('token_rejected', message);
  }
  if (isDoubted && verdict === 'cannot tell') {
    const message = `${service} rejected a token issued just now (${first.reason}), and then could not tell (${reason})`;
    throw new RefreshError('unexpected_response', message);
  }
  if (verdict !== 'lacks scope') return { verdict, reason };
  throw new RefreshError('scope_mismatch', `${service} says that the token lacks a scope (${reason})`);
}
