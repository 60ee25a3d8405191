import { operatorWaitsMilliseconds, throttleWaitsMilliseconds } from './settings.ts';

/** Who ends a failure, how soon on-call is alerted, and when the next try comes; the most urgent kind first. */
const nextTryOfKind = {
  /** Only a person can end it: alerted at once. The waits are those of settings.ts. */
  operator: 'operator waits',
  /** The token works, one of its settings is wrong: alerted at once, never delays a refresh. */
  setting: 'next probe',
  /** Zoho asked for silence: waited out, alerted when the token's life runs short. */
  throttle: 'throttle waits',
  /** Expected to pass: tried on every tick, alerted when the token's life runs short. */
  transient: 'next tick',
} as const;
export type FailureKind = keyof typeof nextTryOfKind;
export const failureKinds = Object.keys(nextTryOfKind) as FailureKind[];

type FailureRow = {
  readonly kind: FailureKind;
  /** If it is not that of its kind. */
  readonly nextTry?: (typeof nextTryOfKind)[FailureKind];
  /** What happened; follows the connection's name. */
  readonly title: string;
  /** The command of `zoho-tokens` to begin with, which takes the connection's name. */
  readonly command: 'authorize' | 'check' | 'logs' | null;
  /** What to do, with the command at hand. */
  readonly remedy: string;
  /** The same in three words, for an SMS. */
  readonly inShort: string;
};

/** The closed list of what can go wrong. The alert, the command line and the runbook print the remedies of this table. */
export const failures = {
  credentials_missing: {
    kind: 'operator',
    nextTry: 'next tick',
    title: 'has no usable credentials',
    command: 'authorize',
    remedy: 'It stores a complete set of credentials.',
    inShort: 'store new credentials',
  },
  invalid_client: {
    kind: 'operator',
    title: 'has a client that Zoho does not know',
    command: 'authorize',
    remedy: 'Enter a client_id that the Zoho API console shows in the data centre of connections.json.',
    inShort: 'check client id',
  },
  invalid_client_secret: {
    kind: 'operator',
    title: 'has a wrong client secret',
    command: 'authorize',
    remedy: 'Enter the client secret that the Zoho API console shows for this client.',
    inShort: 'copy client secret',
  },
  invalid_code: {
    kind: 'operator',
    title: 'lost its consent',
    command: 'authorize',
    remedy: 'Give consent again, as a user who will stay.',
    inShort: 'give consent again',
  },
  refused: {
    kind: 'operator',
    title: 'is refused by Zoho for an unknown reason',
    command: 'authorize',
    remedy: "Look the quoted word up in Zoho's OAuth documentation first; then give consent again.",
    inShort: 'give consent again',
  },
  prefix_mismatch: {
    kind: 'operator',
    title: 'got a token of the wrong kind of client',
    command: 'authorize',
    remedy:
      'Enter a client of the right kind (1000. user-level, 1005. organisation-level). If the new prefix is right, change token_prefix in connections.json and deploy instead.',
    inShort: 'change the client',
  },
  scope_mismatch: {
    kind: 'operator',
    title: 'got a token that lacks a scope',
    command: 'authorize',
    remedy:
      'Give consent again with all scopes. If one is not needed, take it out of required_scopes in connections.json and deploy instead.',
    inShort: 'give consent again',
  },
  token_rejected: {
    kind: 'operator',
    title: 'gets tokens that the service rejects',
    command: 'authorize',
    remedy: 'Compare data_center in connections.json with the address of the service first; then give consent again.',
    inShort: 'check data center',
  },
  setting_mismatch: {
    kind: 'setting',
    title: 'has a wrong setting',
    command: 'check',
    remedy: 'It shows which setting is wrong. Correct it in connections.json, then deploy.',
    inShort: 'correct the setting',
  },
  rate_limited: {
    kind: 'throttle',
    title: 'is throttled by Zoho',
    command: 'authorize',
    remedy:
      'Find and stop whatever else uses this refresh token (a laptop, a worker, a restart loop) first. If it cannot be found, the command gives this connection a refresh token of its own.',
    inShort: 'stop other users',
  },
  zoho_unavailable: {
    kind: 'transient',
    title: 'gets no answer from Zoho',
    command: null,
    remedy: 'Look at https://status.zoho.com; nothing here needs changing.',
    inShort: 'wait for Zoho',
  },
  unexpected_response: {
    kind: 'transient',
    title: 'gets answers from Zoho that make no sense',
    command: 'logs',
    remedy: 'Look at https://status.zoho.com, too, and compare data_center in connections.json.',
    inShort: 'wait for Zoho',
  },
  secret_store_refused: {
    kind: 'operator',
    nextTry: 'next tick',
    title: 'is refused by Secrets Manager or its key',
    command: 'logs',
    remedy:
      "Find the refused call and restore the secret, the key or the Lambda's policy (`npx cdk deploy --revert-drift`: a plain deploy leaves alone what was changed by hand).",
    inShort: 'restore AWS access',
  },
  secret_store_failed: {
    kind: 'transient',
    title: 'cannot be read or stored in Secrets Manager',
    command: null,
    remedy: 'Look at https://health.aws.amazon.com/health/status; nothing here needs changing.',
    inShort: 'wait for AWS',
  },
} as const satisfies Record<string, FailureRow>;

export type FailureCode = keyof typeof failures;
export const failureCodes = Object.keys(failures) as FailureCode[];

/** The row of a code, typed alike for all codes. */
export function failureRow(code: FailureCode): Required<FailureRow> {
  const row: FailureRow = failures[code];
  return { nextTry: nextTryOfKind[row.kind], ...row };
}

/** The command with which the remedy begins. Never plain `npx`: it would fetch a stranger's package if this one is missing. */
export function commandFor(code: FailureCode, connection: string, place = ''): string | null {
  const { command } = failureRow(code);
  return command && `npx --no-install zoho-tokens ${command} ${connection} ${place}`.trim();
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
  constructor(code: FailureCode, message: string, options: { cause?: Error } = {}) {
    super(message, options);
    this.code = code;
  }
}
