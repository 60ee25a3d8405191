import { accountsHost, type DataCenter } from '../connections/data-centers.ts';
import type { SecretText } from '../secret-text.ts';
import type { CallZoho, ZohoAnswer } from './call-zoho.ts';

/** What the refresh_token grant needs. */
export type ClientCredentials = {
  readonly clientId: string;
  readonly clientSecret: SecretText;
  readonly refreshToken: SecretText;
};

/**
 * Asks the data centre's accounts server for an access token: the refresh_token grant, whose answer is not judged yet.
 * A form body and never a query string, though Zoho's pages print the latter: addresses get logged.
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 | RFC 6749 §6}
 */
export async function requestToken(
  callZoho: CallZoho,
  dataCenter: DataCenter,
  { clientId, clientSecret, refreshToken }: ClientCredentials,
): Promise<ZohoAnswer> {
  return callZoho({
    host: accountsHost(dataCenter),
    method: 'POST',
    path: '/oauth/v2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret.reveal(),
      refresh_token: refreshToken.reveal(),
    }).toString(),
  });
}
