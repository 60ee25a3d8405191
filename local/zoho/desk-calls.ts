import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { type DeskFieldError, deskError } from './desk-errors.ts';
import { madeUpRecordId } from './made-up.ts';
import { json, type Reply } from './reply.ts';

/** A call record of Desk. */
export type DeskCall = Record<string, unknown> & { id: string };

/** The call records of every organisation. */
export class DeskCalls {
  readonly #byOrganisation = new Map<string, DeskCall[]>();

  /** An organisation's calls, oldest first. */
  of(dataCenter: DataCenter, orgId: string): DeskCall[] {
    const key = `${dataCenter}/${orgId}`;
    const calls = this.#byOrganisation.get(key) ?? [];
    this.#byOrganisation.set(key, calls);
    return calls;
  }
}

const startTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** What makes a required field of `POST /calls` acceptable. */
const fieldRules: Record<string, (value: unknown, departmentIds: readonly string[]) => boolean> = {
  departmentId: (value, departmentIds) => typeof value === 'string' && departmentIds.includes(value),
  contactId: (value) => typeof value === 'string' && /^\d+$/.test(value),
  subject: (value) => typeof value === 'string' && value !== '',
  startTime: (value) => typeof value === 'string' && startTime.test(value),
  direction: (value) => value === 'inbound' || value === 'outbound',
  duration: (value) => /^\d+$/.test(`${value}`),
  status: (value) => typeof value === 'string' && value !== '',
};

/**
 * Keeps a new call record, or says which fields are at fault.
 *
 * @param body - Request body as received.
 * @param departmentIds - Departments of the organisation.
 */
export function createCall(calls: DeskCall[], body: string, departmentIds: readonly string[]): Reply {
  let fields: unknown;
  try {
    fields = JSON.parse(body);
  } catch {
    return deskError('UNPROCESSABLE_ENTITY');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return deskError('UNPROCESSABLE_ENTITY');
  }
  const given: Record<string, unknown> = { ...fields };
  const errors: DeskFieldError[] = [];
  for (const [name, isAcceptable] of Object.entries(fieldRules)) {
    const isMissing = given[name] === undefined || given[name] === null || given[name] === '';
    if (isMissing) errors.push({ fieldName: `/${name}`, errorType: 'missing' });
    else if (!isAcceptable(given[name], departmentIds)) {
      errors.push({ fieldName: `/${name}`, errorType: 'invalid' });
    }
  }
  if (errors.length) return deskError('INVALID_DATA', errors);
  const call: DeskCall = { ...given, id: madeUpRecordId() };
  calls.push(call);
  return json(200, call, 'ok');
}
