import type { Credentials } from '../../../local/zoho/planting.ts';
import { startZoho, type ZohoStandIn } from '../../../local/zoho/server.ts';

/** A stand-in with a clock that stands still until it is stepped, and the calls that the tests make of it. */
export type TestZoho = ZohoStandIn & {
  /** Moves the stand-in's clock on. */
  step(seconds: number): void;
  /** A refresh at the accounts host, form body. */
  refresh(credentials: Credentials, host?: string): Promise<Answer>;
  /** An access token fresh from a refresh; fails the test where there is none. */
  accessToken(credentials: Credentials, host?: string): Promise<string>;
  /** Any request to `HOST/PATH`; redirects are not followed. */
  call(target: string, init?: RequestInit): Promise<Answer>;
};

/** An answer with its body as text and, where it is JSON, as fields. */
export type Answer = { status: number; headers: Headers; text: string; body: Record<string, unknown> };

/** Starts a stand-in whose clock begins at the instant. */
export async function startTestZoho(
  options: { start?: number; throttleSilenceMilliseconds?: number } = {},
): Promise<TestZoho> {
  const { start = Date.UTC(2026, 10, 20, 9), ...others } = options;
  let now = start;
  const zoho = await startZoho({ now: () => now, ...others });
  const call = async (target: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${zoho.url}/${target}`, { redirect: 'manual', ...init });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  };
  const refresh = (credentials: Credentials, host = 'accounts.zoho.in') =>
    call(`${host}/oauth/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', ...credentials }),
    });
  return {
    ...zoho,
    call,
    refresh,
    step: (seconds) => {
      now += seconds * 1000;
    },
    accessToken: async (credentials, host) => {
      const { body, text } = await refresh(credentials, host);
      if (typeof body.access_token !== 'string') throw new Error(`no token: ${text}`);
      return body.access_token;
    },
  };
}

/** A POST of a form. */
export function form(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) };
}
