import { readFileSync } from 'node:fs';

/** The connections of this repository, as their file has them. */
export const file = JSON.parse(
  readFileSync(new URL('../../../connections.json', import.meta.url), 'utf8'),
) as { connections: Record<string, unknown>[] };

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
