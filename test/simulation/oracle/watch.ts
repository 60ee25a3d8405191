import type { AlertEvent } from '../../../lambda/incident/alert.ts';
import type { RunOfLambda } from '../world/facts.ts';

/** How Zoho's answers sort. */
export type Heard = 'issued' | 'operator' | 'throttle' | 'transient';

type AlertState = AlertEvent['state'];

/** What the oracle remembers of one connection. */
export class Watch {
  told: 'nothing' | 'open' = 'nothing';
  worstTold = nothingTold();
  lastAlertAt = 0;
  lastCode = '';
  lastReminderAt = 0;
  /** The stored token about which on-call was alerted that it is critical. */
  criticalAbout: unknown = 'never told';
  /** The alert that a run has claimed and that nobody has published since. */
  claimed: AlertState | undefined;
  /** An opening was claimed and never published: the fault may be over before SNS takes a word of it. */
  owesOpen = false;
  /** When the last first claim was made, as the record says it. */
  lastClaim: string | undefined;
  /** States that may be told once more: a run died, or was not answered, between publishing and recording. */
  readonly mayRepeat = new Set<AlertState>();
  /** Undisturbed ticks since the last disturbance, and the slot of the last of them. */
  quietTicks = 0;
  quietSlot: string | undefined;
  /** Set by a human's fix, until the first undisturbed tick after it is over. */
  fixedAt: number | undefined;
  /** Kinds of failure that the system heard of since the last good token was stored. */
  readonly heard = new Set<Heard>();
  readonly heardCodes = new Map<string, number>();
  wasUsable = false;
  tokenStoredAt = 0;
  /** The alert that the newest record claims, and the claim's text: to know a record that claims or marks as sent. */
  claimOnRecord: AlertState | undefined;
  lastClaimText = 'null';
  /** Versions of the last 24 hours. */
  readonly writes: { at: number; run: RunOfLambda; isToken: boolean; isOfAlert: boolean }[] = [];
  /** Token requests of the last ten minutes, by refresh token. */
  readonly requests = new Map<string, { at: number; run: RunOfLambda }[]>();
  /** When Zoho asked for silence, and who heard it, by refresh token. */
  readonly throttles = new Map<string, { at: number; run: RunOfLambda }>();
}

/** The worst that on-call knows of an incident. */
export function nothingTold() {
  return {
    /** VersionId of the stored token that the line is about. */
    version: undefined as string | undefined,
    /** 0, 1 critical, 2 nothing usable. */
    line: 0,
    /** Urgency of the kind of failure, as `urgencyOf` counts it. */
    urgency: 0,
    /** The same as far as it is on record that the alert was sent: what stands if a later one is sent once more. */
    sureUrgency: 0,
  };
}

/** What one run was seen to do about one connection. */
export class Deeds {
  hears: Heard | undefined;
  /** Failure codes that Zoho's refusal of this run may be told as; empty where it refused nothing. */
  refusalCodes: readonly string[] = [];
  hasFoundDead = false;
  readonly published: AlertState[] = [];
  hasRecordedSincePublishing = true;
  publishFailed = false;
  recordFailed = false;
  /** The record could not be read: then only this execution environment knows what it says, and what this run heard. */
  isRecordUnread = false;
  /** A write failed, and none succeeded after it. */
  writeFailed = false;
  /** A refresh token that Zoho gave in place of the one that was sent, until it is stored. */
  newRefreshToken: string | undefined;
}
