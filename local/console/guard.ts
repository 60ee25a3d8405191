import type { IncomingHttpHeaders } from 'node:http';

/** Sent with every answer. Nothing but this server's own script and style may run, load or be asked. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/**
 * Finds why a request is not served; `undefined` for one from this page.
 *
 * The server listens on loopback only, but any web page in a browser on this machine can send requests there, under a
 * name of its own that resolves to 127.0.0.1. The Host tells such names, Origin and Sec-Fetch-Site such pages.
 *
 * @param port - That the server listens on.
 * @see {@link https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site | Sec-Fetch-Site}
 */
export function findIntruder(
  { method = 'GET', headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
  port: number,
): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!hosts.includes(host)) return 'the Host header names another server';
  if (origin !== undefined && origin !== `http://${host}`) return 'the request comes from another origin';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'the request comes from another site';
  const isChange = method !== 'GET' && method !== 'HEAD';
  if (isChange && origin === undefined) return 'a request that changes something needs an Origin header';
  return undefined;
}
