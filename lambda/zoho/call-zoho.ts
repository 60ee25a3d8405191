import request from 'undici/lib/api/api-request.js';
import Client from 'undici/lib/dispatcher/client.js';
import { RefreshError } from '../failure.ts';
import {
  zohoAnswerMaximumBytes,
  zohoAnswerTimeoutMilliseconds,
  zohoConnectTimeoutMilliseconds,
} from '../settings.ts';

/** One request to a host of the data-centre table. */
export type ZohoRequest = {
  readonly host: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path and query, e.g. `/oauth/v2/token`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};
export type ZohoAnswer = { readonly status: number; readonly body: string };
export type CallZoho = (request: ZohoRequest) => Promise<ZohoAnswer>;

/**
 * Makes the one way to Zoho.
 *
 * Each call has a connection of its own that is destroyed with the answer: a frozen Lambda's sockets are dead, so none
 * may live on. Redirects are answers like any other and are not followed.
 *
 * @param endpointUrl - For tests: `https://HOST/PATH` goes to `<endpointUrl>/HOST/PATH`.
 * @param signal - Ends every call when the run has no more time for Zoho.
 * @returns Calls that throw {@link RefreshError} `zoho_unavailable` (network, TLS, time-out) or `unexpected_response`
 *   (an answer of more than 512 KiB).
 */
export function createCallZoho(endpointUrl: string | undefined, signal: AbortSignal): CallZoho {
  return async ({ host, method, path, headers, body }) => {
    const { origin, pathname } = new URL(
      endpointUrl === undefined ? `https://${host}` : `${endpointUrl}/${host}`,
    );
    const client = new Client(origin, {
      connect: { timeout: zohoConnectTimeoutMilliseconds },
      headersTimeout: zohoAnswerTimeoutMilliseconds,
      bodyTimeout: zohoAnswerTimeoutMilliseconds,
      maxResponseSize: zohoAnswerMaximumBytes,
      // HTTP/1.1 in production as in the tests; the code for HTTP/2 is not in the bundle.
      allowH2: false,
    });
    try {
      const answer = await request.call(client, {
        method,
        path: pathname === '/' ? path : `${pathname}${path}`,
        headers: { accept: 'application/json', 'accept-language': 'en', ...headers },
        body: body ?? null,
        // undici's own time-outs watch the pauses; this one watches the whole, so that a slow drip ends too.
        signal: AbortSignal.any([signal, AbortSignal.timeout(zohoAnswerTimeoutMilliseconds)]),
      });
      return { status: answer.statusCode, body: await answer.body.text() };
    } catch (fault) {
      throw judgeTransportFault(host, fault);
    } finally {
      await client.destroy();
    }
  };
}

/** A fault without an error code is one of this program's own, and goes on as it is. */
function judgeTransportFault(host: string, fault: unknown): unknown {
  if (!(fault instanceof Error)) return fault;
  const isTimeOut = fault.name === 'AbortError' || fault.name === 'TimeoutError';
  const { code } = fault as { code?: unknown };
  if (!isTimeOut && typeof code !== 'string') return fault;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    const message = `the answer of ${host} is larger than any of Zoho's`;
    return new RefreshError('unexpected_response', message, { cause: fault });
  }
  const reason = isTimeOut ? fault.name : code;
  return new RefreshError('zoho_unavailable', `no answer from ${host}: ${reason}`, { cause: fault });
}
