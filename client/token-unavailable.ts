import type { Incident } from './token-secret.ts';

/** Why there is no token to hand out. */
export type UnavailableReason =
  /** The secret has no token document: the connection is not set up yet. */
  | 'nothing_stored'
  /** The stored token has ended, or is about to. */
  | 'expired'
  /** Zoho refused the stored token before its end. */
  | 'rejected'
  /** The secret cannot be read, and no living token was read before. */
  | 'unreadable';

const sentences: Record<UnavailableReason, string> = {
  nothing_stored: 'the secret holds no token yet',
  expired: 'the stored token has expired',
  rejected: 'Zoho refuses the stored token',
  unreadable: 'the secret cannot be read',
};

/**
 * There is no living token. No secret is in it, however it is printed.
 *
 * Nothing an app can mend: the refresher and its on-call engineers are at it, or see `incident`. Worth a retry by the
 * app after seconds, e.g. as a 503 with `Retry-After: 30` to its own caller.
 */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly reason: UnavailableReason;
  /** Since when: the token's end, or the first refusal or failed read that this reader saw. */
  readonly since: Date;
  /** What the refresher recorded, if there is a record and it can be read. */
  readonly incident: Incident | undefined;

  constructor(
    subject: string,
    state: {
      reason: UnavailableReason;
      since: Date;
      incident?: Incident | undefined;
      /** Why the record cannot be read: then nobody knows whether an incident stands. */
      recordFault?: Error | undefined;
      /** Why the refresher could not be asked. */
      askFault?: Error | undefined;
      cause?: Error | undefined;
    },
  ) {
    const { reason, since, incident, recordFault, askFault, cause } = state;
    const readFault = cause === askFault || cause === recordFault ? undefined : cause;
    const more = [
      readFault && ` (${readFault.message})`,
      askFault && `; the refresher could not be asked (${askFault.message})`,
      recordFault && `; what the refresher recorded cannot be read (${recordFault.message})`,
      incident && `; the refresher reports ${incident.code} since ${incident.since.toISOString()}: ${incident.message}`,
    ].join('');
    super(
      `no living Zoho token for ${subject}: ${sentences[reason]} since ${since.toISOString()}${more}`,
      cause && { cause },
    );
    this.reason = reason;
    this.since = since;
    this.incident = incident;
  }
}
