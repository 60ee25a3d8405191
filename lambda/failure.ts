import { operatorWaitsMilliseconds, throttleWaitsMilliseconds } from './settings.ts';

/**
 * The closed list of what can go wrong with a connection, and for each code who acts, when to try again and what to do.
 *
 * The alert, the command line and the runbook print the remedies of this one table.
 */

/** Who ends a failure, and by that how soon on-call is alerted. */
export const failureKinds = [
  /** Only a person can end it: alerted at once. */
  'operator',
  /** The token works, one of its settings is wrong: alerted at once, never delays a refresh. */
  'setting',
  /** Zoho asked for silence: waited out, alerted when the token's life runs short. */
  'throttle',
  /** Expected to pass: tried on every tick, alerted when the token's life runs short. */
  'transient',
] as const;
export type FailureKind = (typeof failureKinds)[number];

type FailureRow = {
  readonly kind: FailureKind;
  /** `next probe` never delays a refresh; the waits are those of settings.ts. */
  readonly nextTry: 'next tick' | 'next probe' | 'operator waits' | 'throttle waits';
  /** What happened, as the alert's subject says it; follows the connection's name. */
  readonly title: string;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** The one next step; `<connection>` stands for the connection's name. */
  readonly remedy: string;
};

export const failures = {
  credentials_missing: {
    kind: 'operator',
    nextTry: 'next tick',
    title: 'has no usable credentials',
    meaning:
      'The credentials secret is absent, is not JSON, or lacks client_id, client_secret or refresh_token.',
    remedy: 'Run `npx zoho-tokens authorize <connection>` to store a complete set of credentials.',
  },
  invalid_client: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'has a client that Zoho does not know',
    meaning: 'Zoho does not know this client_id in this data centre, or the client was deleted.',
    remedy:
      'Compare client_id and data_center with the Zoho API console, then run `npx zoho-tokens authorize <connection>`.',
  },
  invalid_client_secret: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'has a wrong client secret',
    meaning: 'Zoho refuses the client_secret: it was rotated, or belongs to another client or data centre.',
    remedy:
      'Copy the client secret of this client from the Zoho API console by running `npx zoho-tokens authorize <connection>`.',
  },
  invalid_code: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'has lost its consent',
    meaning:
      'Zoho refuses the refresh token: revoked, ended by a password change or by a 21st consent, or of another client or data centre.',
    remedy: 'Give consent again with `npx zoho-tokens authorize <connection>`.',
  },
  refused: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'is refused by Zoho for a reason not known here',
    meaning:
      'Zoho refuses the refresh for good, in a word that this system does not know; the alert quotes it.',
    remedy:
      "Look the quoted word up in Zoho's OAuth documentation, check client and user in the Zoho API console, then consent again with `npx zoho-tokens authorize <connection>`.",
  },
  prefix_mismatch: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'got a token of the wrong kind of client',
    meaning: 'Zoho issued a token whose prefix is not one that connections.json allows for this connection.',
    remedy:
      'Store credentials of the right kind of client with `npx zoho-tokens authorize <connection>` (1000. user-level, 1005. organisation-level), or, if the new prefix is right, change token_prefix in connections.json and deploy.',
  },
  scope_mismatch: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'got a token that lacks a scope',
    meaning: 'The token does not cover every required scope, or the service says that it lacks one.',
    remedy:
      'Consent again with all required scopes: `npx zoho-tokens authorize <connection>`; if one is not needed, take it out of required_scopes in connections.json and deploy.',
  },
  token_rejected: {
    kind: 'operator',
    nextTry: 'operator waits',
    title: 'gets tokens that the service rejects',
    meaning: 'Zoho issued a token, but the service itself does not accept it.',
    remedy:
      'Compare data_center in connections.json with the address of the service, then consent again with `npx zoho-tokens authorize <connection>`.',
  },
  setting_mismatch: {
    kind: 'setting',
    nextTry: 'next probe',
    title: 'has a setting that the service refuses',
    meaning:
      'The token is accepted and stored, but the screen name, app, organisation or data centre in connections.json is wrong.',
    remedy:
      'Correct data_center and settings of <connection> in connections.json (`npx zoho-tokens check <connection>` shows which) and deploy.',
  },
  rate_limited: {
    kind: 'throttle',
    nextTry: 'throttle waits',
    title: 'is throttled by Zoho',
    meaning: 'Zoho answered that too many token requests were made with this refresh token.',
    remedy:
      'Find and stop whatever else uses this refresh token (a laptop, a worker, a restart loop); if it cannot be found, give <connection> a refresh token of its own with `npx zoho-tokens authorize <connection>`.',
  },
  zoho_unavailable: {
    kind: 'transient',
    nextTry: 'next tick',
    title: 'gets no answer from Zoho',
    meaning: 'Zoho could not be reached, did not answer in time, or answered with a server error.',
    remedy: "Look at Zoho's status page; nothing here needs changing, every tick tries again.",
  },
  unexpected_response: {
    kind: 'transient',
    nextTry: 'next tick',
    title: 'gets answers from Zoho that make no sense',
    meaning: 'Zoho answered with something that is neither a token nor an error that it documents.',
    remedy:
      "Look at Zoho's status page and at this connection's log lines; if it lasts, compare data_center in connections.json.",
  },
  secret_store_refused: {
    kind: 'operator',
    nextTry: 'next tick',
    title: 'is refused by Secrets Manager or its key',
    meaning: "Secrets Manager or KMS denied the Lambda's call, or the token secret is gone.",
    remedy:
      "Find the refused call in the log lines of <connection> and restore the secret, the key or the Lambda's policy (`npx cdk deploy --revert-drift`: a plain deploy leaves alone what was changed by hand).",
  },
  secret_store_failed: {
    kind: 'transient',
    nextTry: 'next tick',
    title: 'cannot be read or stored in Secrets Manager',
    meaning: 'Secrets Manager or its KMS key did not answer, or answered with a fault of its own.',
    remedy: "Look at AWS's health dashboard; an outage passes by itself, every tick tries again.",
  },
} as const satisfies Record<string, FailureRow>;

export type FailureCode = keyof typeof failures;
export const failureCodes = Object.keys(failures) as FailureCode[];

/** The row of a code, typed alike for all codes. */
export function failureRow(code: FailureCode): FailureRow {
  return failures[code];
}

/** The remedy with the connection's name in it: a sentence that names one next step. */
export function remedyFor(code: FailureCode, connection: string): string {
  return failures[code].remedy.replaceAll('<connection>', connection);
}

/** Waits between tries of a code, in milliseconds; the last goes on for ever. `undefined`: tried on every tick. */
export function waitsOf(code: FailureCode): readonly number[] | undefined {
  const { nextTry } = failureRow(code);
  if (nextTry === 'operator waits') return operatorWaitsMilliseconds;
  return nextTry === 'throttle waits' ? throttleWaitsMilliseconds : undefined;
}

/** A judged failure of one connection. Its message may be printed: it never holds a secret. */
export class RefreshError extends Error {
  override readonly name = 'RefreshError';
  readonly code: FailureCode;
  /** @param message - What went wrong, what was found, what was expected; no secret in it. */
  constructor(code: FailureCode, message: string, options: { cause?: Error } = {}) {
    super(message, options);
    this.code = code;
  }
}
