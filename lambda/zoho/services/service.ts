import * as v from 'valibot';
import type { DataCenter } from '../../connections/data-centers.ts';

/** What a service says about a token. `reason` may be printed: it holds codes only, never Zoho's text. */
export type ProbeVerdict = {
  readonly verdict: 'accepted' | 'rejected' | 'lacks scope' | 'wrong setting' | 'cannot tell';
  readonly reason: string;
};

/** What an error code of a service proves, what it means, and the setting that it shows to be wrong. */
export type ErrorRow = readonly [verdict: ProbeVerdict['verdict'], meaning: string, setting?: string];

/** A read that changes nothing. */
export type Read = {
  /** The scope that it needs. */
  readonly scope: string;
  /** Path and query; `undefined` if a setting that it needs is not configured. */
  readonly path: (settings: Readonly<Record<string, string>>) => string | undefined;
  /** Error codes that mean more on this read than elsewhere. */
  readonly errors?: Readonly<Record<string, ErrorRow>>;
  /** Whether it is tried without its scope, too, after all others: "lacks scope" still proves the token alive. */
  readonly isTriedUncovered?: true;
};

/** All that is particular to one Zoho service. */
export type ZohoService = {
  /** As Zoho writes it. */
  readonly title: string;
  /** What apps do with its tokens; plural. */
  readonly operations: string;
  /** REST hosts; a data centre that is missing has no known host. */
  readonly hosts: Readonly<Partial<Record<DataCenter, string>>>;
  /** What a probe or an app's call cannot do without is required. */
  readonly settings: v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };
  /** What a connection has that names none. */
  readonly defaultTokenPrefix: string;
  /** Scopes, in lower case, that Zoho documents for what this one allows. */
  readonly equivalents?: (scope: string) => string[];
  /** Headers of every call beside the token's. */
  readonly headers?: (settings: Readonly<Record<string, string>>) => Record<string, string>;
  /** Reads to probe with, the one that proves most first. */
  readonly reads: readonly Read[];
  /** The error code in an answer's JSON; `undefined` if there is none. */
  readonly errorCodeOf: (answer: Readonly<Record<string, unknown>>) => unknown;
  /** What its error codes mean; one that is missing cannot tell. */
  readonly errors: Readonly<Record<string, ErrorRow>>;
  /** Whether an answer without an error is what was asked for. */
  readonly isRead: (status: number, answer: Readonly<Record<string, unknown>> | undefined) => boolean;
};

/** A setting that is the number of something at Zoho, e.g. `org_id`. */
export const identifier = v.pipe(v.string(), v.regex(/^\d+$/, 'expected the digits of a Zoho id, as a string'));
