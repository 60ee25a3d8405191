import { randomUUID } from 'node:crypto';
import { faultName } from '../../../lambda/aws/fault-name.ts';
import { type Findings, ifThere, judge, notTried } from '../finding.ts';
import type { Deployment } from '../subject.ts';

const races = 100;
/** Two Puts in each: about 30 a second, of the 50 that an account has. */
const pauseMilliseconds = 30;
const patienceMilliseconds = 5_000;
const lookAgainMilliseconds = 200;
/** What says nothing of who won: the race does not count. */
const passing = /Throttling|Timeout|InternalService|ServiceUnavailable|^E[A-Z]+\b/;

export type Put = (token: string, text: string, own?: boolean) => Promise<unknown>;

/** How long until something is so: Secrets Manager promises no read after write. `undefined` if it is not in time. */
export async function eventually({ now, wait }: Deployment, isSo: () => Promise<boolean>): Promise<number | undefined> {
  const start = now().getTime();
  for (;;) {
    if (await isSo()) return now().getTime() - start;
    if (now().getTime() - start > patienceMilliseconds) return undefined;
    await wait(lookAgainMilliseconds);
  }
}

export async function race(on: Deployment, SecretId: string, put: Put): Promise<Findings> {
  const odd = new Map<string, number>();
  const losers = new Set<string>();
  let run = 0;
  for (let tries = 0; tries < races; tries += 1) {
    const token = randomUUID();
    const texts = [`one ${token}`, `other ${token}`];
    const outcomes = await Promise.all(texts.map((text) => put(token, text, true).then(() => 'won', faultName)));
    // The quota of versions ends it early: what was seen counts.
    if (outcomes.includes('LimitExceededException')) break;
    await on.wait(pauseMilliseconds);
    if (outcomes.some((outcome) => passing.test(outcome))) continue;
    run += 1;
    const winner = texts[outcomes.indexOf('won')];
    for (const outcome of outcomes) if (outcome !== 'won') losers.add(outcome);
    const stands = await eventually(on, () => reads(on, SecretId, token, winner));
    if (outcomes.filter((outcome) => outcome === 'won').length === 1 && stands !== undefined) continue;
    odd.set(outcomes.join('/'), (odd.get(outcomes.join('/')) ?? 0) + 1);
  }
  const ids = ['race.one_writer', 'race.loser'] as const;
  if (run === 0) return ids.map((id) => notTried(id, 'no race came to an end'));
  const strange = [...odd].map(([outcome, times]) => `${times} times ${outcome}`).join(', ');
  const others = [...losers].join(', ') || 'no loser';
  const [expected, measured] = ['one winner whose content stands', `${run} of ${races} races`];
  return [
    judge(ids[0], odd.size === 0, [expected, strange], undefined, measured),
    judge(ids[1], others === 'ResourceExistsException', ['ResourceExistsException', others]),
  ];
}

async function reads(
  { secrets }: Deployment,
  SecretId: string,
  VersionId: string,
  text: string | undefined,
): Promise<boolean> {
  return (await ifThere(secrets.getSecretValue({ SecretId, VersionId })))?.SecretString === text;
}
