import { type Call, isTokenCall } from './call.ts';
import { fingerprint } from './made-up.ts';

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
