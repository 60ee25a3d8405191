import type { Credentials } from '../../lambda/aws/credentials-secret.ts';
import { configurationHash } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import { ownProgram } from '../command.ts';
import { prefixOf } from '../env-file/expected-keys.ts';
import { remedyFor } from '../remedies.ts';
import type { Stored } from '../stored/stored.ts';
import type { Finding } from './finding.ts';

export type StoredConnection = Readonly<{
  connection: Connection;
  stored: Stored;
  credentials: Credentials | undefined;
}>;

/** Compares connections.json with what is stored: prefixes, scopes, data centre, settings, and open incidents. */
export function examineStored(all: readonly StoredConnection[], secretPrefix: string, now: Date): Finding[] {
  return all.flatMap((each) => {
    const token = at(tokenSecretId(secretPrefix, each.connection));
    return [
      ...lookAtCredentials(each, all, at(credentialsSecretId(secretPrefix, each.connection))),
      ...lookAtToken(each, token, now),
      ...lookAtConfiguration(each, token),
      ...lookAtIncident(each, token, now),
    ];
  });
}

type At = (key: string | null, problem: string, fix: string, severity?: Finding['severity']) => Finding;

export function at(where: string): At {
  return (key, problem, fix, severity = 'error') => ({ where, line: null, key, severity, problem, fix, blocks: [] });
}

function* lookAtCredentials(own: StoredConnection, all: readonly StoredConnection[], found: At): Iterable<Finding> {
  const { connection, credentials } = own;
  const { name } = connection;
  const authorize = `\`${ownProgram} authorize ${name}\``;
  if (credentials === undefined) {
    yield found(null, 'does not hold complete credentials', `give consent with ${authorize}`);
    return;
  }
  const { clientId, refreshToken, refreshTokenHash } = credentials;
  yield* lookAtPrefix('client_id', clientId, connection, found);
  yield* lookAtPrefix('refresh_token', refreshToken.reveal(), connection, found);
  const others = all.filter((each) => each.connection.name !== name);
  const twin = others.find((each) => each.credentials?.refreshTokenHash === refreshTokenHash)?.connection.name;
  const fix = `give ${name} a consent of its own with ${authorize}`;
  if (twin !== undefined) yield found('refresh_token', `is the same refresh token as that of ${twin}`, fix);
}

function* lookAtPrefix(key: string, value: string, { name, tokenPrefixes }: Connection, found: At): Iterable<Finding> {
  const prefix = prefixOf(value);
  if (prefix !== undefined && tokenPrefixes.includes(prefix)) return;
  const what = prefix === undefined ? 'has no prefix' : `starts with ${prefix}`;
  yield found(key, `${what}, expected ${tokenPrefixes.join(' or ')}`, remedyFor('prefix_mismatch', name));
}

function* lookAtToken({ connection, stored: { token } }: StoredConnection, found: At, now: Date): Iterable<Finding> {
  const { name, requiredScopes, optionalScopes } = connection;
  const { document } = token;
  if (document === undefined) {
    const fix = `\`${ownProgram} refresh ${name}\`, or wait for the next tick`;
    yield found(null, 'does not hold a token yet', fix, 'warning');
    return;
  }
  if (!isUsable(token, now)) {
    const problem = token.isFoundDead ? 'is rejected by the service' : 'has expired';
    yield found('access_token', problem, `look at \`${ownProgram} status ${name}\``);
  }
  yield* lookAtPrefix('access_token', document.accessToken.reveal(), connection, found);
  const { scopes } = document;
  if (scopes === undefined) return;
  const missing = missingScopes(requiredScopes, scopes);
  if (missing.length > 0) yield found('scope', `lacks ${missing.join(', ')}`, remedyFor('scope_mismatch', name));
  const optional = missingScopes(optionalScopes, scopes);
  const consent = `consent again with \`${ownProgram} authorize ${name}\` if it is needed`;
  if (optional.length > 0) yield found('scope', `lacks the optional ${optional.join(', ')}`, consent, 'warning');
}

/** Fields that apps read, against the configuration that they should come from. */
function lookAtConfiguration({ connection, stored: { fields, token } }: StoredConnection, found: At): Finding[] {
  if (token.document === undefined) return [];
  const { service, dataCenter, settings } = connection;
  const fix = 'deploy connections.json (`npx cdk deploy`); the next tick stores a token with it';
  const stored = (fields.settings ?? {}) as Record<string, unknown>;
  const keys = new Set([...Object.keys(settings), ...Object.keys(stored)]);
  const rows: (readonly [key: string, isStored: unknown, expected: string | undefined])[] = [
    ['service', fields.service, service],
    ['data_center', fields.data_center, dataCenter],
    ...[...keys].map((key) => [`settings.${key}`, stored[key], settings[key]] as const),
  ];
  const findings = rows
    .filter(([, isStored, expected]) => isStored !== expected)
    .map(([key, , expected = '']) => found(key, `is not "${expected}" as in connections.json`, fix));
  const { configuration = configurationHash(connection) } = token.document;
  if (findings.length > 0 || configuration === configurationHash(connection)) return findings;
  return [found('configuration', 'was stored for another connections.json (prefix or scopes)', fix, 'warning')];
}

function lookAtIncident({ connection, stored }: StoredConnection, found: At, now: Date): Finding[] {
  const { incident } = stored.record;
  if (incident === undefined) return [];
  const age = duration(now.getTime() - incident.since.getTime());
  return [found(null, `${incident.code} for ${age}: ${incident.message}`, remedyFor(incident.code, connection.name))];
}
