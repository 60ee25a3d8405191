import { readFileSync } from 'node:fs';

type Entry = Record<string, unknown> & { name: string };

/** The `connections.json` of this repository: the guide's two connections. */
export const ownConnectionsText = readFileSync(new URL('../../connections.json', import.meta.url), 'utf8');

/** A `connections.json` with that many connections, half of them SalesIQ, half Desk. */
export function someConnections(count: number, secretPrefix = 'zoho'): string {
  const file = JSON.parse(ownConnectionsText) as { connections: [Entry, Entry] };
  const connections = Array.from({ length: count }, (_, index) => {
    const entry = file.connections[index % 2 === 0 ? 0 : 1];
    return { ...entry, name: `${entry.name}-${index + 1}` };
  });
  return JSON.stringify({ secret_prefix: secretPrefix, connections });
}
