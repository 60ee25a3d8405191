import type { Credentials } from '../lambda/aws/credentials-secret.ts';
import type { DataCenter } from '../lambda/connections/data-centers.ts';
import type { CallZoho } from '../lambda/zoho/call-zoho.ts';
import { requestToken } from '../lambda/zoho/request-token.ts';
import { type IssuedToken, readTokenAnswer } from '../lambda/zoho/token-answer.ts';

/**
 * Asks Zoho for one access token, to prove credentials that are not stored yet.
 *
 * @throws RefreshError with the code of Zoho's refusal, or of the fault on the way.
 */
export async function refreshOnce(
  callZoho: CallZoho,
  dataCenter: DataCenter,
  credentials: Credentials,
): Promise<IssuedToken> {
  const { status, body } = await requestToken(callZoho, dataCenter, credentials);
  return readTokenAnswer(status, body, [credentials.clientSecret, credentials.refreshToken]);
}
