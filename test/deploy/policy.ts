import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { credentials, type Moto, region } from './moto.ts';

/** A statement of a role's policy, with every element as a list. */
export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/** One call as IAM sees it. */
export type Call = { readonly action: string; readonly resource: string };

/**
 * Judges a call as IAM does: nothing is allowed unless a statement allows it and none denies it.
 *
 * Actions compare without case; `*` and `?` are the only patterns.
 */
export function isAllowed(statements: readonly Statement[], { action, resource }: Call): boolean {
  const hits = statements.filter(
    ({ actions, resources }) =>
      actions.some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase())) &&
      resources.some((pattern) => fits(pattern, resource)),
  );
  return hits.some(({ effect }) => effect === 'Allow') && hits.every(({ effect }) => effect === 'Allow');
}

function fits(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}

/** Names of the deployed roles that fit. */
export async function rolesOf(moto: Moto, name: RegExp): Promise<string[]> {
  const { Roles = [] } = await new IAMClient({ endpoint: moto.url, region, credentials }).send(
    new ListRolesCommand({}),
  );
  return Roles.map(({ RoleName = '' }) => RoleName).filter((roleName) => name.test(roleName));
}

/** Reads every statement of a deployed role, inline and attached. */
export async function statementsOfRole(moto: Moto, roleName: string): Promise<Statement[]> {
  const iam = new IAMClient({ endpoint: moto.url, region, credentials });
  const documents: string[] = [];
  const inline = await iam.send(new ListRolePoliciesCommand({ RoleName: roleName }));
  for (const PolicyName of inline.PolicyNames ?? []) {
    const policy = await iam.send(new GetRolePolicyCommand({ RoleName: roleName, PolicyName }));
    documents.push(policy.PolicyDocument ?? '');
  }
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: roleName }));
  for (const { PolicyArn } of attached.AttachedPolicies ?? []) {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }));
    documents.push(version.PolicyVersion?.Document ?? '');
  }
  return documents.flatMap((document) => readStatements(decodeURIComponent(document)));
}

function readStatements(document: string): Statement[] {
  const { Statement: statements } = JSON.parse(document);
  return [statements].flat().map((statement: Record<string, unknown>) => {
    for (const key of Object.keys(statement)) {
      // What this judge does not know it must not overlook; conditions only ever narrow an Allow here.
      if (!['Effect', 'Action', 'Resource', 'Condition', 'Sid'].includes(key)) {
        throw new Error(`a policy statement has ${key}, which this test cannot judge`);
      }
    }
    if (statement.Effect === 'Deny' && statement.Condition !== undefined) {
      throw new Error('a conditional Deny, which this test cannot judge');
    }
    return {
      effect: statement.Effect === 'Deny' ? 'Deny' : 'Allow',
      actions: [statement.Action].flat().map(String),
      resources: [statement.Resource].flat().map(String),
    };
  });
}
