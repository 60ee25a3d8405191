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

/** Keys of the one client that all connections share in the guide's template. */
export const sharedClientId = 'ZOHO_CLIENT_ID';
export const sharedClientSecret = 'ZOHO_CLIENT_SECRET';

/** A connection's own keys in the order of the guide's template, those of its own client last. */
export function ownKeys(connection: Connection): ExpectedKey[] {
  const prefix = keyPrefix(connection);
  const of = (suffix: string, role: ExpectedKey['role']): ExpectedKey => ({
    key: `${prefix}_${suffix}`,
    role,
    connections: [connection],
  });
  return [
    of('ACCESS_TOKEN', 'access token'),
    of('REFRESH_TOKEN', 'refresh token'),
    ...Object.keys(connection.settings).map((setting) => ({
      ...of(setting.toUpperCase(), 'setting'),
      setting,
    })),
    of('CLIENT_ID', 'client id'),
    of('CLIENT_SECRET', 'client secret'),
  ];
}

/** Every key that an `.env` for these connections may have. */
export function knownKeys(connections: readonly Connection[]): ExpectedKey[] {
  return [
    ...connections.flatMap(ownKeys),
    { key: sharedClientId, role: 'client id', connections },
    { key: sharedClientSecret, role: 'client secret', connections },
  ];
}
