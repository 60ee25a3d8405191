import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { policyAllows } from '../../cli/verify/policy.ts';
import { type Moto, startFront } from '../support/moto.ts';

/** A statement of a role's policy, as IAM holds it. */
type Statement = Readonly<Record<'Action' | 'Resource', string | string[]>>;

/** One call as IAM sees it. */
type Call = Readonly<Record<'action' | 'resource', string>>;

/** A way to moto that lets through only what a role's policy allows, and remembers every call. */
export type IamGate = Awaited<ReturnType<typeof startIamGate>>;

/** Judges a call as IAM does. What the judge does not know, such as a condition, it does not take for allowed. */
export function isAllowed(statements: readonly Statement[], call: Call): boolean {
  // A role's own statements name no principal.
  const Statement = statements.map((each) => ({ Principal: '*', ...each }));
  return policyAllows(JSON.stringify({ Statement }), { ...call, service: '', account: '', sourceArn: '' }) === true;
}

/** Reads every statement of a deployed role. */
async function statementsOfRole({ clients: { iam } }: Moto, RoleName: string): Promise<Statement[]> {
  const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName });
  assert.deepEqual(AttachedPolicies, [], 'policies beside the inline ones, which this test does not read');
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
  const policies = await Promise.all(PolicyNames.map((PolicyName) => iam.getRolePolicy({ RoleName, PolicyName })));
  return policies.flatMap(({ PolicyDocument = '' }) => JSON.parse(decodeURIComponent(PolicyDocument)).Statement);
}

/**
 * Starts a gate in front of moto, which itself cannot enforce the resources of a statement.
 *
 * @param arnOf - The ARN of a secret by name, as moto gave it.
 * @param without - An action that the role is to lack.
 */
export async function startIamGate(moto: Moto, roleName: string, arnOf: ReadonlyMap<string, string>, without = 'none') {
  const statements = (await statementsOfRole(moto, roleName)).filter(({ Action }) => !Action.includes(without));
  const [allowed, refused]: [Call[], Call[]] = [[], []];
  const front = await startFront(moto, async (request, body, passOn) => {
    const call = readCall(request, body.toString(), arnOf);
    const isLetThrough = isAllowed(statements, call);
    (isLetThrough ? allowed : refused).push(call);
    return isLetThrough ? passOn() : refuse(request, call);
  });
  return { ...front, statements, allowed, refused };
}

/** Reads action and resource: AWS's JSON protocol names the action in a header, its query protocol in the form. */
function readCall(request: IncomingMessage, body: string, arnOf: ReadonlyMap<string, string>): Call {
  // ".../Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..."
  const service = request.headers.authorization?.split(',')[0]?.split('/').at(-2) ?? 'unknown';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const { SecretId } = JSON.parse(body);
    return { action: `${service}:${target.split('.').at(-1)}`, resource: arnOf.get(SecretId) ?? `${SecretId}` };
  }
  const form = new URLSearchParams(body);
  return { action: `${service}:${form.get('Action')}`, resource: `${form.get('TopicArn')}` };
}

function refuse({ headers }: IncomingMessage, { action, resource }: Call): Response {
  const Message = `User is not authorized to perform: ${action} on resource: ${resource}`;
  if (headers['x-amz-target'] !== undefined)
    return Response.json({ __type: 'AccessDeniedException', Message }, { status: 400 });
  const error = `<Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>${Message}</Message></Error>`;
  return new Response(`<ErrorResponse>${error}</ErrorResponse>`, { status: 403 });
}
