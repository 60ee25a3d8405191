import { randomUUID } from 'node:crypto';
import { faultName } from '../../../lambda/aws/fault-name.ts';
import { attempt, CannotTry, type Findings, ifThere, judge } from '../attempt.ts';
import { type Deployment, span } from '../subject.ts';
import type { Cleanup } from './cleanup.ts';

const label = 'VERIFY';
const races = 100;
/** Two Puts in each: about 30 a second, of the 50 that an account has. */
const pauseMilliseconds = 30;
const patienceMilliseconds = 5_000;
const lookAgainMilliseconds = 200;
/** What says nothing of who won: the race does not count. */
const passing = /Throttling|Timeout|InternalService|ServiceUnavailable|^E[A-Z]+\b/;

type Put = (token: string, text: string, own?: boolean) => Promise<unknown>;

/** On a scratch secret: what labels do, and what becomes of two writers with one ClientRequestToken. */
export async function tryScratchSecret(on: Deployment, cleanup: Cleanup): Promise<Findings> {
  const SecretId = `zoho-tokens-verify/${randomUUID()}`;
  const ofLabels = ['label.first', 'label.own', 'label.previous', 'label.read_back', 'put.idempotent'];
  const ofRaces = ['race.one_writer', 'race.loser'];
  const undo = cleanup.add(`delete the secret ${SecretId}`, () =>
    ifThere(on.secrets.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true })),
  );
  const put: Put = (ClientRequestToken, SecretString, own = false) => {
    const stages = own ? { VersionStages: [label] } : {};
    return on.secrets.putSecretValue({ SecretId, ClientRequestToken, SecretString, ...stages });
  };
  on.say('trying labels and 100 races on a scratch secret');
  const findings = await attempt([...ofLabels, ...ofRaces], undefined, async () => {
    await on.secrets.createSecret({ Name: SecretId, Description: 'Scratch of zoho-tokens verify' });
    const labels = await attempt(ofLabels, undefined, () => tryLabels(on, SecretId, put));
    return [...labels, ...(await attempt(ofRaces, undefined, () => race(on, SecretId, put)))];
  });
  await undo();
  return findings;
}

/** How long until something is so: Secrets Manager promises no read after write. `undefined` if it is not in time. */
async function eventually({ now, wait }: Deployment, isSo: () => Promise<boolean>): Promise<number | undefined> {
  const start = now().getTime();
  for (;;) {
    if (await isSo()) return now().getTime() - start;
    if (now().getTime() - start > patienceMilliseconds) return undefined;
    await wait(lookAgainMilliseconds);
  }
}

async function tryLabels(on: Deployment, SecretId: string, put: Put): Promise<Findings> {
  const [first, second, third, fourth] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const holder = async (stage: string) => {
    const { VersionIdsToStages = {} } = await on.secrets.describeSecret({ SecretId });
    return Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes(stage));
  };
  const seen = (stage: string, version: string) => eventually(on, async () => (await holder(stage)) === version);
  await put(first, 'first', true);
  const isFirstCurrent = (await seen('AWSCURRENT', first)) !== undefined;
  await put(second, 'second');
  await put(third, 'third', true);
  await put(fourth, 'fourth', true);
  const late = await seen(label, fourth);
  const isCurrentKept = (await seen('AWSCURRENT', second)) !== undefined;
  const isPreviousKept = (await seen('AWSPREVIOUS', first)) !== undefined;
  const again = await put(second, 'second').then(() => 'success', faultName);
  const isUnmoved = (await seen(label, fourth)) !== undefined && (await holder('AWSCURRENT')) === second;
  const isSeen = late !== undefined;
  const moved = 'the label on the new version, AWSCURRENT where it was';
  const strange = again === 'success' ? 'something that moved' : again;
  return [
    judge('label.first', isFirstCurrent, 'AWSCURRENT on the first version', 'it elsewhere'),
    judge('label.own', isSeen && isCurrentKept, moved, 'another picture'),
    judge('label.previous', isPreviousKept, 'AWSPREVIOUS on the first version', 'it moved'),
    judge('label.read_back', isSeen, 'the label within 5 s', 'it elsewhere', span(late ?? 0)),
    judge('put.idempotent', again === 'success' && isUnmoved, 'success, nothing moved', strange),
  ];
}

async function race(on: Deployment, SecretId: string, put: Put): Promise<Findings> {
  const odd: string[] = [];
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
    const lost = outcomes.filter((outcome) => outcome !== 'won');
    for (const outcome of lost) losers.add(outcome);
    const stands = await eventually(on, async () => {
      const version = await ifThere(on.secrets.getSecretValue({ SecretId, VersionId: token }));
      return version?.SecretString === texts[outcomes.indexOf('won')];
    });
    if (lost.length === 1 && stands !== undefined) continue;
    odd.push(outcomes.join('/'));
  }
  if (run === 0) throw new CannotTry('no race came to an end');
  const same = [...Map.groupBy(odd, (outcome) => outcome)];
  const strange = same.map(([outcome, { length }]) => `${length} times ${outcome}`).join(', ');
  const others = [...losers].join(', ') || 'no loser';
  const [expected, refusal] = ['one winner whose content stands', 'ResourceExistsException'];
  return [
    judge('race.one_writer', odd.length === 0, expected, strange, `${run} of ${races} races`),
    judge('race.loser', others === refusal, refusal, others),
  ];
}
