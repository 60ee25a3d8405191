import { test as base } from 'vitest';
import type { Credentials } from '../../../local/zoho/levers.ts';
import { startZoho } from '../../../local/zoho/server.ts';

/** An answer with its body as text and, where it is JSON, as fields. */
export type Answer = { status: number; headers: Headers; text: string; body: Record<string, unknown> };

/** A stand-in with a clock that stands still until it is stepped, and the calls that the tests make of it. */
export type TestZoho = Awaited<ReturnType<typeof startTestZoho>>;

/** Starts a stand-in whose clock begins at nine on a day. */
async function startTestZoho() {
  let now = Date.UTC(2026, 10, 20, 9);
  const zoho = await startZoho({ now: () => now });
  /** Any request to `HOST/PATH`; redirects are not followed. */
  const call = async (target: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${zoho.url}/${target}`, { redirect: 'manual', ...init });
    const { status, headers } = response;
    const text = await response.text();
    const isJson = headers.get('content-type')?.startsWith('application/json');
    return { status, headers, text, body: isJson ? JSON.parse(text) : {} };
  };
  /** A refresh at the accounts host, form body. */
  const refresh = (credentials: Credentials, host = 'accounts.zoho.in') =>
    call(`${host}/oauth/v2/token`, form({ grant_type: 'refresh_token', ...credentials }));
  return {
    ...zoho,
    call,
    refresh,
    /** Moves the stand-in's clock on. */
    step(seconds: number): void {
      now += seconds * 1000;
    },
    /** An access token fresh from a refresh; fails the test where there is none. */
    async accessToken(credentials: Credentials): Promise<string> {
      const { body, text } = await refresh(credentials);
      if (typeof body.access_token !== 'string') throw new Error(`no token: ${text}`);
      return body.access_token;
    },
    /** A request to `HOST/PATH` with an access token, and with `orgId` if one is given. */
    withToken(accessToken: string, target: string, init: RequestInit & { orgId?: string } = {}) {
      const { orgId, ...rest } = init;
      const authorization = `Zoho-oauthtoken ${accessToken}`;
      return call(target, { ...rest, headers: { authorization, ...(orgId ? { orgId } : {}), ...rest.headers } });
    },
  };
}

/** A test with a stand-in of its own, and the credentials of a Desk connection. */
export const test = base.extend<{ zoho: TestZoho; desk: Credentials }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest looks at the pattern.
  zoho: async ({}, use) => {
    const zoho = await startTestZoho();
    await use(zoho);
    await zoho.close();
  },
  desk: async ({ zoho }, use) => {
    const scopes = ['Desk.basic.READ', 'Desk.activities.READ'];
    await use(zoho.plant({ dataCenter: 'in', service: 'desk', orgId: '77', scopes }));
  },
});

/** A POST of a form. */
export function form(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) };
}

/** A POST of JSON. */
export function json(value: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
