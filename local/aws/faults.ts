/**
 * What can go wrong with one request.
 *
 * Cut before it is carried out: `refuse` (already at the connection, where the rule has no filter) and `reset`.
 * Carried out, then cut: `reset-during-answer` (half an answer arrives) and `reset-after-answer` (none does).
 * Never answered and not carried out: `hang`. Carried out, then answered a byte at a time: `slow-drip`.
 * Not carried out, answered with 200: `garbage` (HTML, as a proxy would) and `huge` (16 MiB).
 * Not carried out, refused in the service's own words: the last four.
 */
export type FaultKind =
  | 'refuse'
  | 'reset'
  | 'reset-during-answer'
  | 'reset-after-answer'
  | 'hang'
  | 'slow-drip'
  | 'garbage'
  | 'huge'
  | 'access-denied'
  | 'throttled'
  | 'internal-error'
  | 'kms-disabled';

/** Which requests go wrong, and how; a filter that is missing lets every request match. */
export interface FaultRule {
  kind: FaultKind;
  /** Operations by their AWS names, e.g. `['PutSecretValue']`. */
  operations?: string[];
  /** SecretIds exactly as the client sends them. */
  secretIds?: string[];
  /** Staging labels that are asked for, put or moved; one in common is enough. */
  stages?: string[];
  /** How many requests go wrong, SDK retries counted; default: all, until `clear`. */
  times?: number;
}

/** What is known of a request before it is carried out. `stages` says AWSCURRENT where that is the default. */
export interface FaultTarget {
  operation: string;
  secretId?: string;
  stages?: string[];
  topicArn?: string;
}

/** Holds one request so that a test can do something else first. */
export interface Gate {
  /** Resolves when the request stands at the gate, not yet carried out. */
  arrived: Promise<void>;
  /** Lets the request go on; before it arrived, opens the gate for good. */
  release(): void;
}

/** What a test can make go wrong. */
export interface Faults {
  /** Adds a rule. Where several match a request, the one set last wins. */
  set(rule: FaultRule): void;
  /** Ends every rule and the latency, and releases every gate. */
  clear(): void;
  /** Waits this long before each answer, after the operation took effect; 0 ends it. */
  latency(milliseconds: number): void;
  /** How many requests went wrong since the last `clear`. */
  readonly hits: number;
  /** Holds the first request for which the predicate is true, before it is carried out. */
  gate(predicate: (target: FaultTarget) => boolean): Gate;
}

/** The side of the faults that a server looks at. */
export interface FaultPlan extends Faults {
  readonly latencyMilliseconds: number;
  /** Waits at the first gate that holds this request. */
  pass(target: FaultTarget): Promise<void>;
  /** Takes the fault for this request, which counts towards the rule's `times`. */
  take(target: FaultTarget): FaultKind | undefined;
  /** Takes an unfiltered `refuse` for a new connection. */
  takeRefusedConnection(): boolean;
}

interface PlannedGate {
  /** One request stands at it, or stood: the next one passes. */
  isTaken: boolean;
  matches: (target: FaultTarget) => boolean;
  arrive: () => void;
  open: Promise<void>;
  release: () => void;
}

/**
 * Makes a plan without any fault in it.
 *
 * @param canFail - Whether a kind can befall a request of this service at all, e.g. no KMS failure without a value.
 */
export function planFaults(canFail: (kind: FaultKind, target: FaultTarget) => boolean): FaultPlan {
  let rules: (FaultRule & { left: number })[] = [];
  let gates: PlannedGate[] = [];
  let latencyMilliseconds = 0;
  let hits = 0;

  const takeFirst = (matches: (rule: FaultRule) => boolean): FaultKind | undefined => {
    const rule = rules.find((candidate) => candidate.left > 0 && matches(candidate));
    if (rule === undefined) return undefined;
    rule.left -= 1;
    hits += 1;
    return rule.kind;
  };

  return {
    get latencyMilliseconds() {
      return latencyMilliseconds;
    },
    get hits() {
      return hits;
    },
    set: (rule) => {
      rules = [{ ...rule, left: rule.times ?? Number.POSITIVE_INFINITY }, ...rules];
    },
    clear: () => {
      for (const gate of gates) gate.release();
      rules = [];
      gates = [];
      latencyMilliseconds = 0;
      hits = 0;
    },
    latency: (milliseconds) => {
      latencyMilliseconds = milliseconds;
    },
    gate: (predicate) => {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      const { promise: open, resolve: release } = Promise.withResolvers<void>();
      gates.push({ isTaken: false, matches: predicate, arrive, open, release });
      return { arrived, release };
    },
    pass: async (target) => {
      const gate = gates.find((candidate) => !candidate.isTaken && candidate.matches(target));
      if (!gate) return;
      gate.isTaken = true;
      gate.arrive();
      await gate.open;
    },
    take: (target) => takeFirst((rule) => appliesTo(rule, target) && canFail(rule.kind, target)),
    takeRefusedConnection: () =>
      takeFirst((rule) => rule.kind === 'refuse' && isUnfiltered(rule)) !== undefined,
  };
}

function isUnfiltered(rule: FaultRule): boolean {
  return !rule.operations && !rule.secretIds && !rule.stages;
}

function appliesTo(rule: FaultRule, target: FaultTarget): boolean {
  if (rule.operations && !rule.operations.includes(target.operation)) return false;
  if (rule.secretIds && !rule.secretIds.includes(target.secretId ?? '')) return false;
  return !rule.stages || rule.stages.some((stage) => target.stages?.includes(stage));
}
