import type { Credentials } from '../../lambda/aws/credentials-secret.ts';
import { configurationHash } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { duration } from '../../lambda/incident/time-words.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { isUsable } from '../../lambda/stored-token.ts';
import { missingScopes } from '../../lambda/zoho/scopes.ts';
import { prefixOf } from '../env-file/value-shapes.ts';
import { remedyFor } from '../remedies.ts';
import type { Stored } from '../stored/read-stored.ts';
import type { Finding } from './finding.ts';

/** What is stored of one connection. */
export type StoredConnection = {
  readonly connection: Connection;
  readonly stored: Stored;
  readonly credentials: Credentials | undefined;
};

/** Compares connections.json with what is stored: prefixes, scopes, data centre, settings, and open incidents. */
export function examineStored(all: readonly StoredConnection[], secretPrefix: string, now: Date): Finding[] {
  return all.flatMap((each) => {
    const { connection } = each;
    const token = place(tokenSecretId(secretPrefix, connection));
    const credentials = place(credentialsSecretId(secretPrefix, connection));
    return [
      ...credentialFaults(each, all, credentials),
      ...tokenFaults(each, token, now),
      ...configurationFaults(each, token),
      ...incidentFault(each, token, now),
    ];
  });
}

type Place = (key: string | null, problem: string, fix: string, severity?: Finding['severity']) => Finding;

function place(where: string): Place {
  return (key, problem, fix, severity = 'error') => ({
    where,
    line: null,
    key,
    severity,
    problem,
    fix,
    blocks: [],
  });
}

function credentialFaults(
  { connection, credentials }: StoredConnection,
  all: readonly StoredConnection[],
  at: Place,
): Finding[] {
  const { name, tokenPrefixes } = connection;
  const authorize = `\`npx --no-install zoho-tokens authorize ${name}\``;
  if (credentials === undefined) {
    return [at(null, 'does not hold complete credentials', `give consent with ${authorize}`)];
  }
  const findings: Finding[] = [];
  const expected = tokenPrefixes.join(' or ');
  const prefixes = { client_id: credentials.clientId, refresh_token: credentials.refreshToken.reveal() };
  for (const [key, value] of Object.entries(prefixes)) {
    const prefix = prefixOf(value);
    if (prefix !== undefined && tokenPrefixes.includes(prefix)) continue;
    const found = prefix === undefined ? 'has no prefix' : `starts with ${prefix}`;
    findings.push(at(key, `${found}, expected ${expected}`, remedyFor('prefix_mismatch', name)));
  }
  const other = all.find(
    (each) => each.connection.name !== name && each.credentials?.refreshTokenHash === credentials.refreshTokenHash,
  );
  if (other !== undefined) {
    const problem = `is the same refresh token as that of ${other.connection.name}`;
    findings.push(at('refresh_token', problem, `give ${name} a consent of its own with ${authorize}`));
  }
  return findings;
}

function tokenFaults({ connection, stored }: StoredConnection, at: Place, now: Date): Finding[] {
  const { name, tokenPrefixes, requiredScopes, optionalScopes } = connection;
  const { document } = stored.token;
  if (document === undefined) {
    const problem = 'does not hold a token yet';
    return [
      at(null, problem, `\`npx --no-install zoho-tokens refresh ${name}\`, or wait for the next tick`, 'warning'),
    ];
  }
  const findings: Finding[] = [];
  if (!isUsable(stored.token, now)) {
    const problem = stored.token.isFoundDead ? 'is rejected by the service' : 'has expired';
    findings.push(at('access_token', problem, `look at \`npx --no-install zoho-tokens status ${name}\``));
  }
  const prefix = prefixOf(document.accessToken.reveal()) ?? 'nothing';
  if (!tokenPrefixes.includes(prefix)) {
    const problem = `starts with ${prefix}, expected ${tokenPrefixes.join(' or ')}`;
    findings.push(at('access_token', problem, remedyFor('prefix_mismatch', name)));
  }
  const missing = document.scopes === undefined ? [] : missingScopes(requiredScopes, document.scopes);
  if (missing.length > 0) {
    findings.push(at('scope', `lacks ${missing.join(', ')}`, remedyFor('scope_mismatch', name)));
  }
  const optional = document.scopes === undefined ? [] : missingScopes(optionalScopes, document.scopes);
  if (optional.length > 0) {
    const fix = `consent again with \`npx --no-install zoho-tokens authorize ${name}\` if it is needed`;
    findings.push(at('scope', `lacks the optional ${optional.join(', ')}`, fix, 'warning'));
  }
  return findings;
}

/** Fields that apps read, against the configuration that they should come from. */
function configurationFaults({ connection, stored }: StoredConnection, at: Place): Finding[] {
  const { fields, token } = stored;
  if (token.document === undefined) return [];
  const fix = `deploy connections.json (\`npx cdk deploy\`); the next tick stores a token with it`;
  const findings: Finding[] = [];
  const expected = { service: connection.service, data_center: connection.dataCenter };
  for (const [key, value] of Object.entries(expected)) {
    if (fields[key] === value) continue;
    findings.push(at(key, `is not "${value}" as in connections.json`, fix));
  }
  const settings = (fields.settings ?? {}) as Record<string, unknown>;
  for (const key of new Set([...Object.keys(connection.settings), ...Object.keys(settings)])) {
    if (settings[key] === connection.settings[key]) continue;
    findings.push(at(`settings.${key}`, `is not "${connection.settings[key] ?? ''}" as in connections.json`, fix));
  }
  const isStale =
    token.document.configuration !== undefined && token.document.configuration !== configurationHash(connection);
  if (isStale && findings.length === 0) {
    findings.push(at('configuration', 'was stored for another connections.json (prefix or scopes)', fix, 'warning'));
  }
  return findings;
}

function incidentFault({ connection, stored }: StoredConnection, at: Place, now: Date): Finding[] {
  const { incident } = stored.record;
  if (incident === undefined) return [];
  const age = duration(now.getTime() - incident.since.getTime());
  return [at(null, `${incident.code} for ${age}: ${incident.message}`, remedyFor(incident.code, connection.name))];
}
