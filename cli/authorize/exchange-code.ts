import { accountsHost, type DataCenter } from '../../lambda/connections/data-centers.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import type { SecretText } from '../../lambda/secret-text.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import { type IssuedToken, readRefreshToken, readTokenAnswer } from '../../lambda/zoho/token-answer.ts';
import { Refusal } from '../faults.ts';

/** What a code is exchanged with. */
export type Exchange = {
  readonly clientId: string;
  readonly clientSecret: SecretText;
  readonly code: SecretText;
  /** Of the consent page; a self client's code has neither. */
  readonly browser?: { readonly redirectUri: string; readonly verifier: string };
};

/** An issued token that came with what lasts. */
export type Grant = IssuedToken & { readonly refreshToken: SecretText };

/**
 * Exchanges a code for a refresh token: the authorization_code grant.
 *
 * @throws {@link Refusal} with what to do; nothing is stored.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 | RFC 6749 §4.1.3}
 */
export async function exchangeCode(
  callZoho: CallZoho,
  dataCenter: DataCenter,
  { clientId, clientSecret, code, browser }: Exchange,
): Promise<Grant> {
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
    if (parseObject(body)?.error === 'invalid_redirect_uri') throw wrongRedirectUri(browser?.redirectUri);
    const token = readTokenAnswer(status, body, [clientSecret, code]);
    const refreshToken = readRefreshToken(body);
    if (refreshToken === undefined) throw noRefreshToken();
    return { ...token, refreshToken };
  } catch (fault) {
    throw fault instanceof RefreshError ? explained(fault, host) : fault;
  }
}

function wrongRedirectUri(redirectUri: string | undefined): Refusal {
  return new Refusal(
    'Zoho refuses the redirect URI',
    redirectUri === undefined
      ? 'use the Self Client of the API console: a self client has no redirect URI'
      : `register ${redirectUri} for this client in the API console, letter for letter`,
  );
}

function noRefreshToken(): Refusal {
  return new Refusal(
    'Zoho gave an access token and no refresh token',
    'remove this application under Connected Apps in Zoho Accounts, then run the command again',
  );
}

/** Zoho's refusals of an exchange, which mean something else than those of a refresh. */
function explained(fault: RefreshError, host: string): Refusal {
  switch (fault.code) {
    case 'invalid_code':
      return new Refusal(
        'Zoho refuses the code: used already, expired (it lives two minutes, that of a self client three to ten), or of another client',
        'run the command again with a fresh code',
      );
    case 'invalid_client':
      return new Refusal(
        `Zoho does not know this client at ${host}`,
        'compare the client id, and data_center in connections.json, with the API console',
      );
    case 'invalid_client_secret':
      return new Refusal('the client secret is wrong', 'copy it again from the API console of this client');
    case 'rate_limited':
      return new Refusal('Zoho throttles this client', 'wait 15 minutes without any try, then run the command again');
    default:
      return new Refusal(fault.message, 'look at https://status.zoho.com and try again later');
  }
}
