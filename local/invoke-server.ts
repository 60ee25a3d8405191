import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stage } from './stage.ts';
import { listenOnLoopback, readBody } from './wire/loopback.ts';

/** A door to the running bundle for other programs of the same user. */
export type InvokeServer = { readonly url: string; readonly token: string; close(): Promise<void> };

/** What the door leads to. */
type Offered = Pick<Stage, 'invoke' | 'now'> & Partial<Pick<Stage, 'lastTick' | 'logLines'>>;

/** An event has a few hundred bytes. */
const longestEventBytes = 64 * 1024;

/**
 * Starts the door on 127.0.0.1: `POST /invoke` hands its JSON body to the bundle, `GET /now` tells the stage's clock,
 * `GET /logs?since=MILLISECONDS` what the bundle wrote.
 *
 * Only who shows the token is served. Requests that name another host or come from a web page are refused before that:
 * a browser on this machine must not be a way in.
 */
export async function startInvokeServer(stage: Offered): Promise<InvokeServer> {
  const token = randomBytes(32).toString('hex');
  let host = '';
  const { url, close } = await listenOnLoopback((request, response) => {
    answer(request, stage, { host, token }).then(
      ({ status, body }) => send(response, status, body),
      () => send(response, 500, { error: 'the event could not be read' }),
    );
  });
  ({ host } = new URL(url));
  return { url, token, close };
}

type Reply = { readonly status: number; readonly body: unknown };

async function answer(
  request: IncomingMessage,
  stage: Offered,
  expected: { host: string; token: string },
): Promise<Reply> {
  const { host, origin, authorization, 'content-type': contentType } = request.headers;
  if (host !== expected.host || origin !== undefined) return refuse(403, 'not for web pages or other hosts');
  if (!isSame(authorization ?? '', `Bearer ${expected.token}`)) return refuse(401, 'the token is wrong');
  if (request.method === 'GET' && request.url === '/now') {
    return { status: 200, body: { now: stage.now(), last_tick: stage.lastTick?.() ?? null } };
  }
  const since = request.method === 'GET' ? /^\/logs\?since=(\d{1,15})$/.exec(request.url ?? '')?.[1] : undefined;
  if (since !== undefined) return { status: 200, body: { lines: stage.logLines?.(Number(since)) ?? [] } };
  if (request.method !== 'POST' || request.url !== '/invoke') return refuse(404, 'unknown address');
  if (contentType !== 'application/json') return refuse(415, 'expected application/json');
  const text = await readBody(request, longestEventBytes);
  if (text === undefined) return refuse(413, 'the event is too large');
  const invoked = await stage.invoke(JSON.parse(text));
  return { status: 200, body: { answer: invoked.answer ?? null, error: invoked.error ?? null } };
}

function refuse(status: number, error: string): Reply {
  return { status, body: { error } };
}

/** Compared in a time that tells nothing about the token. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
