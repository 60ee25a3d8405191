import { longestLifetimeMilliseconds } from './settings.ts';
import { ZohoToken } from './zoho-token.ts';

/** Why a connection has no fresh token, as the refresher recorded it. */
export type Incident = {
  readonly since: Date;
  /** A failure code of the refresher, e.g. `invalid_code`; the runbook says what to do. */
  readonly code: string;
  /** What was found and what was expected; empty if the record has none. */
  readonly message: string;
};

/** Reads the value of a token secret under AWSCURRENT; `undefined` if it is not a token document, as before the first refresh. */
export function parseTokenSecret(text: string): ZohoToken | undefined {
  const document = parseObject(text);
  if (document === undefined) return undefined;
  const { connection, service, access_token: accessToken, base_url: baseUrl } = document;
  if (typeof connection !== 'string' || typeof service !== 'string') return undefined;
  if (typeof accessToken !== 'string' || accessToken === '' || typeof baseUrl !== 'string') return undefined;
  const [issuedAt, expiresAt] = [parseInstant(document.issued_at), parseInstant(document.expires_at)];
  if (issuedAt === undefined || expiresAt === undefined) return undefined;
  if (expiresAt.getTime() - issuedAt.getTime() > longestLifetimeMilliseconds) return undefined;
  const settings = readSettings(document.settings);
  return new ZohoToken({ connection, service, accessToken, issuedAt, expiresAt, baseUrl, settings });
}

/** Reads the value of a token secret under INCIDENT; `undefined` if no incident is open, or the value is not a record. */
export function parseIncident(text: string): Incident | undefined {
  const incident = asObject(parseObject(text)?.incident);
  const since = parseInstant(incident?.since);
  const { code, message } = incident ?? {};
  if (since === undefined || typeof code !== 'string') return undefined;
  return { since, code, message: typeof message === 'string' ? message : '' };
}

function readSettings(value: unknown): Record<string, string> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function parseInstant(value: unknown): Date | undefined {
  if (typeof value !== 'string') return undefined;
  const instant = new Date(value);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // The parser's message quotes the text, and the text is a secret.
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
