import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import type { Account } from '../place/account.ts';
import { attempt, type Finding, judge } from './finding.ts';
import { describeSecret } from './look-at-secrets.ts';
import type { Deployed } from './look-at-stack.ts';
import type { Subject } from './subject.ts';

/** A role of an app, and the connections whose tokens it needs. */
export type AppRole = { readonly role: string; readonly connections: readonly string[] };

const read = 'secretsmanager:GetSecretValue';
const write = 'secretsmanager:PutSecretValue';

/** Asks IAM's policy simulator what apps' roles may do; nothing is tried in earnest. */
export async function lookAtRoles(
  account: Account,
  subject: Subject,
  { partition, account: accountId }: Deployed,
  roles: readonly AppRole[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { role, connections } of roles) {
    const arn = role.startsWith('arn:') ? role : `arn:${partition}:iam::${accountId}:role/${role}`;
    findings.push(
      ...(await attempt(['role.reads', 'role.nothing_else'], () => ask(account, subject, arn, connections))),
    );
  }
  return findings;
}

async function ask(
  account: Account,
  { all, secretPrefix }: Subject,
  roleArn: string,
  needed: readonly string[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const connection of all) {
    const token = tokenSecretId(secretPrefix, connection);
    const isNeeded = needed.includes(connection.name);
    const calls = [
      {
        action: read,
        secretId: token,
        id: isNeeded ? 'role.reads' : 'role.nothing_else',
        expected: isNeeded,
      },
      { action: write, secretId: token, id: 'role.nothing_else', expected: false },
      {
        action: read,
        secretId: credentialsSecretId(secretPrefix, connection),
        id: 'role.nothing_else',
        expected: false,
      },
    ];
    for (const { action, secretId, id, expected } of calls) {
      const arn = (await describeSecret(account, secretId))?.ARN;
      if (arn === undefined) continue;
      const isAllowed = await simulate(account, roleArn, action, arn);
      const words = (may: boolean) => `${action} ${may ? 'allowed' : 'refused'}`;
      const where = `${roleArn.split('/').at(-1)} on ${secretId}`;
      findings.push(judge(id, isAllowed === expected, [words(expected), words(isAllowed)], where));
    }
  }
  return findings;
}

async function simulate({ iam }: Account, role: string, action: string, resource: string): Promise<boolean> {
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role,
      ActionNames: [action],
      ResourceArns: [resource],
    }),
  );
  return EvaluationResults.some(({ EvalDecision }) => EvalDecision === 'allowed');
}
