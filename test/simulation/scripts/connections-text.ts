import { readFileSync } from 'node:fs';

/** A second connection to SalesIQ, with a client of the other kind: docs/connections.md has it. */
const visitor = {
  name: 'salesiq-visitor',
  service: 'salesiq',
  data_center: 'in',
  token_prefix: '1005.',
  required_scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'],
  settings: { screen_name: 'rtdsportal', app_id: '2782000012893013', department_id: '2782000000002013' },
};

const ofRepository = JSON.parse(
  readFileSync(new URL('../../../connections.json', import.meta.url), 'utf8'),
) as { connections: Record<string, unknown>[] };

/** The connections of this repository, as their file has them, and one more. */
export const file = { ...ofRepository, connections: [...ofRepository.connections, visitor] };

/** `connections.json` with some of its connections, and changes to each by name. */
export function connectionsText(
  names: readonly string[],
  changes: ReadonlyMap<string, Record<string, unknown>> = new Map(),
): string {
  const connections = file.connections
    .filter(({ name }) => names.includes(String(name)))
    .map((connection) => ({ ...connection, ...changes.get(String(connection.name)) }));
  return JSON.stringify({ ...file, connections });
}
