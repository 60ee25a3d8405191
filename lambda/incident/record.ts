import * as v from 'valibot';
import { type FailureCode, type FailureKind, failureCodes } from '../failure.ts';
import { type LifeLine, lifeLines } from '../stored-token.ts';

/** States of an alert that is about an incident. */
export const alertStates = ['open', 'escalated', 'reminder', 'resolved'] as const;
export type IncidentAlertState = (typeof alertStates)[number];

/** A failure that lasts, from the first judged failure until a token is stored with no fault found. */
export type Incident = {
  readonly since: Date;
  readonly code: FailureCode;
  readonly kind: FailureKind;
  /** What was found and what was expected; no secret in it. */
  readonly message: string;
  /** The slot from which the waits are counted: a new kind of code, new credentials or a new configuration begin anew. */
  readonly countedFrom: Date;
  /** When the failure that stands here was judged. */
  readonly failedAt: Date;
  /** VersionId of the credentials that failed; a different one ends every wait. */
  readonly credentialsVersion: string | undefined;
  /** Configuration that failed; a different one ends every wait. */
  readonly configuration: string;
  /** VersionId of AWSCURRENT at the time: once a faultless token stands under another, the incident is over. */
  readonly tokenVersion: string | undefined;
  /** VersionId of a stored token that a probe found dead. */
  readonly deadVersion: string | undefined;
  /** When its first alert was claimed; `undefined` while nobody was told. */
  readonly openedAt: Date | undefined;
  /** The most urgent kind and line that on-call was told, and of which stored token the line was. */
  readonly toldKind: FailureKind | undefined;
  readonly toldLine: LifeLine;
  readonly toldLineOf: string | undefined;
  readonly reminders: number;
};

/** An alert on its way: `claimed` before it is published, `sent` after. */
export type Step = {
  readonly alert: IncidentAlertState;
  readonly status: 'claimed' | 'sent';
  readonly at: Date;
  /** How often it was claimed: above 1 where a run died or SNS failed. */
  readonly claims: number;
  /** Of a claim: the most urgent kind that on-call surely knew before, for the alert itself may never have got out. */
  readonly toldBefore?: FailureKind | undefined;
};

/** Zoho's last throttle answer: no request with this refresh token until its wait is over, whatever else changes. */
export type Throttle = {
  readonly refreshTokenHash: string;
  readonly at: Date;
  /** Slot of the tick that heard it; left out where a call on demand did. */
  readonly slot?: Date | undefined;
  /** How many answers in a row: the waits grow with them. */
  readonly answers: number;
};

/**
 * What is remembered of a connection's incidents, as a version of the token secret under the label INCIDENT.
 *
 * `failing`: nobody was told yet; `open`: on-call was told; `healing`: a run that an app or an operator asked for is
 * at Zoho; `closed`: healthy.
 */
export type IncidentRecord = {
  readonly state: 'failing' | 'open' | 'healing' | 'closed';
  readonly incident: Incident | undefined;
  readonly step: Step | undefined;
  readonly healing: { readonly at: Date; readonly deadVersion: string | undefined } | undefined;
  /** When on-demand runs asked Zoho lately: they have a budget of their own. */
  readonly askedAt: readonly Date[];
  readonly throttle: Throttle | undefined;
};

/** The record of a connection that never failed. */
export const noRecord: IncidentRecord = {
  state: 'closed',
  incident: undefined,
  step: undefined,
  healing: undefined,
  askedAt: [],
  throttle: undefined,
};

/** The throttle after one more answer; the count goes on only while the incident is this very throttle. */
export function throttledAnew(
  { incident, throttle }: IncidentRecord,
  refreshTokenHash: string,
  at: Date,
  slot?: Date,
): Throttle {
  const isSame = incident?.kind === 'throttle' && throttle?.refreshTokenHash === refreshTokenHash;
  if (isSame && throttle.at.getTime() === at.getTime()) return throttle;
  const answers = isSame ? throttle.answers + 1 : 1;
  return { refreshTokenHash, at, answers, ...(slot === undefined ? {} : { slot }) };
}

/** The later of two throttle answers; the recorded one where both are the same. */
export function laterThrottle(
  recorded: Throttle | undefined,
  remembered: Throttle | undefined,
): Throttle | undefined {
  const isNews = remembered !== undefined && (recorded === undefined || recorded.at < remembered.at);
  return isNews ? remembered : recorded;
}

const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T/),
  v.transform((text) => new Date(text)),
  v.check((date) => !Number.isNaN(date.getTime())),
);
const kind = v.picklist(['operator', 'setting', 'throttle', 'transient'] as const satisfies FailureKind[]);
const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.undefinedable(schema));

const schema = v.object({
  state: v.picklist(['failing', 'open', 'healing', 'closed']),
  incident: maybe(
    v.object({
      since: instant,
      code: v.picklist(failureCodes),
      kind,
      message: v.string(),
      countedFrom: instant,
      failedAt: instant,
      credentialsVersion: maybe(v.string()),
      configuration: v.string(),
      tokenVersion: maybe(v.string()),
      deadVersion: maybe(v.string()),
      openedAt: maybe(instant),
      toldKind: maybe(kind),
      toldLine: v.picklist(lifeLines),
      toldLineOf: maybe(v.string()),
      reminders: v.number(),
    }),
  ),
  step: maybe(
    v.object({
      alert: v.picklist(alertStates),
      status: v.picklist(['claimed', 'sent']),
      at: instant,
      claims: v.number(),
      toldBefore: maybe(kind),
    }),
  ),
  healing: maybe(v.object({ at: instant, deadVersion: maybe(v.string()) })),
  askedAt: v.array(instant),
  throttle: maybe(
    v.object({ refreshTokenHash: v.string(), at: instant, slot: v.optional(instant), answers: v.number() }),
  ),
});

/**
 * Writes a record.
 *
 * @param nonce - Random, of this run: two runs never write the same bytes.
 */
export function renderRecord(record: IncidentRecord, nonce: string): string {
  return JSON.stringify(snakeCased({ version: 1, ...record, nonce }));
}

/** Reads a record; `undefined` for a value that is none. */
export function parseRecord(text: string): IncidentRecord | undefined {
  let fields: unknown;
  try {
    fields = camelCased(JSON.parse(text));
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(schema, fields);
  return parsed.success ? { ...noRecord, ...(parsed.output as IncidentRecord) } : undefined;
}

function snakeCased(value: unknown): unknown {
  return renamed(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

function camelCased(value: unknown): unknown {
  return renamed(value, (key) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renamed(item, rename)]));
}
