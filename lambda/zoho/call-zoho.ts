import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { RefreshError } from '../failure.ts';
import {
  zohoAnswerMaximumBytes,
  zohoAnswerTimeoutMilliseconds,
  zohoConnectTimeoutMilliseconds,
  zohoMaximumSockets,
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
 * Each call has a connection of its own that ends with the answer: a frozen Lambda's sockets are dead, so none may live
 * on. Redirects are answers like any other and are not followed.
 *
 * @param endpointUrl - For tests: `https://HOST/PATH` goes to `<endpointUrl>/HOST/PATH`.
 * @param signal - Ends every call when the run has no more time for Zoho.
 * @returns Calls that throw {@link RefreshError} `zoho_unavailable` (network, TLS, time-out) or `unexpected_response`
 *   (an answer of more than 512 KiB).
 */
export function createCallZoho(endpointUrl: string | undefined, signal: AbortSignal): CallZoho {
  const protocol = endpointUrl?.startsWith('http:') === true ? http : https;
  const agent = new protocol.Agent({ keepAlive: false, maxTotalSockets: zohoMaximumSockets });
  return async ({ host, method, path, headers, body }) => {
    const url = new URL(endpointUrl === undefined ? `https://${host}` : `${endpointUrl}/${host}`);
    // Watches the whole, so that a slow drip ends too.
    const end = AbortSignal.any([signal, AbortSignal.timeout(zohoAnswerTimeoutMilliseconds)]);
    const call = protocol.request(url, {
      agent,
      method,
      path: url.pathname === '/' ? path : `${url.pathname}${path}`,
      headers: { accept: 'application/json', 'accept-language': 'en', ...headers },
      signal: end,
    });
    try {
      limitConnecting(call, protocol === https ? 'secureConnect' : 'connect');
      call.end(body);
      const answer = await answerTo(call);
      const { socket } = answer;
      const text = await readText(host, answer);
      // An answer whose length nobody said seems to be whole when the connection, or the time, is cut.
      if (socket.errored !== null) throw socket.errored;
      return { status: answer.statusCode ?? 0, body: text };
    } catch (fault) {
      throw judgeTransportFault(host, fault, end);
    } finally {
      call.destroy();
    }
  };
}

/** The time until a connection stands, name and TLS included: Node by itself waits for minutes. */
function limitConnecting(call: ClientRequest, standsAt: 'connect' | 'secureConnect'): void {
  const timer = setTimeout(() => {
    call.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
  }, zohoConnectTimeoutMilliseconds);
  call.once('socket', (socket) => socket.once(standsAt, () => clearTimeout(timer)));
  call.once('close', () => clearTimeout(timer));
}

/** The head of the answer. */
function answerTo(call: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    call.once('response', resolve);
    call.on('error', reject);
    // What is neither an answer nor an error: a switch to another protocol.
    call.once('close', () => reject(Object.assign(new Error('no answer'), { code: 'ECONNRESET' })));
  });
}

async function readText(host: string, answer: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > zohoAnswerMaximumBytes) {
      throw new RefreshError('unexpected_response', `the answer of ${host} is larger than any of Zoho's`);
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What has no error code is no fault of the network, and goes on as it is. Only names go on: Node's parser keeps the answer. */
function judgeTransportFault(host: string, fault: unknown, end: AbortSignal): unknown {
  if (!(fault instanceof Error) || fault instanceof RefreshError) return fault;
  const { code } = fault as { code?: unknown };
  if (!end.aborted && typeof code !== 'string') return fault;
  const reason = end.aborted ? 'TimeoutError' : String(code);
  return new RefreshError('zoho_unavailable', `no answer from ${host}: ${reason}`, {
    cause: new Error(reason),
  });
}
