import type { Connection } from '../../lambda/connections/read-connections.ts';

/** A key of the guide's `.env`, and what its value is. */
export type ExpectedKey = {
  readonly key: string;
  readonly role: 'access token' | 'refresh token' | 'client id' | 'client secret' | 'setting';
  /** Whose it is; several for a client that they share. */
  readonly connections: readonly Connection[];
  /** Name in `settings` of connections.json, e.g. `org_id`. */
  readonly setting?: string;
};

/** First part of a connection's keys: `SALESIQ` for `salesiq`, `SALESIQ_VISITOR` for `salesiq-visitor`. */
export function keyPrefix({ name }: Pick<Connection, 'name'>): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** First part of the keys of the one client that all connections share in the guide's template. */
export const sharedPrefix = 'ZOHO';

function keysOf(prefix: string, connections: readonly Connection[]) {
  return (suffix: string, role: ExpectedKey['role']): ExpectedKey => ({
    key: `${prefix}_${suffix}`,
    role,
    connections,
  });
}

/** A connection's own keys in the order of the guide's template, those of its own client last. */
export function ownKeys(connection: Connection): ExpectedKey[] {
  const of = keysOf(keyPrefix(connection), [connection]);
  return [
    of('ACCESS_TOKEN', 'access token'),
    of('REFRESH_TOKEN', 'refresh token'),
    ...Object.keys(connection.settings).map((setting) => ({ ...of(setting.toUpperCase(), 'setting'), setting })),
    of('CLIENT_ID', 'client id'),
    of('CLIENT_SECRET', 'client secret'),
  ];
}

export function knownKeys(connections: readonly Connection[]): ExpectedKey[] {
  const shared = keysOf(sharedPrefix, connections);
  return [...connections.flatMap(ownKeys), shared('CLIENT_ID', 'client id'), shared('CLIENT_SECRET', 'client secret')];
}

/** Names of the connections whose credentials a key is a part of. */
export function blockedBy({ role, connections }: ExpectedKey): string[] {
  return role === 'setting' || role === 'access token' ? [] : connections.map(({ name }) => name);
}
