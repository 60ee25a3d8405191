import { faultName } from '../../lambda/aws/fault-name.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { assumptions } from './assumptions.ts';

/** What a check found about one assumption, at one place. */
export type Finding = {
  readonly id: string;
  readonly outcome: 'as documented' | 'differs' | 'not tried';
  /** What was expected, what came or was measured, or why it was not tried. */
  readonly says: string;
  /** Connection, alarm, topic or role; left out if it is about the whole. */
  readonly where?: string | undefined;
  /** Set if something differs on which no promise rests after all, such as the text of a message. */
  readonly isHarmless?: boolean;
};
export type Findings = readonly Finding[];
type Check = () => Promise<Finding | Findings>;

/** It holds. @param measured - e.g. `2 s late`. */
export function holds(id: string, measured = ''): Finding {
  return { id, outcome: 'as documented', says: measured };
}

export function differs(id: string, expected: string, found: string): Finding {
  return { id, outcome: 'differs', says: `expected ${expected}, found ${found}` };
}

export function notTried(id: string, why: string): Finding {
  return { id, outcome: 'not tried', says: why };
}

export function judge(id: string, isSo: boolean, expected: string, found: string, measured?: string): Finding {
  return isSo ? holds(id, measured) : differs(id, expected, found);
}

/** Findings about one place, unless they name a part of it. */
export function at(where: string | undefined, findings: Findings): Findings {
  return findings.map((finding) => ({ ...finding, where: finding.where ?? where }));
}

/** Runs a check; if AWS or Zoho does not let it, nothing that it was to settle was tried, and the fault's name says why. */
export async function attempt(ids: readonly string[], where: string | undefined, work: Check): Promise<Findings> {
  try {
    return at(where, [await work()].flat());
  } catch (fault) {
    if (fault instanceof Stopped) throw fault;
    // Its messages name the secret and AWS's word.
    const why = fault instanceof RefreshError ? fault.message : faultName(fault);
    const untried = ids.map((id) => notTried(id, why));
    return at(where, untried);
  }
}

export async function each<One>(all: Iterable<One>, check: (one: One) => Promise<Findings>): Promise<Findings> {
  const findings: Finding[] = [];
  for (const one of all) findings.push(...(await check(one)));
  return findings;
}

/** The answer to a command, or `undefined` if AWS has no such thing. */
export async function ifThere<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return answer.catch((fault: unknown) => {
    if (!missing.test(faultName(fault))) throw fault;
    return undefined;
  });
}

/** Each service's own word for it; CloudFormation's is the last. */
const missing = /^(ResourceNotFound|NotFound|NonExistentQueue|QueueDoesNotExist|ValidationError$)|NonExistentQueue$/;

/** Ctrl-C while something had to be cleaned up: everything that follows is left out. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Whether a promise of the README does not hold: what decides the exit code. */
export function breaksPromise({ id, outcome, isHarmless }: Finding): boolean {
  return outcome === 'differs' && isHarmless !== true && assumptions.get(id)?.promise !== undefined;
}
