import { faultName } from '../../lambda/aws/fault-name.ts';
import { RefreshError } from '../../lambda/failure.ts';
import type { Stop } from './subject.ts';

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

/** Thrown by a check that cannot try anything of what it was to settle; its message says why. */
export class CannotTry extends Error {}

/** Ctrl-C while something had to be cleaned up: everything that follows is left out. */
export class Stopped extends Error {}

export function throwIfStopped({ signal }: Stop): void {
  if (signal?.aborted === true) throw new Stopped();
}

/**
 * Runs a check. If it cannot, or AWS or Zoho does not let it, none of the ids was tried, and the fault says why.
 *
 * @param where - The place of its findings, unless they name a part of it.
 */
export async function attempt(
  ids: readonly string[],
  where: string | undefined,
  check: () => Promise<Finding | Findings>,
): Promise<Findings> {
  const found = await check().catch((fault: unknown) => {
    if (fault instanceof Stopped) throw fault;
    // The messages of a RefreshError name the secret and AWS's word.
    const isOwn = fault instanceof RefreshError || fault instanceof CannotTry;
    return ids.map((id) => notTried(id, isOwn ? fault.message : faultName(fault)));
  });
  return [found].flat().map((finding) => ({ ...finding, where: finding.where ?? where }));
}

/** Checks one after the other. */
export async function each<One>(all: Iterable<One>, check: (one: One) => Promise<Findings>): Promise<Findings> {
  return (await Array.fromAsync(all, check)).flat();
}

/** Each service's own word for it; CloudFormation's is the last. */
const missing = /^(ResourceNotFound|NotFound|NonExistentQueue|QueueDoesNotExist|ValidationError$)|NonExistentQueue$/;

/** The answer to a command, or `undefined` if AWS has no such thing. */
export async function ifThere<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return answer.catch((fault: unknown) => {
    if (!missing.test(faultName(fault))) throw fault;
    return undefined;
  });
}
