/** Examples that the tests of `lambda/` share: two connections, a clock that steps, tokens, failures. */
import { configurationHash, parseTokenDocument, renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { type FailureCode, failureRow } from '../../../lambda/failure.ts';
import type { Failure, Finding } from '../../../lambda/incident/advance.ts';
import type { AlertLinks } from '../../../lambda/incident/alert.ts';
import type { Incident, IncidentRecord } from '../../../lambda/incident/record.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import type { StoredToken } from '../../../lambda/stored-token.ts';
import type { IssuedToken } from '../../../lambda/zoho/token-answer.ts';

export const salesiq: Connection = {
  name: 'salesiq',
  service: 'salesiq',
  dataCenter: 'in',
  tokenPrefixes: ['1000.'],
  requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'],
  optionalScopes: ['SalesIQ.conversations.UPDATE'],
  settings: { screen_name: 'rtdsportal', app_id: '2782000012893013', department_id: '2782000000002013' },
};

export const desk: Connection = {
  name: 'desk',
  service: 'desk',
  dataCenter: 'in',
  tokenPrefixes: ['1005.'],
  requiredScopes: ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.departments.READ'],
  optionalScopes: [],
  settings: { org_id: '60000688226', department_id: '2782000000002013' },
};

/** Noon of a day, on a probe slot; every test steps from here. */
export const start = new Date('2026-11-22T12:00:00.000Z');

/** The instant that is so many minutes after {@link start}; may be negative or a fraction. */
export function minute(minutes: number): Date {
  return new Date(start.getTime() + minutes * 60_000);
}

/** A millisecond before that minute, in minutes: for the near side of an edge. */
export function justBefore(minutes: number): number {
  return minutes - 1 / 60_000;
}

/** An access token of the shape that Zoho uses. */
export function accessTokenText(prefix = '1000.', digit = 'a'): string {
  return `${prefix}${digit.repeat(32)}.${'0123456789abcdef'.repeat(2)}`;
}

export function issuedToken(changes: Partial<IssuedToken> = {}): IssuedToken {
  return {
    accessToken: new SecretText(accessTokenText()),
    prefix: '1000.',
    expiresInSeconds: 3_600,
    tokenType: 'Bearer',
    scopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'],
    apiDomain: 'https://www.zohoapis.in',
    ...changes,
  };
}

/** The text of a token secret that holds a token of `desk` issued at that minute. */
export function tokenText(
  issuedAt: number,
  { lifetimeMinutes = 60, hasSettingFault = false, connection = desk, nonce = 'example' } = {},
): string {
  const token = issuedToken({
    accessToken: new SecretText(accessTokenText('1005.')),
    prefix: '1005.',
    expiresInSeconds: lifetimeMinutes * 60,
    scopes: connection.requiredScopes,
  });
  return renderTokenDocument(connection, token, { issuedAt: minute(issuedAt), nonce, hasSettingFault });
}

/** What is stored when a token of an hour's life ends at that minute. */
export function storedUntil(expiresAt: number, changes: Partial<StoredToken> = {}): StoredToken {
  return {
    versionId: 'token-1',
    document: parseTokenDocument(tokenText(expiresAt - 60)),
    isFoundDead: false,
    ...changes,
  };
}

export const nothingStored: StoredToken = { versionId: 'first', document: undefined, isFoundDead: false };

/** The version of the credentials that every example failed with. */
export const credentialsVersion = 'credentials-1';
export const refreshTokenHash = '0123456789abcdef';

export function failureOf(code: FailureCode, changes: Partial<Failure> = {}): Failure {
  return { code, message: `what was found by ${code}`, credentials: credentialsVersion, ...changes };
}

/** What a run found that long after {@link start}: by default nothing wrong, with a good token stored. */
export function findingAt(atMinute: number, changes: Partial<Finding> = {}): Finding {
  return {
    now: minute(atMinute),
    slot: minute(atMinute),
    configuration: configurationHash(desk),
    stored: storedUntil(45),
    quiet: {},
    ...changes,
  };
}

/** An incident that began at {@link start} and of which nobody was alerted. */
export function incidentOf(code: FailureCode, changes: Partial<Incident> = {}): Incident {
  return {
    code,
    message: `what was found by ${code}`,
    since: start,
    tries: 1,
    due: minute(10),
    with: { credentials: credentialsVersion, configuration: configurationHash(desk), token: 'token-1' },
    unusableFrom: minute(45),
    ...changes,
  };
}

/** An incident of which on-call was alerted at {@link start}. */
export function toldIncident(code: FailureCode, changes: Partial<Incident> = {}): Incident {
  const told = { at: start, token: 'token-1', kind: failureRow(code).kind };
  return incidentOf(code, { told, ...changes });
}

export function recordOf(incident?: Incident, changes: Partial<IncidentRecord> = {}): IncidentRecord {
  return { incident, quiet: {}, asked: [], ...changes };
}

export const links: AlertLinks = {
  account: '123456789012',
  region: 'ap-south-1',
  secretPrefix: 'zoho',
  stage: 'production',
  runbookUrl: 'https://example.com/runbook.md',
  logsUrl: (connection = 'all') => `https://logs.example/${connection}`,
};
