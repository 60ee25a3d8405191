import { nothingStoredYet } from '../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { attempt, differs, each, type Findings, holds, ifThere, judge, notTried } from './finding.ts';
import type { Deployment } from './subject.ts';

const ownLabels = ['AWSCURRENT', 'AWSPREVIOUS'];
const mostVersions = 100;

/** Whether the secrets, their labels and versions are as the design says; no value of a credentials secret is read. */
export async function lookAtSecrets(on: Deployment): Promise<Findings> {
  return each(on.connections, (connection) => {
    const token = tokenSecretId(on.secretPrefix, connection);
    const credentials = credentialsSecretId(on.secretPrefix, connection);
    const checks = [
      [['secret.there', 'secret.labels'], lookAtLabels(ownLabels), credentials],
      [['secret.there', 'secret.labels'], lookAtLabels([...ownLabels, 'INCIDENT']), token],
      [['secret.document', 'secret.version_id'], lookAtToken, token],
      [['secret.versions'], countVersions, token],
    ] as const;
    return each(checks, ([ids, look, id]) => attempt(ids, id, () => look(on, id)));
  });
}

function lookAtLabels(allowed: readonly string[]) {
  return async (on: Deployment, id: string): Promise<Findings> => {
    const secret = await ifThere(on.secrets.describeSecret({ SecretId: id }));
    if (secret === undefined) return [differs('secret.there', 'a secret', 'none', id)];
    const held = Object.values(secret.VersionIdsToStages ?? {}).flat();
    const foreign = held.filter((label) => !allowed.includes(label));
    const words = [allowed.join(', '), `also ${foreign.join(', ')}`] as const;
    return [holds('secret.there', '', id), judge('secret.labels', foreign.length === 0, words, id)];
  };
}

async function lookAtToken({ secrets }: Deployment, id: string): Promise<Findings> {
  const answer = await ifThere(secrets.getSecretValue({ SecretId: id }));
  const { SecretString = '', VersionId = '' } = answer ?? {};
  if (answer === undefined || SecretString === nothingStoredYet) {
    return ['secret.document', 'secret.version_id'].map((each) => notTried(each, 'nothing is stored yet', id));
  }
  const isDocument = parseTokenDocument(SecretString) !== undefined;
  const words = ['64 hex digits', 'another VersionId: somebody else wrote it'] as const;
  return [
    judge('secret.document', isDocument, ['a token document', 'another value'], id),
    judge('secret.version_id', /^[0-9a-f]{64}$/.test(VersionId), words, id),
  ];
}

async function countVersions({ secrets }: Deployment, id: string): Promise<Findings> {
  const wanted = { SecretId: id, IncludeDeprecated: true, MaxResults: mostVersions };
  const { Versions = [], NextToken } = await secrets.listSecretVersionIds(wanted);
  const isFew = Versions.length < mostVersions && !NextToken;
  const count = isFew ? `${Versions.length} versions` : `${mostVersions} and more`;
  return [judge('secret.versions', isFew, [`fewer than ${mostVersions}`, count], id, count)];
}
