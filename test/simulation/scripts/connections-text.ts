import { readFileSync } from 'node:fs';

/** The connections of this repository, as their file has them. */
const file = JSON.parse(readFileSync(new URL('../../../connections.json', import.meta.url), 'utf8')) as {
  connections: { name: string; settings?: object; required_scopes?: string[] }[];
};

/** A connection's own entry. */
export function entryOf(name: string): Partial<(typeof file.connections)[number]> {
  return file.connections.find((known) => known.name === name) ?? {};
}

/** `connections.json` with some of its connections, and changes to each by name. */
export function connectionsText(
  names: readonly string[],
  changes: ReadonlyMap<string, Record<string, unknown>> = new Map(),
): string {
  const connections = file.connections
    .filter(({ name }) => names.includes(name))
    .map((connection) => ({ ...connection, ...changes.get(connection.name) }));
  return JSON.stringify({ ...file, connections });
}
