import type { IncomingHttpHeaders } from 'node:http';
import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import { serviceHost, serviceNames } from '../../lambda/zoho/services.ts';
import { fingerprint } from './made-up.ts';
import type { TokenRegistry } from './token-registry.ts';

/** What a host is: the accounts server (`accounts`) or a service's REST host (`desk`, ...) of one data centre. */
export type Place = { plays: string; dataCenter: DataCenter };

const places = new Map<string | undefined, Place>(
  dataCenters.flatMap((dataCenter) => [
    [accountsHost(dataCenter), { plays: 'accounts', dataCenter }],
    ...serviceNames.map((plays) => [serviceHost(plays, dataCenter), { plays, dataCenter }] as const),
  ]),
);

/** What a host such as `desk.zoho.in` is in Zoho's world; `undefined` for one that Zoho does not have. */
export function placeOf(host: string): Place | undefined {
  return places.get(host);
}

/** One request as the host that it was meant for would see it. */
export type Call = {
  /** Host that production would have called, e.g. `accounts.zoho.in`. */
  host: string;
  /** What that host is; `undefined` for a host that does not exist. */
  place: Place | undefined;
  /** Path on that host, e.g. `/oauth/v2/token`. */
  path: string;
  query: URLSearchParams;
  method: string;
  headers: IncomingHttpHeaders;
  body: string;
};

/** True for the token endpoint of an accounts server, whatever the grant type. */
export function isTokenCall(call: Call): boolean {
  return call.place?.plays === 'accounts' && call.path === '/oauth/v2/token';
}

/** An OAuth parameter from the form body or the query string: Zoho takes both. */
export function parameter(call: Call, name: string): string | undefined {
  const isForm = call.headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded');
  const fromForm = isForm ? new URLSearchParams(call.body).get(name) : null;
  return fromForm ?? call.query.get(name) ?? undefined;
}

/** The client's own credentials: HTTP Basic, form body or query string. */
export function clientCredentials(call: Call): { clientId?: string | undefined; clientSecret?: string | undefined } {
  const basic = /^basic\s+(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  if (!basic) return { clientId: parameter(call, 'client_id'), clientSecret: parameter(call, 'client_secret') };
  const [clientId, clientSecret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { clientId, clientSecret };
}

/** The `Authorization` header of a service call in its two parts; `undefined` without a usable one. */
export function authorization(call: Call): { scheme: string; accessToken: string } | undefined {
  const [, scheme, accessToken] = /^(\S+)\s+(\S+)$/.exec(call.headers.authorization ?? '') ?? [];
  return scheme && accessToken ? { scheme: scheme.toLowerCase(), accessToken } : undefined;
}

/** Whose credentials the call bears: for a service call those from which its access token comes. */
export function callerOf(call: Call, registry: TokenRegistry) {
  const grant = registry.token(authorization(call)?.accessToken ?? '')?.grant;
  if (grant) return { clientId: grant.client.clientId, refreshToken: grant.refreshToken };
  return { clientId: clientCredentials(call).clientId, refreshToken: parameter(call, 'refresh_token') };
}

/** Where the stand-in plays a URL of Zoho's, so that a client that follows a redirect never leaves loopback. */
export function standInUrl(call: Call, host: string, path: string): string {
  return `http://${call.headers.host}/${host}${path}`;
}

/** One request that reached the stand-in, without any secret. */
export type LoggedRequest = {
  /** Arrival, epoch milliseconds. */
  at: number;
  host: string;
  /** Without the query string, which may hold secrets. */
  path: string;
  method: string;
  /** `token`: the token endpoint; `probe`: a read of a service; `operation`: a write; `other`: consent and the rest. */
  kind: 'token' | 'probe' | 'operation' | 'other';
  /** Fingerprint of the refresh token that was sent, or of which the access token comes. */
  refreshTokenTail?: string;
  /** What became of it, e.g. `issued`, `invalid_code`, `throttled`, `1008`, `hang`; `pending` at first. */
  outcome: string;
};

/** The log's entry for a request that has just arrived. */
export function logEntry(call: Call, at: number, refreshToken: string | undefined): LoggedRequest {
  return {
    at,
    host: withoutTokens(call.host),
    path: withoutTokens(call.path),
    method: call.method,
    kind: kindOf(call),
    ...(refreshToken ? { refreshTokenTail: fingerprint(refreshToken) } : {}),
    outcome: 'pending',
  };
}

function kindOf(call: Call): LoggedRequest['kind'] {
  if (isTokenCall(call)) return 'token';
  if (call.place === undefined || call.place.plays === 'accounts') return 'other';
  return call.method === 'GET' ? 'probe' : 'operation';
}

function withoutTokens(text: string): string {
  return text.replace(/\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}/gi, '(token)');
}
