import { type Call, isTokenCall } from './call.ts';
import { fingerprint } from './made-up.ts';

/** One request that reached the stand-in, without any secret. */
export type LoggedRequest = {
  /** Arrival, epoch milliseconds. */
  at: number;
  /** When the answer was sent or given up, epoch milliseconds; 0 as long as it was not. */
  answeredAt: number;
  host: string;
  /** Path and query string; values that might be secret are left out. */
  path: string;
  method: string;
  /** Status that went out; 0 for none (yet). */
  status: number;
  /** `token`: the token endpoint; `probe`: a read of a service; `operation`: a write; `other`: consent and the rest. */
  kind: 'token' | 'probe' | 'operation' | 'other';
  /** Fingerprint of the refresh token that was sent, or of which the access token comes. */
  refreshTokenTail?: string;
  /** What became of it, e.g. `issued`, `invalid_code`, `throttled`, `1008`, `hang`; `pending` at first. */
  outcome: string;
};

/** Query parameters whose values are shown: none of them ever holds a secret. */
const shown = ['access_type', 'from', 'grant_type', 'include', 'isEnabled', 'limit', 'page', 'prompt', 'scope'];

/** The log's entry for a request that has just arrived. */
export function logEntry(call: Call, at: number, refreshToken: string | undefined): LoggedRequest {
  return {
    at,
    answeredAt: 0,
    host: withoutTokens(call.host),
    path: withoutTokens(call.path) + queryWithoutSecrets(call.query),
    method: call.method,
    status: 0,
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

function queryWithoutSecrets(query: URLSearchParams): string {
  const parts = [...query].map(([name, value]) => `${name}=${shown.includes(name) ? value : ''}`);
  return parts.length ? withoutTokens(`?${parts.join('&')}`) : '';
}

function withoutTokens(text: string): string {
  return text.replace(/\d{4}\.[0-9a-f]{16,}\.[0-9a-f]{16,}/gi, '(token)');
}
