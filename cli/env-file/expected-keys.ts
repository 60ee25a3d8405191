import type { Connection } from '../../lambda/connections/read-connections.ts';
import { tokenShape } from '../../lambda/zoho/token-answer.ts';

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

const token = { shape: tokenShape, say: 'a token such as 1000.<hex>.<hex>' };

const shapes = {
  'access token': token,
  'refresh token': token,
  'client id': { shape: /^\d{4}\.[A-Z0-9]{20,40}$/, say: 'a client id such as 1000.<capital letters and digits>' },
  'client secret': { shape: /^[\w-]{20,}$/, say: 'the client secret of the API console' },
  setting: { shape: /^\d+$/, say: 'the digits of a Zoho id' },
} as const satisfies Record<ExpectedKey['role'], { shape: RegExp; say: string }>;

const screenName = { shape: /^[\w.-]+$/, say: 'the portal name of the SalesIQ URL' };

/** Words of templates and guides that stand in place of a value. */
const placeholder =
  /your[_ -]|x{3,}|<[^>]*>|\{[^}]*\}|change[_ -]?me|placeholder|example|\.\.\.|todo|token_here|from_api_console|replace/i;

const surePlaceholder = /your[_ -]|x{4,}|change[_ -]?me|placeholder|_here|from_api_console/i;

/** What is wrong with the shape of a value; `undefined` if nothing is. */
export function shapeFault({ role, setting }: Pick<ExpectedKey, 'role' | 'setting'>, value: string) {
  const { shape, say } = setting === 'screen_name' ? screenName : shapes[role];
  const isOneCharacter = /^(\d{4}\.)?([^.])\2*(\.\2+)?$/.test(value) && value.length > 8 && role !== 'setting';
  // A client secret and a screen name have hardly any shape: a template's words pass for one.
  const isWords = (role === 'client secret' || setting === 'screen_name') && surePlaceholder.test(value);
  if (shape.test(value) && !isOneCharacter && !isWords) return undefined;
  return { kind: placeholder.test(value) || isOneCharacter ? 'placeholder' : 'shape', expected: say };
}

/** Prefix of a token or client id, e.g. `1000.`; also of one that is broken behind it. */
export function prefixOf(value: string): string | undefined {
  return /^\d{4}\./.exec(value)?.[0];
}
