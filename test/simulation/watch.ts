import type { AlertFacts, RunOfLambda } from './facts.ts';
import type { Heard } from './sort-answers.ts';

/** What the oracle remembers of one connection. */
export type Watch = {
  /** What on-call believes. */
  told: 'nothing' | 'open';
  lastAlertAt: number;
  lastReminderAt: number;
  lastCode: string;
  /** The stored token about which on-call was told that it is critical. */
  criticalAbout: unknown;
  /** Escalations of the open incident, and the stored tokens that it has seen. */
  escalations: number;
  readonly tokensOfIncident: Set<unknown>;
  /** States that may be told once more: a run died, or was not answered, between publishing and recording. */
  readonly mayRepeat: Set<AlertFacts['state']>;
  /** Undisturbed ticks since the last disturbance. */
  quietTicks: number;
  /** Set by a human's fix, until the first undisturbed tick after it is over. */
  fixedAt: number | undefined;
  /** Kinds of failure that the system heard of since the last good token was stored. */
  readonly heard: Set<Heard>;
  /** When each failure code was last heard of. */
  readonly heardCodes: Map<string, number>;
  wasUsable: boolean;
  tokenStoredAt: number;
  readonly writes: number[];
};

export function startWatch(): Watch {
  return {
    told: 'nothing',
    lastAlertAt: 0,
    lastReminderAt: 0,
    lastCode: '',
    criticalAbout: 'never told',
    escalations: 0,
    tokensOfIncident: new Set(),
    mayRepeat: new Set(),
    quietTicks: 0,
    fixedAt: undefined,
    heard: new Set(),
    heardCodes: new Map(),
    wasUsable: false,
    tokenStoredAt: 0,
    writes: [],
  };
}

/** What one run was seen to do about one connection. */
export type Deeds = {
  hears: Heard | undefined;
  readonly published: AlertFacts['state'][];
  hasRecordedSincePublishing: boolean;
  publishFailed: boolean;
  recordFailed: boolean;
  /** A write failed, and none succeeded after it. */
  writeFailed: boolean;
  /** A refresh token that Zoho gave in place of the one that was sent, until it is stored. */
  newRefreshToken: string | undefined;
};

export function startDeeds(): Deeds {
  return {
    hears: undefined,
    published: [],
    hasRecordedSincePublishing: true,
    publishFailed: false,
    recordFailed: false,
    writeFailed: false,
    newRefreshToken: undefined,
  };
}

/** A throttle answer, and who heard it. */
export type HeardThrottle = { readonly at: number; readonly run: RunOfLambda };
