import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { faultName } from '../../../lambda/aws/fault-name.ts';
import { type Finding, holds, judge } from '../finding.ts';
import type { Subject } from '../subject.ts';

const races = 100;
/** Two Puts in each: about 30 a second, of the 50 that an account has. */
const pauseMilliseconds = 30;
const patienceMilliseconds = 5_000;
const lookAgainMilliseconds = 200;

/** Puts a version of the scratch secret; `own` under the label of our own. */
export type Put = (token: string, text: string, own?: boolean) => Promise<unknown>;

/** How long until something is so: Secrets Manager promises no read after write. `undefined` if it is not in time. */
export async function eventually(
  { now, wait }: Subject,
  isSo: () => Promise<boolean>,
): Promise<number | undefined> {
  const start = now().getTime();
  for (;;) {
    if (await isSo()) return now().getTime() - start;
    if (now().getTime() - start > patienceMilliseconds) return undefined;
    await wait(lookAgainMilliseconds);
  }
}

/** Lets two writers race for one ClientRequestToken, a hundred times. */
export async function race(
  secrets: SecretsManagerClient,
  subject: Subject,
  SecretId: string,
  put: Put,
): Promise<readonly Finding[]> {
  const odd = new Map<string, number>();
  const losers = new Set<string>();
  let run = 0;
  for (let tries = 0; tries < races; tries += 1) {
    const token = randomUUID();
    const texts = [`one ${token}`, `other ${token}`];
    const outcomes = await Promise.all(
      texts.map((text) => put(token, text, true).then(() => 'won', faultName)),
    );
    // The quota of versions ends it early: what was seen counts.
    if (outcomes.includes('LimitExceededException')) break;
    await subject.wait(pauseMilliseconds);
    if (outcomes.includes('ThrottlingException')) continue;
    run += 1;
    const winner = texts[outcomes.indexOf('won')];
    for (const outcome of outcomes) if (outcome !== 'won') losers.add(outcome);
    const stands = await eventually(subject, () => reads(secrets, SecretId, token, winner));
    if (outcomes.filter((outcome) => outcome === 'won').length === 1 && stands !== undefined) continue;
    odd.set(outcomes.join('/'), (odd.get(outcomes.join('/')) ?? 0) + 1);
  }
  const strange = [...odd].map(([outcome, times]) => `${times} times ${outcome}`).join(', ');
  const others = [...losers].join(', ') || 'no loser';
  const won = judge('race.one_writer', odd.size === 0 && run > 0, [
    'one winner whose content stands',
    strange || 'no race',
  ]);
  return [
    won.outcome === 'as documented' ? holds('race.one_writer', `${run} of ${races} races`) : won,
    judge('race.loser', others === 'ResourceExistsException', ['ResourceExistsException', others]),
  ];
}

async function reads(
  secrets: SecretsManagerClient,
  SecretId: string,
  VersionId: string,
  text: string | undefined,
): Promise<boolean> {
  try {
    return (await secrets.send(new GetSecretValueCommand({ SecretId, VersionId }))).SecretString === text;
  } catch (fault) {
    if (faultName(fault) === 'ResourceNotFoundException') return false;
    throw fault;
  }
}
