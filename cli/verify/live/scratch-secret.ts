import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { faultName } from '../../../lambda/aws/fault-name.ts';
import { attempt, type Finding, holds, judge } from '../finding.ts';
import { type Subject, span } from '../subject.ts';
import { type Cleanup, unlessGone } from './cleanup.ts';
import { eventually, type Put, race } from './race.ts';

const label = 'VERIFY';

/** On a scratch secret: what labels do, and what becomes of two writers with one ClientRequestToken. */
export async function tryScratchSecret(
  secrets: SecretsManagerClient,
  subject: Subject,
  cleanup: Cleanup,
): Promise<readonly Finding[]> {
  const SecretId = `zoho-tokens-verify/${randomUUID()}`;
  const ids = ['label.first', 'label.own', 'label.previous', 'label.read_back', 'put.idempotent'];
  const undo = cleanup.add(`delete the secret ${SecretId}`, () =>
    unlessGone(secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }))),
  );
  const put = (ClientRequestToken: string, SecretString: string, own = false) =>
    secrets.send(
      new PutSecretValueCommand({
        ...{ SecretId, ClientRequestToken, SecretString },
        ...(own ? { VersionStages: [label] } : {}),
      }),
    );
  subject.say('trying labels and 100 races on a scratch secret');
  const findings = [
    ...(await attempt([...ids, 'race.one_writer', 'race.loser'], async () => {
      await secrets.send(
        new CreateSecretCommand({ Name: SecretId, Description: 'Scratch of zoho-tokens verify' }),
      );
      const labels = await tryLabels(secrets, subject, SecretId, put);
      return [...labels, ...(await race(secrets, subject, SecretId, put))];
    })),
  ];
  await undo();
  return findings;
}

async function tryLabels(
  secrets: SecretsManagerClient,
  subject: Subject,
  SecretId: string,
  put: Put,
): Promise<readonly Finding[]> {
  const [first, second, third, fourth] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const holder = async (stage: string) => {
    const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    return Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes(stage));
  };
  const seen = (stage: string, version: string) =>
    eventually(subject, async () => (await holder(stage)) === version);
  await put(first, 'first', true);
  const isFirstCurrent = (await seen('AWSCURRENT', first)) !== undefined;
  await put(second, 'second');
  await put(third, 'third', true);
  await put(fourth, 'fourth', true);
  const late = await seen(label, fourth);
  const isCurrentKept = (await seen('AWSCURRENT', second)) !== undefined;
  const isPreviousKept = (await seen('AWSPREVIOUS', first)) !== undefined;
  const again = await put(second, 'second').then(() => 'success', faultName);
  const isUnmoved = (await holder(label)) === fourth && (await holder('AWSCURRENT')) === second;
  const moved = ['the label on the new version, AWSCURRENT where it was', 'another picture'] as const;
  return [
    judge('label.first', isFirstCurrent, ['AWSCURRENT on the first version', 'it elsewhere']),
    judge('label.own', late !== undefined && isCurrentKept, moved),
    judge('label.previous', isPreviousKept, ['AWSPREVIOUS on the first version', 'it moved']),
    late === undefined
      ? judge('label.read_back', false, ['the label within 5 s', 'it elsewhere'])
      : holds('label.read_back', span(late)),
    judge('put.idempotent', again === 'success' && isUnmoved, ['success, nothing moved', again]),
  ];
}
