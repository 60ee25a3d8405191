import type { SecretVersion } from './aws/secret-versions.ts';
import { parseTokenDocument, type TokenDocument } from './aws/token-document.ts';
import { criticalAtLifeLeft, longestLifetimeSeconds, refreshAtLifeLeft, warnAtLifeLeft } from './settings.ts';

/** What apps would read at this moment. */
export type StoredToken = {
  /** VersionId of AWSCURRENT. */
  readonly versionId: string;
  /** `undefined` if nothing, or no token document, is stored. */
  readonly document: TokenDocument | undefined;
  /** Whether a probe found this very version dead. */
  readonly isFoundDead: boolean;
};

/** Life left, in milliseconds; 0 if nothing usable is stored. */
export function lifeLeftMilliseconds(stored: StoredToken, now: Date): number {
  const { document, isFoundDead } = stored;
  if (document === undefined || isFoundDead) return 0;
  const left = document.expiresAt.getTime() - now.getTime();
  // A Zoho access token never lives more than a day: somebody else wrote this one.
  if (Math.max(left, lifetimeMilliseconds(document)) > longestLifetimeSeconds * 1000) return 0;
  return Math.max(0, left);
}

/** Life left as a fraction of the token's own lifetime; 0 if nothing usable is stored. */
export function lifeLeftFraction(stored: StoredToken, now: Date): number {
  if (stored.document === undefined) return 0;
  return lifeLeftMilliseconds(stored, now) / Math.max(1, lifetimeMilliseconds(stored.document));
}

/** Whether an app that reads the token now can use it. */
export function isUsable(stored: StoredToken, now: Date): boolean {
  return lifeLeftMilliseconds(stored, now) > 0;
}

/** Whether it is usable and was stored with no fault found: what ends an incident. */
export function isFaultless(stored: StoredToken, now: Date): boolean {
  return isUsable(stored, now) && stored.document?.hasSettingFault === false;
}

/** What a version of the token secret gives apps, as long as no probe has said otherwise. */
export function storedTokenOf({ versionId, text }: SecretVersion): StoredToken {
  return { versionId, document: parseTokenDocument(text), isFoundDead: false };
}

/** Since when a token has been due: two thirds of its life before its end. Without a token that could tell, from now. */
export function dueSince({ document, isFoundDead }: StoredToken, now: Date): Date {
  if (document === undefined || isFoundDead) return now;
  const due = document.expiresAt.getTime() - refreshAtLifeLeft * lifetimeMilliseconds(document);
  return new Date(Math.min(now.getTime(), due));
}

/** The lines that a dying token crosses, in order. */
export const lifeLines = ['enough', 'warning', 'critical', 'expired'] as const;
export type LifeLine = (typeof lifeLines)[number];

/** The last line that the stored token has crossed: `warning` at a third of its life, `critical` at a sixth. */
export function lifeLineOf(stored: StoredToken, now: Date): LifeLine {
  const fraction = lifeLeftFraction(stored, now);
  if (fraction === 0) return 'expired';
  if (fraction <= criticalAtLifeLeft) return 'critical';
  return fraction <= warnAtLifeLeft ? 'warning' : 'enough';
}

function lifetimeMilliseconds({ issuedAt, expiresAt }: TokenDocument): number {
  return expiresAt.getTime() - issuedAt.getTime();
}
