import type { Judgement } from '../../../local/faults/judgement.ts';

/** Who was invoked for what; one of these per invocation. */
export type RunOfLambda = {
  readonly id: number;
  readonly event: unknown;
  readonly kind: 'tick' | 'on demand' | 'other';
  readonly delivery: 'on time' | 'late' | 'doubled' | 'on demand';
  /** Number of the execution environment that it ran in. */
  readonly environment: number;
  readonly startedAt: number;
  endedAt: number | undefined;
  /** Killed before it could answer: a crash, or Lambda's time-out. */
  isKilled: boolean;
  /** How many calls it has begun. */
  calls: number;
  /** Faults that befell its calls, by connection; `''` if a call belongs to none. */
  readonly faultsMet: Map<string, string[]>;
};

/** Something that a run did or met. */
type OfRun<Kind extends string> = {
  readonly kind: Kind;
  readonly run: RunOfLambda;
  readonly connection: string;
};

/** What came back from Zoho, or that nothing did, and what the table of faults judges it as. */
type Answer = { readonly body: string | undefined; readonly judged: Judgement };

/** A version of a secret that somebody wrote. */
export type Stored = {
  /** `undefined` for an operator. */
  readonly run: RunOfLambda | undefined;
  readonly connection: string;
  readonly secret: 'token' | 'credentials';
  readonly label: string;
  readonly text: string;
  /** What AWSCURRENT was before. */
  readonly before: string | undefined;
  /** Whether the very same version was there already. */
  readonly isRepeat: boolean;
};

/** One observable thing that happened in the simulated world; the oracle judges nothing else. */
export type Fact =
  | { readonly kind: 'run begins'; readonly run: RunOfLambda }
  | {
      readonly kind: 'run ends';
      readonly run: RunOfLambda;
      readonly answer?: unknown;
      readonly error?: { readonly name: string; readonly message: string };
      readonly lines: readonly string[];
    }
  /** A token request reached Zoho; without a run it is somebody else's. */
  | {
      readonly kind: 'token request';
      readonly run: RunOfLambda | undefined;
      readonly connection: string;
      readonly refreshToken: string;
    }
  | (OfRun<'token answer'> & Answer & { readonly refreshToken: string })
  /** `isAccepted`: the service took the token, whatever else it says. */
  | (OfRun<'probe answer'> & Answer & { readonly accessToken: string; readonly isAccepted: boolean })
  | ({ readonly kind: 'stored' } & Stored)
  | {
      readonly kind: 'published';
      readonly run: RunOfLambda;
      readonly alert: AlertFacts;
      readonly text: string;
      /** Whether the run learnt of it. */
      readonly isAnswered: boolean;
    }
  | OfRun<'publish failed'>
  /** `name` is the SDK's for what went wrong. */
  | (OfRun<'store failed'> & { readonly operation: string; readonly label: string; readonly name: string })
  /** A write found its place in the chain taken: another run has the word. */
  | OfRun<'place taken'>
  | { readonly kind: 'tick not delivered'; readonly slot: number }
  /** Somebody or something changed what holds for a connection. */
  | { readonly kind: 'changed'; readonly connection: string }
  /** A human has put everything right; `keepsGrant` if the refresh token is the one of before. */
  | { readonly kind: 'fixed'; readonly connection: string; readonly keepsGrant: boolean }
  /** The Lambda asked for what nobody foresaw, which breaks an invariant: an operation or a host that it has no business with. */
  | (OfRun<'stray call'> & { readonly invariant: 4 | 7 | 8; readonly what: string });

/** What an alert says to machines. */
export type AlertFacts = {
  readonly state: 'open' | 'escalated' | 'reminder' | 'resolved' | 'test';
  readonly severity: 'warning' | 'critical';
  readonly connection: string;
  readonly code: string;
  readonly since: string;
  readonly attempts: number;
  readonly minutes_left: number;
};

/** What kind of invocation an event makes. */
export function kindOf(event: unknown): RunOfLambda['kind'] {
  if (typeof event !== 'object' || event === null) return 'other';
  if ('schedule_arn' in event) return 'tick';
  return 'connections' in event ? 'on demand' : 'other';
}
