import { readFileSync } from 'node:fs';

type Entry = Record<string, unknown> & { name: string };

/** The `connections.json` of this repository. */
export const ownConnections = JSON.parse(readFileSync(new URL('../../connections.json', import.meta.url), 'utf8')) as {
  connections: [Entry, Entry];
};

/** A `connections.json` with that many connections, half of them SalesIQ, half Desk. */
export function someConnections(count: number, secretPrefix = 'zoho'): string {
  const connections = Array.from({ length: count }, (_, index) => {
    const entry = ownConnections.connections[index % 2 === 0 ? 0 : 1];
    return { ...entry, name: `${entry.name}-${index + 1}` };
  });
  return JSON.stringify({ secret_prefix: secretPrefix, connections });
}
