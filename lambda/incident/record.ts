import * as v from 'valibot';
import { type FailureCode, type FailureKind, failureCodes } from '../failure.ts';

/** States of an alert that is about an incident. */
export const alertStates = ['open', 'escalated', 'reminder', 'resolved'] as const;
export type IncidentAlertState = (typeof alertStates)[number];

/** A failure that lasts, from the first judged failure until a token is stored and no fault is found. */
export type Incident = {
  readonly code: FailureCode;
  /** What was found and what was expected; no secret in it. */
  readonly message: string;
  readonly since: Date;
  /** Tries that failed like this, counted; 0 if a silence of Zoho's began it. A new kind of failure starts anew. */
  readonly tries: number;
  /** When the next try is due. A try that comes sooner is not counted. */
  readonly nextTry: Date;
  /** What it failed with. Other credentials or another configuration end every wait. */
  readonly with: {
    /** VersionId of the credentials; left out if the failure does not depend on them. */
    readonly credentials?: string | undefined;
    readonly configuration: string;
    /** VersionId of AWSCURRENT then. A faultless token under another one ends the incident. */
    readonly token: string;
  };
  /** The last alert that was sent: when, about which stored token, and the most urgent kind so far. */
  readonly told?: { readonly at: Date; readonly token: string; readonly kind: FailureKind } | undefined;
};

/** An alert on its way: claimed, and not yet known to be sent. */
export type Claim = {
  readonly alert: IncidentAlertState;
  readonly at: Date;
  /** How often it was claimed: above 1 if a run crashed or SNS failed. */
  readonly claims: number;
  /** Nonce of the run that publishes it. */
  readonly by: string;
};

/** Until when Zoho wants silence, by the hash of the refresh token. */
export type Silences = Readonly<Record<string, Date>>;

/** What is remembered of a connection, as a version of the token secret under the label INCIDENT. */
export type IncidentRecord = {
  readonly incident?: Incident | undefined;
  readonly claim?: Claim | undefined;
  readonly quiet: Silences;
  /** A stored token that a probe found dead. */
  readonly dead?: { readonly token: string; readonly since: Date } | undefined;
  /** When calls asked Zoho lately: their budget, and the lease of the last one. */
  readonly asked: readonly Date[];
};

/** The record of a connection that never failed. */
export const noRecord: IncidentRecord = { quiet: {}, asked: [] };

/** A record of another version counts as none: at worst one alert is repeated. */
const version = 2;

const instant = v.pipe(v.string(), v.isoTimestamp(), v.toDate());
const text = v.string();

const schema = v.object({
  version: v.literal(version),
  incident: v.optional(
    v.object({
      code: v.picklist(failureCodes),
      message: text,
      since: instant,
      tries: v.number(),
      next_try: instant,
      with: v.object({ credentials: v.optional(text), configuration: text, token: text }),
      told: v.optional(
        v.object({
          at: instant,
          token: text,
          kind: v.picklist(['operator', 'setting', 'throttle', 'transient'] satisfies FailureKind[]),
        }),
      ),
    }),
  ),
  claim: v.optional(v.object({ alert: v.picklist(alertStates), at: instant, claims: v.number(), by: text })),
  quiet: v.record(text, instant),
  dead: v.optional(v.object({ token: text, since: instant })),
  asked: v.array(instant),
});

/**
 * Writes a record, with a `state` that only people read.
 *
 * @param nonce - Random, of this run: two runs never write the same bytes.
 */
export function renderRecord({ incident, ...rest }: IncidentRecord, nonce: string): string {
  const state = incident === undefined ? 'closed' : 'open';
  if (incident === undefined) return JSON.stringify({ version, state, ...rest, nonce });
  const { nextTry, ...fields } = incident;
  return JSON.stringify({ version, state, incident: { ...fields, next_try: nextTry }, ...rest, nonce });
}

/** Reads a record; `undefined` for a value that is none. */
export function parseRecord(written: string): IncidentRecord | undefined {
  try {
    const { version: _, incident, ...rest } = v.parse(schema, JSON.parse(written));
    if (incident === undefined) return rest;
    const { next_try: nextTry, ...fields } = incident;
    return { ...rest, incident: { ...fields, nextTry } };
  } catch {
    return undefined;
  }
}
