import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { attempt, each, type Findings, ifThere, judge, notTried } from './finding.ts';
import type { Deployment } from './subject.ts';

/** A role of an app, and the connections whose tokens it needs. */
export type AppRole = { readonly role: string; readonly connections: readonly string[] };

const read = 'secretsmanager:GetSecretValue';
/** Each of them changes what other apps read, or who may read it. */
const writes = ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage', 'DeleteSecret', 'PutResourcePolicy'];
const actions = [read, ...writes.map((name) => `secretsmanager:${name}`)];

/** What a role may do with a secret: the assumption that each action settles, and whether it should be allowed. */
type Claims = { readonly reading: string; readonly mayRead: boolean };

/** Asks IAM's policy simulator what apps' roles may do; nothing is tried in earnest. */
export async function lookAtRoles(on: Deployment, roles: readonly AppRole[]): Promise<Findings> {
  return each(roles, ({ role, connections }) => {
    const arn = role.startsWith('arn:') ? role : `arn:${on.partition}:iam::${on.account}:role/${role}`;
    const secrets = on.all.flatMap((connection) => {
      const mayRead = connections.includes(connection.name);
      const token = { reading: mayRead ? 'role.reads' : 'role.other_tokens', mayRead };
      return [
        [tokenSecretId(on.secretPrefix, connection), token],
        [credentialsSecretId(on.secretPrefix, connection), { reading: 'role.credentials', mayRead: false }],
      ] as const;
    });
    return each(secrets, ([id, claims]) => {
      const where = `${arn.split('/').at(-1)} on ${id}`;
      return attempt([claims.reading, 'role.writes'], where, () => ask(on, arn, id, claims, where));
    });
  });
}

async function ask(
  { iam, secrets }: Deployment,
  role: string,
  secretId: string,
  { reading, mayRead }: Claims,
  where: string,
): Promise<Findings> {
  const { ARN, KmsKeyId = '' } = (await ifThere(secrets.describeSecret({ SecretId: secretId }))) ?? {};
  if (ARN === undefined) return [reading, 'role.writes'].map((id) => notTried(id, 'the secret does not exist', where));
  const { EvaluationResults = [] } = await iam.simulatePrincipalPolicy({
    PolicySourceArn: role,
    ActionNames: actions,
    ResourceArns: [ARN],
  });
  return actions.map((action) => {
    const [id, isMeant] = action === read ? [reading, mayRead] : ['role.writes', false];
    const result = EvaluationResults.find(({ EvalActionName }) => EvalActionName === action);
    const isAllowed = result?.EvalDecision === 'allowed';
    // A denial under a condition, such as an address or a tag, does not count as a refusal.
    if (!isAllowed && (result === undefined || (result.MissingContextValues ?? []).length > 0))
      return notTried(id, `${action} hangs on a condition that the simulator was not given`, where);
    if (isAllowed && isMeant && !/^$|alias\/aws\//.test(KmsKeyId))
      return notTried(id, `${action} is allowed; whether the key lets it decrypt cannot be simulated`, where);
    const words = (may: boolean) => `${action} ${may ? 'allowed' : 'refused'}`;
    return judge(id, isAllowed === isMeant, [words(isMeant), words(isAllowed)], where);
  });
}
