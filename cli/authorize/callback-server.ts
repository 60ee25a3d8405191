import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Refusal, UsageError } from '../faults.ts';
import { type CallbackPage, pageHeaders, renderCallbackPage } from './callback-page.ts';

/** Where `authorize` waits for the answer of a consent page unless an option says otherwise. */
export const defaultCallbackPort = 8765;

/** The redirect URI of a port, as it must stand in Zoho's API console, letter for letter (RFC 8252 §7.3). */
export function callbackAddress(port: number): string {
  return `http://localhost:${port}/callback`;
}

/** `localhost` may lead to either; both are taken, so that nobody else can wait on the other one. */
const loopbackAddresses = ['127.0.0.1', '::1'];

const farewellMilliseconds = 2_000;

/**
 * Waits on this machine for the one answer of a consent page. Every program and web page of this machine can reach it,
 * so the consent page, and with it the state, is shown once, and only the first answer with the right state counts.
 *
 * @throws {@link UsageError} if the port is taken.
 */
export async function startCallbackServer(port: number) {
  const answered = Promise.withResolvers<URLSearchParams>();
  const ended = Promise.withResolvers<CallbackPage>();
  let consentUrl: URL | undefined;
  let isStarted = false;
  let told: Promise<void> | undefined;

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const url = URL.parse(request.url ?? '', 'http://localhost');
    const refuse = (status: number, title: string, line: string) =>
      send(response, status, { isGood: false, title, lines: [line] });
    if (url?.host !== 'localhost' || isFromElsewhere(request, url.pathname)) response.writeHead(400).end();
    else if (request.method !== 'GET') response.writeHead(405).end();
    else if (consentUrl === undefined || !['/start', '/callback'].includes(url.pathname)) response.writeHead(404).end();
    else if (url.pathname === '/start') {
      const how = 'If you did not open it, stop the command in the terminal and run it again.';
      if (isStarted) refuse(400, 'This page was opened already', `It leads to the consent once. ${how}`);
      else response.writeHead(302, { location: consentUrl.href, 'cache-control': 'no-store' }).end();
      isStarted = true;
    } else if (!isSame(url.searchParams.get('state'), consentUrl.searchParams.get('state'))) {
      const how = 'The command in the terminal still waits for the answer of the page that it opened.';
      refuse(400, 'This answer belongs to another consent', `Its state is wrong, so it was not taken. ${how}`);
    } else if (told !== undefined) {
      const how = 'Look at the other window, or at the terminal.';
      refuse(409, 'This consent was answered already', `Only the first answer counts. ${how}`);
    } else {
      answered.resolve(url.searchParams);
      told = ended.promise.then((page) => sent(response, page));
    }
  }

  const servers = await listenOnAll(port, serve);
  return {
    redirectUri: callbackAddress(port),
    /** Leads to the consent page, once: short, and nothing of the consent is in it. */
    startUrl: `http://localhost:${port}/start`,
    /** Waits for the answer to the consent page at `url`, whose state it must show; whatever else comes is refused. */
    async receive(url: URL, timeoutMilliseconds: number): Promise<URLSearchParams> {
      consentUrl = url;
      const problem = `no answer came from the browser within ${Math.round(timeoutMilliseconds / 1000)} seconds`;
      const refusal = new Refusal(
        `${problem}: was the window closed?`,
        'run the command again; --self-client needs no browser on this machine',
      );
      const timer = setTimeout(() => answered.reject(refusal), timeoutMilliseconds);
      try {
        return await answered.promise;
      } finally {
        clearTimeout(timer);
      }
    },
    /** Tells the person in the browser how it ended, and ends the server. */
    async finish(page: CallbackPage): Promise<void> {
      ended.resolve(page);
      await told;
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/**
 * Whether a page elsewhere is behind a request: by the name that it gave this machine, or by what the browser says itself.
 * The consent page redirects to /callback from elsewhere, too: only /start minds it.
 */
function isFromElsewhere({ headers }: IncomingMessage, pathname: string | undefined): boolean {
  const { host = '', 'sec-fetch-site': site = 'none' } = headers;
  const isForeign = !/^(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(host);
  return isForeign || (pathname === '/start' && site !== 'none');
}

/** Whether two texts are the same and not empty, compared in a time that says nothing about either. */
export function isSame(given: string | null, expected: string | null): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(expected ?? '')];
  return other.length > 0 && one.length === other.length && timingSafeEqual(one, other);
}

async function listenOnAll(port: number, serve: RequestListener): Promise<Server[]> {
  const servers: Server[] = [];
  for (const address of loopbackAddresses) {
    const server = createServer(serve);
    try {
      server.listen(port, address);
      await once(server, 'listening');
      servers.push(server);
    } catch (fault) {
      const { code } = fault as NodeJS.ErrnoException;
      // A machine without IPv6 has no ::1, and nobody else can wait there either.
      if (address === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue;
      for (const other of servers) other.close();
      const what = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code})`;
      const other = callbackAddress(port).replace(String(port), 'PORT');
      throw new UsageError(
        `port ${port} of this machine ${what}: choose another with --port, and register ${other} with it in the API console`,
      );
    }
  }
  return servers;
}

function send(response: ServerResponse, status: number, page: CallbackPage): void {
  response.writeHead(status, { ...pageHeaders, connection: 'close' }).end(renderCallbackPage(page));
}

/** Sends a page and waits until it has left this machine's buffers, or the browser has gone away. */
async function sent(response: ServerResponse, page: CallbackPage): Promise<void> {
  if (response.destroyed) return;
  const closed = once(response, 'close', { signal: AbortSignal.timeout(farewellMilliseconds) });
  send(response, page.isGood ? 200 : 400, page);
  await closed.catch(() => undefined);
}
