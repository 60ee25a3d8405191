import { randomUUID } from 'node:crypto';
import { faultName } from '../../../lambda/aws/fault-name.ts';
import { attempt, type Findings, ifThere, judge } from '../finding.ts';
import { type Deployment, span } from '../subject.ts';
import type { Cleanup } from './cleanup.ts';
import { eventually, type Put, race } from './race.ts';

const label = 'VERIFY';

/** On a scratch secret: what labels do, and what becomes of two writers with one ClientRequestToken. */
export async function tryScratchSecret(on: Deployment, cleanup: Cleanup): Promise<Findings> {
  const SecretId = `zoho-tokens-verify/${randomUUID()}`;
  const ids = ['label.first', 'label.own', 'label.previous', 'label.read_back', 'put.idempotent'];
  const undo = cleanup.add(`delete the secret ${SecretId}`, () =>
    ifThere(on.secrets.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true })),
  );
  const put = (ClientRequestToken: string, SecretString: string, own = false) => {
    const stages = own ? { VersionStages: [label] } : {};
    return on.secrets.putSecretValue({ SecretId, ClientRequestToken, SecretString, ...stages });
  };
  on.say('trying labels and 100 races on a scratch secret');
  const create = { Name: SecretId, Description: 'Scratch of zoho-tokens verify' };
  const findings = await attempt([...ids, 'race.one_writer', 'race.loser'], undefined, async () => {
    await on.secrets.createSecret(create);
    const labels = await attempt(ids, undefined, () => tryLabels(on, SecretId, put));
    const races = await attempt(['race.one_writer', 'race.loser'], undefined, () => race(on, SecretId, put));
    return [...labels, ...races];
  });
  await undo();
  return findings;
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
  const [isSeen, measured] = [late !== undefined, span(late ?? 0)];
  const moved = ['the label on the new version, AWSCURRENT where it was', 'another picture'] as const;
  return [
    judge('label.first', isFirstCurrent, ['AWSCURRENT on the first version', 'it elsewhere']),
    judge('label.own', isSeen && isCurrentKept, moved),
    judge('label.previous', isPreviousKept, ['AWSPREVIOUS on the first version', 'it moved']),
    judge('label.read_back', isSeen, ['the label within 5 s', 'it elsewhere'], undefined, measured),
    judge('put.idempotent', again === 'success' && isUnmoved, [
      'success, nothing moved',
      again === 'success' ? 'something that moved' : again,
    ]),
  ];
}
