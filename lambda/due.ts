import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import type { Incident } from './incident/record.ts';
import { refreshAtLifeLeft } from './settings.ts';
import { lifeLeftFraction, type StoredToken } from './stored-token.ts';

/**
 * Whether a connection needs a new token: two thirds of the life or less are left, nothing usable is stored, the
 * configuration changed, or a failure that keeps tokens from being made is not over.
 */
export function isDue(
  connection: Connection,
  stored: StoredToken,
  standing: Incident | undefined,
  now: Date,
): boolean {
  if (lifeLeftFraction(stored, now) <= refreshAtLifeLeft) return true;
  const configuration = stored.document?.configuration;
  if (configuration !== undefined && configuration !== configurationHash(connection)) return true;
  return standing !== undefined && standing.kind !== 'setting';
}

/**
 * Whether the stored token is probed on this tick.
 *
 * Told from the slot alone, so that it needs no memory: the first tick of each interval.
 *
 * @param probeInterval - Milliseconds; 0 for never.
 */
export function isProbeSlot(slot: Date, tickInterval: number, probeInterval: number): boolean {
  return probeInterval > 0 && slot.getTime() % probeInterval < tickInterval;
}

/** A passing fault counts from when the token became due; without a token that could tell, from now. */
export function dueSince({ document, isFoundDead }: StoredToken, now: Date): Date {
  if (document === undefined || isFoundDead) return now;
  const { issuedAt, expiresAt } = document;
  const lifetime = expiresAt.getTime() - issuedAt.getTime();
  const due = expiresAt.getTime() - refreshAtLifeLeft * lifetime;
  return new Date(Math.min(now.getTime(), due));
}
