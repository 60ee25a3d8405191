import type { IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../../local/wire/loopback.ts';
import type { Moto } from '../support/moto.ts';

/**
 * Starts a server in front of moto, for what moto does not play.
 *
 * @param answer - Answers a request; `passOn` is what moto says to it.
 */
export function startFront(
  { url }: Moto,
  answer: (request: IncomingMessage, body: Buffer, passOn: () => Promise<Response>) => Promise<Response>,
) {
  return listenOnLoopback(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const { method = 'POST' } = request;
    const init = { method, headers: headers as Record<string, string>, ...(method === 'POST' && { body }) };
    const passOn = () => fetch(`${url}${request.url}`, init);
    const answered = await answer(request, body, passOn).catch((fault) => new Response(String(fault), { status: 500 }));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.end(Buffer.from(await answered.arrayBuffer()));
  });
}
