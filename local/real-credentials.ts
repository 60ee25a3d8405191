import { parseEnv } from 'node:util';
import type { Connection } from '../lambda/connections/read-connections.ts';
import type { CredentialsFields } from './stage.ts';

/** The `.env` cannot be used; the message names every missing key. */
export class EnvFileError extends Error {
  override readonly name = 'EnvFileError';
}

/**
 * Finds each connection's credentials in an `.env` of the guide's format.
 *
 * `SALESIQ_REFRESH_TOKEN`, and `SALESIQ_CLIENT_ID` or else `ZOHO_CLIENT_ID`, likewise the secret; a connection
 * `salesiq-visitor` has `SALESIQ_VISITOR_...`. A connection without any key of its own is left out.
 *
 * @throws {@link EnvFileError}
 */
export function readEnvFile(text: string, connections: readonly Connection[]): ReadonlyMap<string, CredentialsFields> {
  const values = parseEnv(text);
  const found = new Map<string, CredentialsFields>();
  const missing: string[] = [];
  for (const { name } of connections) {
    const own = name.toUpperCase().replaceAll('-', '_');
    const pick = (...keys: string[]) => {
      const key = keys.find((candidate) => (values[candidate] ?? '') !== '');
      if (key === undefined) missing.push(keys.join(' or '));
      return key === undefined ? '' : (values[key] ?? '');
    };
    found.set(name, {
      client_id: pick(`${own}_CLIENT_ID`, 'ZOHO_CLIENT_ID'),
      client_secret: pick(`${own}_CLIENT_SECRET`, 'ZOHO_CLIENT_SECRET'),
      refresh_token: pick(`${own}_REFRESH_TOKEN`),
    });
  }
  if (missing.length > 0) throw new EnvFileError(`expected a value for ${[...new Set(missing)].join(', ')}`);
  return found;
}
