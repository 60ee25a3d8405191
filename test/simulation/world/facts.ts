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
  /** Faults that befell its calls, by connection; `''` where a call belongs to none. */
  readonly faultsMet: Map<string, string[]>;
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
  | {
      /** A token request reached Zoho. */
      readonly kind: 'token request';
      readonly run: RunOfLambda | undefined;
      readonly connection: string;
      readonly refreshToken: string;
    }
  | {
      /** An answer of the token endpoint, or the lack of one, came back to the run. */
      readonly kind: 'token answer';
      readonly run: RunOfLambda;
      readonly connection: string;
      readonly refreshToken: string;
      /** `undefined` where no answer came. */
      readonly body: string | undefined;
      readonly status: number;
    }
  | {
      readonly kind: 'probe answer';
      readonly run: RunOfLambda;
      readonly connection: string;
      readonly accessToken: string;
      readonly body: string | undefined;
      readonly status: number;
      readonly outcome: string;
    }
  | ({ readonly kind: 'stored' } & Stored)
  | {
      readonly kind: 'published';
      readonly run: RunOfLambda;
      readonly alert: AlertFacts;
      readonly text: string;
      /** Whether the run learnt of it. */
      readonly isAnswered: boolean;
    }
  | { readonly kind: 'publish failed'; readonly run: RunOfLambda; readonly connection: string }
  | {
      readonly kind: 'store failed';
      readonly run: RunOfLambda;
      readonly connection: string;
      readonly operation: string;
      readonly label: string;
      /** The SDK's name for what went wrong. */
      readonly name: string;
    }
  | {
      /** A write found its place in the chain taken: another run has the word. */
      readonly kind: 'place taken';
      readonly run: RunOfLambda;
      readonly connection: string;
    }
  | { readonly kind: 'tick not delivered'; readonly slot: number }
  /** Somebody or something changed what holds for a connection. */
  | { readonly kind: 'changed'; readonly connection: string }
  /** A human has put everything right; `keepsGrant` if the refresh token is the one of before. */
  | { readonly kind: 'fixed'; readonly connection: string; readonly keepsGrant: boolean }
  | {
      /** The Lambda asked for what nobody foresaw: an operation or a host that it has no business with. */
      readonly kind: 'stray call';
      readonly run: RunOfLambda;
      readonly connection: string;
      /** Number of the invariant that it breaks. */
      readonly invariant: 4 | 7 | 8;
      readonly what: string;
    };

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
