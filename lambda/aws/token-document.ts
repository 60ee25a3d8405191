import { createHash } from 'node:crypto';
import type { Connection } from '../connections/read-connections.ts';
import { parseObject } from '../parse-object.ts';
import { SecretText } from '../secret-text.ts';
import { serviceHost } from '../zoho/services.ts';
import type { IssuedToken } from '../zoho/token-answer.ts';

/** What of a stored token document the refresher itself looks at; apps read the JSON. */
export type TokenDocument = {
  readonly accessToken: SecretText;
  /** Granted scopes; `undefined` if Zoho named none. */
  readonly scopes: readonly string[] | undefined;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** {@link configurationHash} of the connection that it was stored for; `undefined` counts as unchanged. */
  readonly configuration: string | undefined;
  /** Whether it was stored although a setting is wrong. */
  readonly hasSettingFault: boolean;
};

/** By this a tick sees that the configuration of a connection has changed. */
export function configurationHash(connection: Connection): string {
  const { service, dataCenter, tokenPrefixes, requiredScopes, optionalScopes, settings } = connection;
  const lists = [tokenPrefixes, requiredScopes, optionalScopes, Object.entries(settings)];
  const canonical = JSON.stringify([service, dataCenter, ...lists.map((list) => list.toSorted())]);
  return createHash('sha256').update(canonical).digest('hex').slice(0, 32);
}

/** How and when a token is stored; `issuedAt` is the Lambda's clock before the request was sent. */
type Storing = {
  readonly issuedAt: Date;
  readonly nonce: string;
  readonly storedBaseUrl?: string | undefined;
  readonly hasSettingFault: boolean;
};

/** Writes the document that apps read. */
export function renderTokenDocument(connection: Connection, token: IssuedToken, storing: Storing): string {
  const { issuedAt, nonce, hasSettingFault, storedBaseUrl = 'https:/' } = storing;
  return JSON.stringify({
    version: 1,
    connection: connection.name,
    service: connection.service,
    data_center: connection.dataCenter,
    access_token: token.accessToken.reveal(),
    token_type: token.tokenType,
    scope: token.scopes === undefined ? null : token.scopes.join(' '),
    api_domain: token.apiDomain ?? null,
    issued_at: issuedAt.toISOString(),
    expires_at: expiryOf(issuedAt, token).toISOString(),
    base_url: `${storedBaseUrl}/${serviceHost(connection.service, connection.dataCenter)}`,
    settings: connection.settings,
    configuration: configurationHash(connection),
    ...(hasSettingFault ? { fault: 'setting_mismatch' } : {}),
    nonce,
  });
}

/** When an issued token ends, by the Lambda's clock. */
export function expiryOf(issuedAt: Date, { expiresInSeconds }: IssuedToken): Date {
  return new Date(issuedAt.getTime() + Math.floor(expiresInSeconds * 1000));
}

/** Reads a stored token; `undefined` for any value that is not a token document: nothing is stored yet. */
export function parseTokenDocument(text: string): TokenDocument | undefined {
  const document = parseObject(text);
  if (document === undefined) return undefined;
  const { access_token: accessToken, issued_at: issued, expires_at: expires, scope, configuration } = document;
  // A token with other characters fits in no header: somebody wrote it by hand.
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]+$/.test(accessToken)) return undefined;
  if (typeof issued !== 'string' || typeof expires !== 'string') return undefined;
  const [issuedAt, expiresAt] = [new Date(issued), new Date(expires)];
  if (Number.isNaN(issuedAt.getTime()) || Number.isNaN(expiresAt.getTime())) return undefined;
  return {
    accessToken: new SecretText(accessToken),
    scopes: typeof scope === 'string' && scope !== '' ? scope.split(' ') : undefined,
    issuedAt,
    expiresAt,
    configuration: typeof configuration === 'string' ? configuration : undefined,
    hasSettingFault: document.fault === 'setting_mismatch',
  };
}
