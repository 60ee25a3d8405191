import { accountsHost, type DataCenter } from '../../lambda/connections/data-centers.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { type FailureCode, RefreshError } from '../../lambda/failure.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import type { SecretText } from '../../lambda/secret-text.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import { proveToken } from '../../lambda/zoho/prove-token.ts';
import { type IssuedToken, readRefreshToken, readTokenAnswer } from '../../lambda/zoho/token-answer.ts';
import type { Outcome } from '../command.ts';
import { Refusal } from '../faults.ts';
import type { Place } from '../place/place.ts';
import { remedyFor, remedyHere } from '../remedies.ts';
import { findOtherOwner, storeCredentials } from '../stored/stored.ts';

export type OAuthClient = { readonly clientId: string; readonly clientSecret: SecretText };

export type Exchange = OAuthClient & {
  readonly code: SecretText;
  /** Of the consent page; a self client's code has neither. */
  readonly browser?: { readonly redirectUri: string; readonly verifier: string };
};

/** An issued token that came with what lasts. */
export type Grant = IssuedToken & { readonly refreshToken: SecretText };

/** Zoho's refusals of an exchange, which mean something else than those of a refresh. */
const refusals: Readonly<Partial<Record<FailureCode, readonly [problem: string, fix: string]>>> = {
  invalid_code: [
    'Zoho refuses the code: used already, expired (it lives two minutes, that of a self client three to ten), or of another client',
    'run the command again with a fresh code',
  ],
  invalid_client: [
    'Zoho does not know this client',
    'compare the client id, and data_center in connections.json, with the API console',
  ],
  invalid_client_secret: ['the client secret is wrong', 'copy it again from the API console of this client'],
  rate_limited: ['Zoho throttles this client', 'wait 15 minutes without any try, then run the command again'],
};

/**
 * Exchanges a code for a refresh token: the authorization_code grant. Nothing is stored.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 | RFC 6749 §4.1.3}
 */
export async function exchangeCode(callZoho: CallZoho, dataCenter: DataCenter, exchange: Exchange): Promise<Grant> {
  const { clientId, clientSecret, code, browser } = exchange;
  const host = accountsHost(dataCenter);
  try {
    const { status, body } = await callZoho({
      host,
      method: 'POST',
      path: '/oauth/v2/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        client_secret: clientSecret.reveal(),
        code: code.reveal(),
        ...(browser === undefined ? {} : { redirect_uri: browser.redirectUri, code_verifier: browser.verifier }),
      }).toString(),
    });
    if (parseObject(body)?.error === 'invalid_redirect_uri') {
      const fix =
        browser === undefined
          ? 'use the Self Client of the API console: a self client has no redirect URI'
          : `register ${browser.redirectUri} for this client in the API console, letter for letter`;
      throw new Refusal('Zoho refuses the redirect URI', fix);
    }
    const token = readTokenAnswer(status, body, [clientSecret, code]);
    const refreshToken = readRefreshToken(body);
    if (refreshToken !== undefined) return { ...token, refreshToken };
    const fix = 'remove this application under Connected Apps in Zoho Accounts, then run the command again';
    throw new Refusal('Zoho gave an access token and no refresh token', fix);
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    const other = [fault.message, 'look at https://status.zoho.com and try again later'] as const;
    const [problem, fix] = refusals[fault.code] ?? other;
    throw new Refusal(fault.code === 'invalid_client' ? `${problem} at ${host}` : problem, fix);
  }
}

/** Judges a fresh grant as the refresher will; only if nothing speaks against it, its credentials are stored. */
export async function keepGrant(
  place: Place,
  connection: Connection,
  client: OAuthClient,
  grant: Grant,
): Promise<Outcome> {
  const { name } = connection;
  const proof = await proveToken(place, connection, grant).catch((fault: unknown) => {
    if (fault instanceof RefreshError) throw new Refusal(fault.message, remedyHere(fault, name));
    throw fault;
  });
  const credentials = { ...client, refreshToken: grant.refreshToken };
  const owner = await findOtherOwner(place, connection, grant.refreshToken);
  if (owner !== undefined) {
    const fix = 'one refresh token belongs to one connection: consent again';
    throw new Refusal(`this refresh token is already that of ${owner}`, fix);
  }
  const stored = await storeCredentials(place, connection, credentials);
  const { settingFault, missingOptionalScopes: missing, verdict: probe } = proof;
  const program = 'npx --no-install zoho-tokens';
  const lines = [`the credentials of ${name} are proved and stored in ${stored}`];
  if (probe === 'cannot tell')
    lines.push(`note: the service itself could not be asked; \`${program} check\` tries again`);
  if (missing.length > 0) lines.push(`note: not granted, and optional: ${missing.join(', ')}`);
  if (settingFault !== undefined) lines.push(`but: ${settingFault}`, `  next: ${remedyFor('setting_mismatch', name)}`);
  lines.push(`next: \`${program} refresh ${name}\`, or wait five minutes for the next tick`);
  const json = {
    connection: name,
    stored,
    probe,
    setting_fault: settingFault ?? null,
    missing_optional_scopes: missing,
  };
  return { isFine: settingFault === undefined, lines, json };
}
