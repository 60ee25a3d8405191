import * as v from 'valibot';
import { failureCodes, failureKinds } from '../failure.ts';
import { parseObject } from '../parse-object.ts';

/** States of an alert that is about an incident. */
export const alertStates = ['open', 'escalated', 'reminder', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

const instant = v.pipe(v.string(), v.isoTimestamp(), v.toDate());

/** A failure that lasts, from the first judged failure until a token is stored and no fault is found. */
const incident = v.object({
  code: v.picklist(failureCodes),
  /** What was found and what was expected; no secret in it. */
  message: v.string(),
  since: instant,
  /** Tries that failed like this, counted; 0 if a silence of Zoho's began it. A new kind of failure starts anew. */
  tries: v.number(),
  /** When the next try is due. A try that comes sooner is not counted. */
  due: instant,
  /** VersionIds and configuration that it failed with. Other credentials or another configuration end every wait. */
  with: v.object({
    /** Left out if the failure does not depend on the credentials. */
    credentials: v.optional(v.string()),
    configuration: v.string(),
    /** AWSCURRENT then. A faultless token under another version ends the incident. */
    token: v.string(),
  }),
  /** From when on apps have had no usable token, or will have none if nothing new is stored. */
  unusableFrom: v.optional(instant),
  /** The last alert that was sent: when, about which stored token, and the most urgent kind so far. */
  told: v.optional(v.object({ at: instant, token: v.string(), kind: v.picklist(failureKinds) })),
});

/** An alert on its way: claimed, and not yet known to be sent. */
const claim = v.object({
  alert: v.picklist(alertStates),
  at: instant,
  /** How often it was claimed: above 1 if a run crashed or SNS failed. */
  claims: v.number(),
});

/** A record of another version counts as none: at worst one alert is repeated. */
const version = 2;

const schema = v.object({
  version: v.literal(version),
  incident: v.optional(incident),
  claim: v.optional(claim),
  /** Until when Zoho wants silence, by the hash of the refresh token. */
  quiet: v.record(v.string(), instant),
  /** A stored token that a probe found dead. */
  dead: v.optional(v.object({ token: v.string(), since: instant })),
  /** When calls asked Zoho lately: their budget, and the lease of the last one. */
  asked: v.array(instant),
});

export type Incident = Readonly<v.InferOutput<typeof incident>>;
export type Claim = Readonly<v.InferOutput<typeof claim>>;
/** What is remembered of a connection, as a version of the token secret under the label INCIDENT. */
export type IncidentRecord = Readonly<Omit<v.InferOutput<typeof schema>, 'version'>>;
export type Silences = Readonly<IncidentRecord['quiet']>;

/** The record of a connection that never failed. */
export const noRecord: IncidentRecord = { quiet: {}, asked: [] };

/** Writes a record, with a `state` that only people read, and the run's nonce: two runs never write the same bytes. */
export function renderRecord(record: IncidentRecord, nonce: string): string {
  const state = record.incident === undefined ? 'closed' : 'open';
  return JSON.stringify({ version, state, ...record, nonce });
}

/** Reads a record; `undefined` for any other value. */
export function parseRecord(text: string): IncidentRecord | undefined {
  const parsed = v.safeParse(schema, parseObject(text));
  if (!parsed.success) return undefined;
  const { version: _, ...record } = parsed.output;
  return record;
}
