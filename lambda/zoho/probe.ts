import { serviceHost } from '../connections/data-centers.ts';
import type { Connection } from '../connections/read-connections.ts';
import { RefreshError } from '../failure.ts';
import type { SecretText } from '../secret-text.ts';
import type { CallZoho } from './call-zoho.ts';
import { chooseProbe } from './choose-probe.ts';
import { type ProbeVerdict, readProbeAnswer } from './probe-answer.ts';

/**
 * Asks the service itself whether it accepts a token, by a read that changes nothing.
 *
 * @param scopes - What the token is known to hold; `undefined` where Zoho named no scopes.
 * @returns A verdict; whatever goes wrong on the way is `cannot tell`, for a probe never makes things worse.
 */
export async function probeToken(
  callZoho: CallZoho,
  connection: Connection,
  accessToken: SecretText,
  scopes: readonly string[] | undefined,
): Promise<ProbeVerdict> {
  const probe = chooseProbe(connection, scopes);
  const host = serviceHost(connection.service, connection.dataCenter);
  if (probe === undefined || host === undefined)
    return { verdict: 'cannot tell', reason: 'no harmless read' };
  try {
    const answer = await callZoho({
      host,
      method: 'GET',
      path: probe.path,
      headers: { ...probe.headers, authorization: `Zoho-oauthtoken ${accessToken.reveal()}` },
    });
    return readProbeAnswer(connection.service, probe, answer);
  } catch (fault) {
    if (fault instanceof RefreshError) return { verdict: 'cannot tell', reason: fault.message };
    throw fault;
  }
}
