import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { attempt, type Finding, judge, notTried } from './finding.ts';
import { describeSecret } from './look-at-secrets.ts';
import type { Deployment } from './subject.ts';

/** A role of an app, and the connections whose tokens it needs. */
export type AppRole = { readonly role: string; readonly connections: readonly string[] };

const read = 'secretsmanager:GetSecretValue';
/** Each of them changes what other apps read, or who may read it. */
const writes = [
  'PutSecretValue',
  'UpdateSecret',
  'UpdateSecretVersionStage',
  'DeleteSecret',
  'PutResourcePolicy',
];
const actions = [read, ...writes.map((name) => `secretsmanager:${name}`)];

/** What a role may do with a secret: the assumption that each action settles, and whether it should be allowed. */
type Claims = { readonly reading: string; readonly mayRead: boolean };

/** Asks IAM's policy simulator what apps' roles may do; nothing is tried in earnest. */
export async function lookAtRoles(on: Deployment, roles: readonly AppRole[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { role, connections } of roles) {
    const arn = role.startsWith('arn:') ? role : `arn:${on.partition}:iam::${on.account}:role/${role}`;
    for (const connection of on.all) {
      const mayRead = connections.includes(connection.name);
      const token = { reading: mayRead ? 'role.reads' : 'role.other_tokens', mayRead };
      const secrets: [string, Claims][] = [
        [tokenSecretId(on.secretPrefix, connection), token],
        [credentialsSecretId(on.secretPrefix, connection), { reading: 'role.credentials', mayRead: false }],
      ];
      for (const [id, claims] of secrets) {
        const where = `${arn.split('/').at(-1)} on ${id}`;
        const ids = [claims.reading, 'role.writes'];
        findings.push(...(await attempt(ids, () => ask(on, arn, id, claims, where), where)));
      }
    }
  }
  return findings;
}

async function ask(
  { iam, secrets }: Deployment,
  role: string,
  secretId: string,
  { reading, mayRead }: Claims,
  where: string,
): Promise<readonly Finding[]> {
  const { ARN, KmsKeyId = '' } = (await describeSecret(secrets, secretId)) ?? {};
  if (ARN === undefined)
    return [reading, 'role.writes'].map((id) => notTried(id, 'there is no such secret', where));
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({ PolicySourceArn: role, ActionNames: actions, ResourceArns: [ARN] }),
  );
  return actions.map((action) => {
    const [id, isMeant] = action === read ? [reading, mayRead] : ['role.writes', false];
    const result = EvaluationResults.find(({ EvalActionName }) => EvalActionName === action);
    const isAllowed = result?.EvalDecision === 'allowed';
    // What hangs on a condition, such as an address or a tag, is no refusal.
    if (!isAllowed && (result === undefined || (result.MissingContextValues ?? []).length > 0))
      return notTried(id, `${action} hangs on a condition that the simulator was not given`, where);
    if (isAllowed && isMeant && !/^$|alias\/aws\//.test(KmsKeyId))
      return notTried(id, `${action} is allowed; whether the key lets it decrypt cannot be simulated`, where);
    const words = (may: boolean) => `${action} ${may ? 'allowed' : 'refused'}`;
    return judge(id, isAllowed === isMeant, [words(isMeant), words(isAllowed)], where);
  });
}
