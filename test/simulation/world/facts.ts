import type { AlertEvent } from '../../../lambda/incident/alert.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
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

/** Something that a run did or met about a connection. */
type OfRun = { readonly run: RunOfLambda; readonly connection: string };

/** What came back from Zoho, or that nothing did, and what the table of faults judges it as. */
type Answer = OfRun & { readonly body: string | undefined; readonly judged: Judgement };

/** What there is to say of each kind of fact. */
type Kinds = {
  'run begins': { run: RunOfLambda };
  'run ends': {
    run: RunOfLambda;
    answer?: unknown;
    error?: { readonly name: string; readonly message: string };
    lines: readonly string[];
  };
  /** A token request reached Zoho; without a run it is somebody else's. */
  'token request': { run: RunOfLambda | undefined; connection: string; refreshToken: string };
  'token answer': Answer & { refreshToken: string };
  /** `isAccepted`: the service took the token, whatever else it says. */
  'probe answer': Answer & { accessToken: string; isAccepted: boolean };
  /** A version of a secret that somebody wrote: an operator, if there is no run. */
  stored: {
    run: RunOfLambda | undefined;
    connection: string;
    secret: 'token' | 'credentials';
    label: string;
    text: string;
    /** What AWSCURRENT was before. */
    before: string | undefined;
    /** Whether the very same version was there already. */
    isRepeat: boolean;
  };
  /** `isAnswered`: whether the run learnt of it. */
  published: { run: RunOfLambda; alert: AlertEvent; text: string; isAnswered: boolean };
  'publish failed': OfRun;
  /** `name` is the SDK's for what went wrong. */
  'store failed': OfRun & { operation: string; label: string; name: string };
  /** A write found its place in the chain taken: another run has the word. */
  'place taken': OfRun;
  'tick not delivered': { slot: number };
  /** Somebody or something changed what holds for a connection. */
  changed: { connection: string };
  /** A human has put everything right; `keepsGrant` if the refresh token is the one of before. */
  fixed: { connection: string; keepsGrant: boolean };
  /** The Lambda asked for what nobody foresaw, which breaks an invariant: an operation or a host that it has no business with. */
  'stray call': OfRun & { invariant: 4 | 7 | 8; what: string };
};

/** A fact of one kind. */
export type FactOf<Kind extends keyof Kinds> = { readonly kind: Kind } & Readonly<Kinds[Kind]>;

/** One observable thing that happened in the simulated world; the oracle judges nothing else. */
export type Fact = { [Kind in keyof Kinds]: FactOf<Kind> }[keyof Kinds];

/** Of a stored value, what helps to understand a breach. */
const telling = ['expires_at', 'fault', 'state', 'incident', 'step', 'claim', 'healing', 'throttle'];

/** Who did what, and of its fields what helps to understand a breach, as a line that somebody can read. */
export function lineOf(fact: Fact): string {
  const run = 'run' in fact ? fact.run : undefined;
  const shown: Record<string, unknown> = { ...fact };
  for (const hidden of ['run', 'kind', 'refreshToken', 'accessToken', 'before', 'lines']) delete shown[hidden];
  if (fact.kind === 'run begins') shown.event = fact.run.event;
  if (fact.kind === 'published') delete shown.text;
  if ('body' in fact) shown.body = fact.body?.slice(0, 160);
  if (fact.kind === 'stored') {
    const fields = parseObject(fact.text);
    shown.text = fields ? Object.fromEntries(telling.map((key) => [key, fields[key]])) : fact.text.slice(0, 40);
  }
  return `${run === undefined ? 'people' : `run ${run.id} (${run.delivery})`}: ${fact.kind} ${JSON.stringify(shown)}`;
}
