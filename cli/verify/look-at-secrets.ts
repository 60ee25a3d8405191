import { nothingStoredYet } from '../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { attempt, CannotTry, differs, each, type Findings, holds, ifThere, judge, notTried } from './attempt.ts';
import type { Deployment } from './subject.ts';

const ownLabels = ['AWSCURRENT', 'AWSPREVIOUS'];
const mostVersions = 100;

/** Whether the secrets, their labels and versions are as the design says; no value of a credentials secret is read. */
export function lookAtSecrets(on: Deployment): Promise<Findings> {
  return each(on.connections, async (connection) => {
    const token = tokenSecretId(on.secretPrefix, connection);
    const credentials = credentialsSecretId(on.secretPrefix, connection);
    const ofLabels = ['secret.there', 'secret.labels'];
    return [
      ...(await attempt(ofLabels, credentials, () => lookAtLabels(on, credentials, ownLabels))),
      ...(await attempt(ofLabels, token, () => lookAtLabels(on, token, [...ownLabels, 'INCIDENT']))),
      ...(await attempt(['secret.document', 'secret.version_id'], token, () => lookAtToken(on, token))),
      ...(await attempt(['secret.versions'], token, () => countVersions(on, token))),
    ];
  });
}

async function lookAtLabels({ secrets }: Deployment, SecretId: string, allowed: readonly string[]): Promise<Findings> {
  const secret = await ifThere(secrets.describeSecret({ SecretId }));
  if (secret === undefined) return [differs('secret.there', 'a secret', 'none')];
  const held = Object.values(secret.VersionIdsToStages ?? {}).flat();
  const foreign = held.filter((label) => !allowed.includes(label));
  const also = `also ${foreign.join(', ')}`;
  return [holds('secret.there'), judge('secret.labels', foreign.length === 0, allowed.join(', '), also)];
}

async function lookAtToken({ secrets }: Deployment, SecretId: string): Promise<Findings> {
  const answer = await ifThere(secrets.getSecretValue({ SecretId }));
  const { SecretString = nothingStoredYet, VersionId = '' } = answer ?? {};
  if (SecretString === nothingStoredYet) throw new CannotTry('nothing is stored yet');
  const isDocument = parseTokenDocument(SecretString) !== undefined;
  const isOwn = /^[0-9a-f]{64}$/.test(VersionId);
  return [
    judge('secret.document', isDocument, 'a token document', 'another value'),
    judge('secret.version_id', isOwn, '64 hex digits', 'another VersionId: somebody else wrote it'),
  ];
}

async function countVersions({ secrets }: Deployment, SecretId: string): Promise<Findings> {
  const wanted = { SecretId, IncludeDeprecated: true, MaxResults: mostVersions };
  const { Versions = [], NextToken } = await secrets.listSecretVersionIds(wanted);
  const isFew = Versions.length < mostVersions && !NextToken;
  const count = isFew ? `${Versions.length} versions` : `${mostVersions} and more`;
  return [judge('secret.versions', isFew, `fewer than ${mostVersions}`, count, count)];
}

/** A role of an app, and the connections whose tokens it needs. */
export type AppRole = { readonly role: string; readonly connections: readonly string[] };

const read = 'secretsmanager:GetSecretValue';
/** Each of them changes what other apps read, or who may read it. */
const writes = ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'DeleteSecret', 'PutResourcePolicy'];
const actions = [read, ...writes.map((name) => `secretsmanager:${name}`)];

/** Asks IAM's policy simulator what apps' roles may do; nothing is tried in earnest. */
export function lookAtRoles(on: Deployment, roles: readonly AppRole[]): Promise<Findings> {
  return each(roles, ({ role, connections }) => {
    const arn = role.startsWith('arn:') ? role : `arn:${on.partition}:iam::${on.account}:role/${role}`;
    return each(on.all, async (connection) => {
      const needs = connections.includes(connection.name);
      const token = tokenSecretId(on.secretPrefix, connection);
      const credentials = credentialsSecretId(on.secretPrefix, connection);
      return [
        ...(await simulate(on, arn, token, needs ? 'role.reads' : 'role.other_tokens', needs)),
        ...(await simulate(on, arn, credentials, 'role.credentials', false)),
      ];
    });
  });
}

/** @param reading - The assumption about reading the secret. @param mayRead - Whether that should be allowed. */
function simulate({ iam, secrets }: Deployment, role: string, SecretId: string, reading: string, mayRead: boolean) {
  return attempt([reading, 'role.writes'], `${role.split('/').at(-1)} on ${SecretId}`, async () => {
    const { ARN, KmsKeyId = '' } = (await ifThere(secrets.describeSecret({ SecretId }))) ?? {};
    if (ARN === undefined) throw new CannotTry('the secret does not exist');
    const question = { PolicySourceArn: role, ActionNames: actions, ResourceArns: [ARN] };
    const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy(question);
    return actions.map((action) => {
      const [id, isMeant] = action === read ? [reading, mayRead] : ['role.writes', false];
      const result = EvaluationResults.find(({ EvalActionName }) => EvalActionName === action);
      const isAllowed = result?.EvalDecision === 'allowed';
      // A denial under a condition, such as an address or a tag, does not count as a refusal.
      if (!isAllowed && (result === undefined || (result.MissingContextValues ?? []).length > 0))
        return notTried(id, `${action} hangs on a condition that the simulator was not given`);
      if (isAllowed && isMeant && !/^$|alias\/aws\//.test(KmsKeyId))
        return notTried(id, `${action} is allowed; whether the key lets it decrypt cannot be simulated`);
      const words = (may: boolean) => `${action} ${may ? 'allowed' : 'refused'}`;
      return judge(id, isAllowed === isMeant, words(isMeant), words(isAllowed));
    });
  });
}
