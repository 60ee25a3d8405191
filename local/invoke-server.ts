import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isSame } from '../cli/authorize/callback-server.ts';
import { readSignedRegion } from './aws/signature.ts';
import type { Stage } from './stage.ts';
import { listenOnLoopback, readBody } from './wire/loopback.ts';

/** What the door leads to. */
type Offered = Pick<Stage, 'invoke'> & Partial<Pick<Stage, 'now' | 'lastTick' | 'logLines' | 'secretAccessKey'>>;
type Reply = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };

/** An event has a few hundred bytes. */
const longestEventBytes = 64 * 1024;
/** Name of the function, as the stack deploys it. */
export const functionName = 'zoho-token-refresher';
/** Lambda's Invoke. */
const lambdaPath = '/2015-03-31/functions/';
const invokePath = `${lambdaPath}${functionName}/invocations`;

/**
 * Starts a door to the running bundle on 127.0.0.1, for other programs of the same user.
 *
 * `POST /invoke` hands its JSON body to the bundle, `GET /now` tells the stage's clock, `GET /logs?since=MILLISECONDS`
 * what the bundle wrote: only who shows the token is served. To the AWS SDKs of apps under development it is Lambda's
 * {@link https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html | Invoke}, for who signs with the stage's key.
 * Requests that name another host or come from a web page are refused before that: a browser must not be a way in.
 */
export async function startInvokeServer(stage: Offered) {
  const token = randomBytes(32).toString('hex');
  let host = '';

  async function answer(request: IncomingMessage): Promise<Reply> {
    const { url: path = '', headers } = request;
    if (headers.host !== host || headers.origin !== undefined) return refuse(403, 'not for web pages or other hosts');
    if (path.startsWith(lambdaPath)) return answerSdk(stage, request);
    if (!isSame(headers.authorization ?? '', `Bearer ${token}`)) return refuse(401, 'the token is wrong');
    const { method } = request;
    if (method === 'GET' && path === '/now')
      return { status: 200, body: { now: stage.now?.() ?? Date.now(), last_tick: stage.lastTick?.() ?? null } };
    const since = method === 'GET' ? /^\/logs\?since=(\d{1,15})$/.exec(path)?.[1] : undefined;
    if (since !== undefined) return { status: 200, body: { lines: stage.logLines?.(Number(since)) ?? [] } };
    if (method !== 'POST' || path !== '/invoke') return refuse(404, 'unknown address');
    if (headers['content-type'] !== 'application/json') return refuse(415, 'expected application/json');
    const text = await readBody(request, longestEventBytes);
    if (text === undefined) return refuse(413, 'the event is too large');
    const invoked = await stage.invoke(JSON.parse(text));
    return { status: 200, body: { answer: invoked.answer ?? null, error: invoked.error ?? null } };
  }

  const { url, server, close } = await listenOnLoopback(async (request, response) => {
    const { status, body, headers } = await answer(request).catch(() => refuse(500, 'the event could not be read'));
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
    response.end(JSON.stringify(body));
  });
  ({ host } = new URL(url));
  return { url, token, server, close };
}

function refuse(status: number, error: string): Reply {
  return { status, body: { error } };
}

/** As Lambda answers: whatever is wrong is named in a header. */
async function answerSdk({ invoke, secretAccessKey }: Offered, request: IncomingMessage): Promise<Reply> {
  const { method = '', url: path = '', headers } = request;
  try {
    const body = (await readBody(request, longestEventBytes)) ?? '';
    readSignedRegion({ method, path, headers, body }, 'lambda', { secretAccessKey });
    if (method !== 'POST' || path !== invokePath) {
      const type = { 'x-amzn-errortype': 'ResourceNotFoundException' };
      return { status: 404, body: { Message: `Function not found; here is ${functionName}` }, headers: type };
    }
    const { answer, error } = await invoke(JSON.parse(body));
    return error
      ? { status: 200, body: error, headers: { 'x-amz-function-error': 'Unhandled' } }
      : { status: 200, body: answer };
  } catch (fault) {
    const { name, message } = fault as Error;
    return { status: 403, body: { Message: message }, headers: { 'x-amzn-errortype': name } };
  }
}
