import type { Connection } from '../../lambda/connections/read-connections.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import { probeToken } from '../../lambda/zoho/probe.ts';
import type { ProbeVerdict } from '../../lambda/zoho/services/service.ts';
import type { Place } from '../place/place.ts';
import type { Stored } from './read-stored.ts';

/** Asks the service about a stored token by one cheap read; `undefined` if there is no living token to ask about. */
export async function probeStored(
  { callZoho, now }: Pick<Place, 'callZoho' | 'now'>,
  connection: Connection,
  { token }: Stored,
): Promise<ProbeVerdict | undefined> {
  const { document } = token;
  const isLiving = document !== undefined && isUsable({ ...token, isFoundDead: false }, now());
  if (!isLiving) return undefined;
  return probeToken(callZoho, connection, document.accessToken, document.scopes);
}
