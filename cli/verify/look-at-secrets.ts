import {
  DescribeSecretCommand,
  type DescribeSecretResponse,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
} from '@aws-sdk/client-secrets-manager';
import { faultName } from '../../lambda/aws/fault-name.ts';
import { nothingStoredYet } from '../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import type { Account } from '../place/account.ts';
import { attempt, differs, type Finding, holds, judge, notTried } from './finding.ts';
import type { Subject } from './subject.ts';

const ownLabels = ['AWSCURRENT', 'AWSPREVIOUS'];
const mostVersions = 100;

/** Whether the secrets, their labels and versions are as the design says; no value of a credentials secret is read. */
export async function lookAtSecrets(account: Account, subject: Subject): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const connection of subject.connections) {
    const token = tokenSecretId(subject.secretPrefix, connection);
    const credentials = credentialsSecretId(subject.secretPrefix, connection);
    findings.push(
      ...(await lookAtLabels(account, credentials, ownLabels)),
      ...(await lookAtLabels(account, token, [...ownLabels, 'INCIDENT'])),
      ...(await lookAtToken(account, token)),
    );
  }
  return findings;
}

function lookAtLabels(
  account: Account,
  SecretId: string,
  allowed: readonly string[],
): Promise<readonly Finding[]> {
  return attempt(['secret.there', 'secret.labels'], async () => {
    const secret = await describeSecret(account, SecretId);
    if (secret === undefined) return [differs('secret.there', 'a secret', 'none', SecretId)];
    const held = Object.values(secret.VersionIdsToStages ?? {}).flat();
    const foreign = held.filter((label) => !allowed.includes(label));
    return [
      holds('secret.there', '', SecretId),
      judge(
        'secret.labels',
        foreign.length === 0,
        [allowed.join(', '), `also ${foreign.join(', ')}`],
        SecretId,
      ),
    ];
  });
}

/** A secret without its value; `undefined` if there is none. */
export async function describeSecret(
  { secrets }: Account,
  SecretId: string,
): Promise<DescribeSecretResponse | undefined> {
  try {
    return await secrets.send(new DescribeSecretCommand({ SecretId }));
  } catch (fault) {
    if (faultName(fault) === 'ResourceNotFoundException') return undefined;
    throw fault;
  }
}

function lookAtToken({ secrets }: Account, SecretId: string): Promise<readonly Finding[]> {
  const ids = ['secret.document', 'secret.version_id', 'secret.versions'];
  return attempt(ids, async () => {
    const { SecretString = '', VersionId = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    const isDocument = parseTokenDocument(SecretString) !== undefined;
    const isEmpty = SecretString === nothingStoredYet;
    const found = 'a value that is none';
    const { Versions = [], NextToken } = await secrets.send(
      new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true, MaxResults: mostVersions }),
    );
    const count = NextToken === undefined ? `${Versions.length} versions` : `${mostVersions} and more`;
    return [
      isEmpty
        ? notTried('secret.document', 'nothing is stored yet', SecretId)
        : judge('secret.document', isDocument, ['a token document', found], SecretId),
      judge(
        'secret.version_id',
        /^[0-9a-f]{64}$/.test(VersionId),
        ['64 hex digits', 'another VersionId: somebody else wrote it'],
        SecretId,
      ),
      Versions.length < mostVersions
        ? holds('secret.versions', count, SecretId)
        : differs('secret.versions', `fewer than ${mostVersions}`, count, SecretId),
    ];
  });
}
