import { chooseProbe } from '../../lambda/zoho/probe.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import { Refusal } from '../faults.ts';
import { callService, type Operation, operations, type Proved, type Ready } from './operation.ts';

/** Desk's largest page, and as many pages as any portal has departments. */
const pageSize = 200;
const mostPages = 5;

/** Proves an operation as far as reads can. @throws {@link Refusal} with the error that it would meet itself. */
export async function proveByReading(operation: Operation, ready: Ready): Promise<Proved> {
  requireScope(ready, operations[operation].scope);
  if (operation === 'callback') {
    const notes = await proveDesk(ready);
    const proved = notes.length === 0 ? 'token, scope, organisation and department' : 'token, scope and organisation';
    return { reason: `${proved} are right`, notes };
  }
  const notes = await provePortal(ready);
  if (operation === 'transfer') {
    if (!ready.accessToken.reveal().startsWith('1005.')) {
      throw new Refusal(
        'the token is of a user-level client: the visitor API takes organisation tokens (1005.) only and would answer 1009',
        'add a connection salesiq-visitor with token_prefix "1005." to connections.json, deploy, and `npx --no-install zoho-tokens authorize salesiq-visitor --org`',
      );
    }
    notes.push(...(await proveSalesiqIds(ready)));
  }
  return { reason: 'token, scope and portal are right', notes };
}

/** Whether the token is known to hold a scope; if Zoho named none, the configured ones are assumed. */
function holds({ connection, scopes }: Ready, scope: string): boolean {
  const { requiredScopes, optionalScopes } = connection;
  return missingScopes([scope], scopes ?? [...requiredScopes, ...optionalScopes]).length === 0;
}

function requireScope(ready: Ready, scope: string): void {
  if (holds(ready, scope)) return;
  const { name, service } = ready.connection;
  const answer = service === 'desk' ? 'Desk would answer SCOPE_MISMATCH' : 'SalesIQ would answer 1009';
  throw new Refusal(
    `the token lacks ${scope}: ${answer}`,
    `add ${scope} to the scopes of ${name} in connections.json if it is not there, and consent again: \`npx --no-install zoho-tokens authorize ${name}\``,
  );
}

async function provePortal(ready: Ready): Promise<string[]> {
  const probe = chooseProbe(ready.connection, ready.scopes);
  if (probe === undefined)
    return ['not tried at SalesIQ: the token has no scope for a read (SalesIQ.apps.READ would do)'];
  await callService(ready, 'GET', probe.path);
  return [];
}

async function proveSalesiqIds(ready: Ready): Promise<string[]> {
  const { name, settings } = ready.connection;
  const { screen_name: screenName, app_id: appId, department_id: departmentId = '' } = settings;
  for (const key of ['app_id', 'department_id']) {
    if (settings[key] === undefined)
      throw new Refusal(`settings.${key} is missing: a transfer needs it`, `add it to ${name} in connections.json`);
  }
  const notes: string[] = [];
  if (holds(ready, 'SalesIQ.apps.READ')) await callService(ready, 'GET', `/api/v2/${screenName}/apps/${appId}`);
  else notes.push('app_id is not proved: the token may not read apps (SalesIQ.apps.READ)');
  if (holds(ready, 'SalesIQ.departments.READ')) {
    const answer = await callService(ready, 'GET', `/api/v2/${screenName}/departments`);
    refuseUnlisted(ready, listOf(answer), departmentId);
  } else notes.push('department_id is not proved: the token may not read departments (SalesIQ.departments.READ)');
  return notes;
}

async function proveDesk(ready: Ready): Promise<string[]> {
  const { department_id: departmentId } = ready.connection.settings;
  if (!holds(ready, 'Desk.departments.READ')) {
    await callService(ready, 'GET', '/api/v1/calls?limit=1');
    return ['department_id is not proved: the token may not read departments (Desk.basic.READ)'];
  }
  const found: unknown[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const records = listOf(
      await callService(ready, 'GET', `/api/v1/departments?from=${page * pageSize}&limit=${pageSize}`),
    );
    found.push(...records);
    if (records.length < pageSize) break;
  }
  if (departmentId === undefined) return ['settings.department_id is not set: the app must know it'];
  refuseUnlisted(ready, found, departmentId);
  return [];
}

export function listOf(answer: Readonly<Record<string, unknown>> | undefined): readonly unknown[] {
  return Array.isArray(answer?.data) ? answer.data : [];
}

function refuseUnlisted({ connection }: Ready, records: readonly unknown[], departmentId: string): void {
  if (records.some((record) => String(Object(record).id) === departmentId)) return;
  throw new Refusal(
    `department_id ${departmentId} is not among the ${records.length} departments`,
    `correct settings.department_id of ${connection.name} in connections.json`,
  );
}
