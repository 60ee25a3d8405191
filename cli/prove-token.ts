import type { Connection } from '../lambda/connections/read-connections.ts';
import { RefreshError } from '../lambda/failure.ts';
import { settingMessage } from '../lambda/refresh.ts';
import { judgeToken } from '../lambda/zoho/judge-token.ts';
import { probeToken } from '../lambda/zoho/probe.ts';
import type { IssuedToken } from '../lambda/zoho/token-answer.ts';
import type { Place } from './place/place.ts';

/** A token that the refresher would store; what is still worth saying about it. */
export type Proof = {
  /** Set where the token works but a setting of connections.json is wrong. */
  readonly settingFault: string | undefined;
  readonly missingOptionalScopes: readonly string[];
  /** What the service said, e.g. `accepted`. */
  readonly probe: string;
};

/**
 * Judges a token as the refresher will, and lets the service itself say whether it accepts it.
 *
 * @throws {@link RefreshError} `prefix_mismatch`, `scope_mismatch`, `token_rejected`.
 */
export async function proveToken(
  { callZoho }: Pick<Place, 'callZoho'>,
  connection: Connection,
  token: IssuedToken,
): Promise<Proof> {
  const { settingFault, missingOptionalScopes } = judgeToken(connection, token);
  const { verdict, reason } = await probeToken(callZoho, connection, token.accessToken, token.scopes);
  if (verdict === 'rejected') {
    throw new RefreshError('token_rejected', `${connection.service} rejects the new token (${reason})`);
  }
  if (verdict === 'lacks scope') {
    throw new RefreshError(
      'scope_mismatch',
      `${connection.service} says that the token lacks a scope (${reason})`,
    );
  }
  const wrongSetting = verdict === 'wrong setting' ? settingMessage(connection, reason) : undefined;
  return { settingFault: settingFault ?? wrongSetting, missingOptionalScopes, probe: verdict };
}
