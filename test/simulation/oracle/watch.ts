import type { AlertFacts } from '../world/facts.ts';
import type { Heard } from './sort-answers.ts';

/** The worst that on-call knows of an incident. */
export type Told = {
  /** VersionId of the stored token that the line is about. */
  version: string | undefined;
  /** 0, 1 critical, 2 nothing usable. */
  line: number;
  /** Urgency of the kind of failure, as `urgencyOf` counts it. */
  urgency: number;
  /** The same as far as it is on record that the alert was sent: what stands if a later one is told once more. */
  sureUrgency: number;
};

/** What the oracle remembers of one connection. */
export type Watch = {
  /** What on-call believes. */
  told: 'nothing' | 'open';
  worstTold: Told;
  lastAlertAt: number;
  lastCode: string;
  lastReminderAt: number;
  /** The stored token about which on-call was told that it is critical. */
  criticalAbout: unknown;
  /** The alert that a run has claimed and that nobody has published since. */
  claimed: AlertFacts['state'] | undefined;
  /** An opening was claimed and never published: the fault may be over before SNS takes a word of it. */
  owesOpen: boolean;
  /** When the last first claim was made, as the record says it. */
  lastClaim: string | undefined;
  /** States that may be told once more: a run died, or was not answered, between publishing and recording. */
  readonly mayRepeat: Set<AlertFacts['state']>;
  /** Undisturbed ticks since the last disturbance, and the slot of the last of them. */
  quietTicks: number;
  quietSlot: string | undefined;
  /** Set by a human's fix, until the first undisturbed tick after it is over. */
  fixedAt: number | undefined;
  /** Kinds of failure that the system heard of since the last good token was stored. */
  readonly heard: Set<Heard>;
  /** When each failure code was last heard of. */
  readonly heardCodes: Map<string, number>;
  wasUsable: boolean;
  tokenStoredAt: number;
  /** The alert that the newest record claims, and the claim's text: to know a record that claims or marks as sent. */
  claimOnRecord: AlertFacts['state'] | undefined;
  lastClaimText: string;
  /** Versions of the last 24 hours. */
  readonly writes: {
    readonly at: number;
    readonly isOfTick: boolean;
    readonly isToken: boolean;
    readonly isOfAlert: boolean;
    readonly isOfOperator: boolean;
  }[];
};

export function startWatch(): Watch {
  return {
    told: 'nothing',
    worstTold: nothingTold(),
    lastAlertAt: 0,
    lastCode: '',
    lastReminderAt: 0,
    criticalAbout: 'never told',
    claimed: undefined,
    owesOpen: false,
    lastClaim: undefined,
    mayRepeat: new Set(),
    quietTicks: 0,
    quietSlot: undefined,
    fixedAt: undefined,
    heard: new Set(),
    heardCodes: new Map(),
    wasUsable: false,
    tokenStoredAt: 0,
    claimOnRecord: undefined,
    lastClaimText: 'null',
    writes: [],
  };
}

export function nothingTold(): Told {
  return { version: undefined, line: 0, urgency: 0, sureUrgency: 0 };
}

/** What one run was seen to do about one connection. */
export type Deeds = {
  hears: Heard | undefined;
  /** Failure codes that Zoho's refusal of this run may be told as; empty where it refused nothing. */
  refusalCodes: readonly string[];
  /** A probe of this run found the stored token dead. */
  hasFoundDead: boolean;
  readonly published: AlertFacts['state'][];
  hasRecordedSincePublishing: boolean;
  publishFailed: boolean;
  recordFailed: boolean;
  /** The record could not be read: then only this execution environment knows what it says, and what this run heard. */
  isRecordUnread: boolean;
  /** A write failed, and none succeeded after it. */
  writeFailed: boolean;
  /** A refresh token that Zoho gave in place of the one that was sent, until it is stored. */
  newRefreshToken: string | undefined;
};

export function startDeeds(): Deeds {
  return {
    hears: undefined,
    refusalCodes: [],
    hasFoundDead: false,
    published: [],
    hasRecordedSincePublishing: true,
    publishFailed: false,
    recordFailed: false,
    isRecordUnread: false,
    writeFailed: false,
    newRefreshToken: undefined,
  };
}
