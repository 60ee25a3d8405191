import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { IAM } from '@aws-sdk/client-iam';
import type { Moto } from '../support/moto.ts';
import { startFront } from './front.ts';

/** A statement of a role's policy, with every element as a list. */
export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/** One call as IAM sees it. */
export type Call = { readonly action: string; readonly resource: string };

/** A way to moto that lets through only what a role's policy allows, and remembers every call. */
export type IamGate = Awaited<ReturnType<typeof startIamGate>>;

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
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}

/** Reads every statement of a deployed role. */
export async function statementsOfRole(moto: Moto, RoleName: string): Promise<Statement[]> {
  const iam = new IAM(moto.aws);
  const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName });
  assert.deepEqual(AttachedPolicies, [], 'policies beside the inline ones, which this test does not read');
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
  const policies = await Promise.all(PolicyNames.map((PolicyName) => iam.getRolePolicy({ RoleName, PolicyName })));
  return policies.flatMap(({ PolicyDocument = '' }) => readStatements(decodeURIComponent(PolicyDocument)));
}

function readStatements(document: string): Statement[] {
  const { Statement: statements } = JSON.parse(document);
  return [statements].flat().map((statement: Record<string, unknown>) => {
    // What this judge does not know it must not overlook; conditions only ever narrow an Allow here.
    const known = ['Effect', 'Action', 'Resource', 'Sid', ...(statement.Effect === 'Allow' ? ['Condition'] : [])];
    const unknown = Object.keys(statement).filter((key) => !known.includes(key));
    assert.deepEqual(unknown, [], 'a policy statement that this test cannot judge');
    return {
      effect: statement.Effect === 'Deny' ? 'Deny' : 'Allow',
      actions: [statement.Action].flat().map(String),
      resources: [statement.Resource].flat().map(String),
    };
  });
}

/**
 * Starts a gate in front of moto, which itself cannot enforce the resources of a statement.
 *
 * @param arnOf - The ARN of a secret by name, as moto gave it.
 */
export async function startIamGate(moto: Moto, statements: readonly Statement[], arnOf: ReadonlyMap<string, string>) {
  const allowed: Call[] = [];
  const refused: Call[] = [];
  const { url, close } = await startFront(moto, async (request, body, passOn) => {
    const call = readCall(request, body.toString(), arnOf);
    const isLetThrough = isAllowed(statements, call);
    (isLetThrough ? allowed : refused).push(call);
    return isLetThrough ? passOn() : refuse(request, call);
  });
  return { url, allowed, refused, close };
}

/** Reads action and resource: AWS's JSON protocol names the action in a header, its query protocol in the form. */
function readCall(request: IncomingMessage, body: string, arnOf: ReadonlyMap<string, string>): Call {
  // ".../Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..."
  const service = request.headers.authorization?.split(',')[0]?.split('/').at(-2) ?? 'unknown';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const { SecretId } = JSON.parse(body);
    const resource = SecretId === undefined ? '*' : (arnOf.get(SecretId) ?? String(SecretId));
    return { action: `${service}:${target.split('.').at(-1)}`, resource };
  }
  const form = new URLSearchParams(body);
  const action = form.get('Action') ?? `${request.method} ${request.url}`;
  return { action: `${service}:${action}`, resource: form.get('TopicArn') ?? '*' };
}

function refuse({ headers }: IncomingMessage, { action, resource }: Call): Response {
  const Message = `User is not authorized to perform: ${action} on resource: ${resource}`;
  if (headers['x-amz-target'] !== undefined)
    return Response.json({ __type: 'AccessDeniedException', Message }, { status: 400 });
  const error = `<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>${Message}</Message></Error>`;
  return new Response(`<ErrorResponse>${error}</ErrorResponse>`, { status: 403 });
}
