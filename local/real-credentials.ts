import { parseEnv } from 'node:util';
import { keyPrefix, sharedPrefix } from '../cli/env-file/expected-keys.ts';
import type { Connection } from '../lambda/connections/read-connections.ts';
import type { CredentialsFields } from './stage.ts';

/** The `.env` cannot be used; the message names every missing key. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

/**
 * Finds each connection's credentials in an `.env` of the guide's format: its own keys or the shared client's.
 *
 * @throws {@link EnvFileError}
 */
export function readEnvFile(text: string, connections: readonly Connection[]): ReadonlyMap<string, CredentialsFields> {
  const values = parseEnv(text);
  const missing = new Set<string>();
  const pick = (...keys: string[]) => {
    const found = keys.map((key) => values[key]).find(Boolean);
    if (found === undefined) missing.add(keys.join(' or '));
    return found ?? '';
  };
  const entries = connections.map((connection) => {
    const own = keyPrefix(connection);
    const fields = {
      client_id: pick(`${own}_CLIENT_ID`, `${sharedPrefix}_CLIENT_ID`),
      client_secret: pick(`${own}_CLIENT_SECRET`, `${sharedPrefix}_CLIENT_SECRET`),
      refresh_token: pick(`${own}_REFRESH_TOKEN`),
    };
    return [connection.name, fields] as const;
  });
  if (missing.size > 0) throw new EnvFileError(`expected a value for ${[...missing].join(', ')}`);
  return new Map(entries);
}
