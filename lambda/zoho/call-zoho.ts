import { type Dispatcher, errors } from 'undici';
import { ending, within } from '../deadline.ts';
import { RefreshError } from '../failure.ts';
import { parseObject } from '../parse-object.ts';
import { zohoAnswerTimeoutMilliseconds } from '../settings.ts';

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
 * Makes the one way to Zoho. Redirects are answers like any other and are not followed; nothing is tried again.
 * @param endpointUrl - For tests: `https://HOST/PATH` goes to `<endpointUrl>/HOST/PATH`.
 * @param signal - Ends every call when the run has no more time for Zoho.
 * @returns Calls that throw {@link RefreshError} `zoho_unavailable`, or `unexpected_response` for more than 512 KiB.
 */
export function createCallZoho(dispatcher: Dispatcher, endpointUrl: string | undefined, signal: AbortSignal): CallZoho {
  return ({ host, method, path, headers, body }) => {
    const { origin, pathname } = new URL(endpointUrl === undefined ? `https://${host}` : `${endpointUrl}/${host}`);
    // Watches the whole, so that a slow drip ends too.
    return within(zohoAnswerTimeoutMilliseconds, signal, async (end) => {
      try {
        end.throwIfAborted();
        const request = dispatcher.request({
          origin,
          method,
          path: pathname === '/' ? path : `${pathname}${path}`,
          headers: { accept: 'application/json', 'accept-language': 'en', ...headers },
          body: body ?? null,
          signal: end,
        });
        // undici ends a request that waits for its connection only when that stands.
        const { statusCode: status, headers: head, body: stream } = await Promise.race([request, ending(end)]);
        const text = await stream.text();
        if (isCut(status, head, text)) throw Object.assign(new Error('a cut answer'), { code: 'ECONNRESET' });
        return { status, body: text };
      } catch (fault) {
        throw judgeTransportFault(host, fault, end);
      }
    });
  };
}

/** If nobody said how long an answer is, undici takes any end of the connection for its end. Zoho's good answers are JSON. */
function isCut(status: number, head: Readonly<Record<string, unknown>>, text: string): boolean {
  const isOpenEnded = head['content-length'] === undefined && head['transfer-encoding'] === undefined;
  return isOpenEnded && status === 200 && parseObject(text) === undefined;
}

/** What has no code of the network's goes on as it is. Only names go on: undici's parser keeps the answer. */
function judgeTransportFault(host: string, fault: unknown, end: AbortSignal): unknown {
  if (!(fault instanceof Error)) return fault;
  const { code } = fault as { code?: unknown };
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new RefreshError('unexpected_response', `the answer of ${host} is larger than any of Zoho's`);
  }
  const named = fault instanceof errors.HTTPParserError ? fault.name : code;
  if (!end.aborted && (typeof named !== 'string' || named === 'UND_ERR_INVALID_ARG')) return fault;
  const reason = end.aborted ? 'TimeoutError' : String(named);
  return new RefreshError('zoho_unavailable', `no answer from ${host}: ${reason}`, { cause: new Error(reason) });
}
