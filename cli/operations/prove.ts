import { chooseProbe } from '../../lambda/zoho/probe.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import type { CallService } from './call-service.ts';
import { CheckFault, type Ready } from './check-result.ts';

/** Desk's largest page, and as many pages as any portal has departments. */
const pageSize = 200;
const mostPages = 5;

/** Whether the token is known to hold a scope; if Zoho named none, the configured ones are assumed. */
export function holds({ connection, scopes }: Ready, scope: string): boolean {
  const { requiredScopes, optionalScopes } = connection;
  return missingScopes([scope], scopes ?? [...requiredScopes, ...optionalScopes]).length === 0;
}

/** @throws {@link CheckFault} if the token lacks the scope of an operation. */
export function requireScope(ready: Ready, scope: string, answer: string): void {
  if (holds(ready, scope)) return;
  const { name } = ready.connection;
  throw new CheckFault(
    `the token lacks ${scope}: ${answer}`,
    `add ${scope} to the scopes of ${name} in connections.json if it is not there, and consent again: \`npx --no-install zoho-tokens authorize ${name}\``,
  );
}

/**
 * Proves by reads that SalesIQ takes the token, and that the screen name is right.
 *
 * @returns What the read could not prove.
 * @throws {@link CheckFault}
 */
export async function provePortal(call: CallService, ready: Ready): Promise<string[]> {
  const probe = chooseProbe(ready.connection, ready.scopes);
  if (probe === undefined)
    return ['not tried at SalesIQ: the token has no scope for a read (SalesIQ.apps.READ would do)'];
  await call(ready, 'GET', probe.path);
  return [];
}

/** Proves the department and the app of SalesIQ, as far as the token may read them. */
export async function proveSalesiqIds(call: CallService, ready: Ready): Promise<string[]> {
  const { name, settings } = ready.connection;
  const { screen_name: screenName, app_id: appId, department_id: departmentId } = settings;
  for (const [key, value] of Object.entries({ app_id: appId, department_id: departmentId })) {
    if (value !== undefined) continue;
    throw new CheckFault(`settings.${key} is missing: a transfer needs it`, `add it to ${name} in connections.json`);
  }
  const notes: string[] = [];
  if (holds(ready, 'SalesIQ.apps.READ')) await call(ready, 'GET', `/api/v2/${screenName}/apps/${appId}`);
  else notes.push('app_id is not proved: the token may not read apps (SalesIQ.apps.READ)');
  if (holds(ready, 'SalesIQ.departments.READ')) {
    const answer = await call(ready, 'GET', `/api/v2/${screenName}/departments`);
    refuseUnlisted(ready, answer?.data, departmentId ?? '');
  } else notes.push('department_id is not proved: the token may not read departments (SalesIQ.departments.READ)');
  return notes;
}

/** Proves Desk's token, organisation and department at once. */
export async function proveDesk(call: CallService, ready: Ready): Promise<string[]> {
  const { department_id: departmentId } = ready.connection.settings;
  if (!holds(ready, 'Desk.departments.READ')) {
    await call(ready, 'GET', '/api/v1/calls?limit=1');
    return ['department_id is not proved: the token may not read departments (Desk.basic.READ)'];
  }
  const found: unknown[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await call(ready, 'GET', `/api/v1/departments?from=${page * pageSize}&limit=${pageSize}`);
    const records = Array.isArray(answer?.data) ? answer.data : [];
    found.push(...records);
    if (records.length < pageSize) break;
  }
  if (departmentId === undefined) return ['settings.department_id is not set: the app must know it'];
  refuseUnlisted(ready, found, departmentId);
  return [];
}

function refuseUnlisted({ connection }: Ready, records: unknown, departmentId: string): void {
  const list = Array.isArray(records) ? (records as { id?: unknown }[]) : [];
  if (list.some((record) => String(record?.id) === departmentId)) return;
  throw new CheckFault(
    `department_id ${departmentId} is not among the ${list.length} departments`,
    `correct settings.department_id of ${connection.name} in connections.json`,
  );
}
