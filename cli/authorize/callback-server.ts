import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Refusal, UsageError } from '../faults.ts';
import { callbackAddress } from './callback-address.ts';
import { type CallbackPage, pageHeaders, renderCallbackPage } from './callback-page.ts';

/** Waits on this machine for the one answer of a consent page. */
export type CallbackServer = {
  readonly redirectUri: string;
  /** Leads to the consent page: short, and nothing of the consent is in it. */
  readonly startUrl: string;
  /**
   * Waits for the answer.
   *
   * @param consentUrl - Where `startUrl` leads to.
   * @throws {@link Refusal} where none comes in time.
   */
  readonly receive: (consentUrl: string, timeoutMilliseconds: number) => Promise<URLSearchParams>;
  /** Tells the person in the browser how it ended, and ends the server. */
  readonly finish: (page: CallbackPage) => Promise<void>;
};

/** `localhost` may lead to either; both are taken, so that nobody else can wait on the other one. */
const loopbackAddresses = ['127.0.0.1', '::1'];

/** Long enough for the last page to reach the browser. */
const farewellMilliseconds = 2_000;

/**
 * Starts the server.
 *
 * @throws {@link UsageError} where the port is taken.
 */
export async function startCallbackServer(port: number): Promise<CallbackServer> {
  const answered = Promise.withResolvers<URLSearchParams>();
  const ended = Promise.withResolvers<CallbackPage>();
  let consentUrl: string | undefined;
  let callbacks = 0;
  let told = Promise.resolve();

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    // A page elsewhere that was led here under another name has no business here.
    if (!/^(localhost|127\.0\.0\.1|\[::1\]):\d+$/.test(request.headers.host ?? ''))
      response.writeHead(421).end();
    else if (request.method !== 'GET') response.writeHead(405).end();
    else if (pathname === '/start' && consentUrl !== undefined) {
      response.writeHead(302, { location: consentUrl, 'cache-control': 'no-store' }).end();
    } else if (pathname === '/callback' && consentUrl !== undefined) {
      callbacks += 1;
      if (callbacks > 1) send(response, 409, secondCallback);
      else {
        answered.resolve(searchParams);
        told = ended.promise.then((page) => sent(response, page));
      }
    } else response.writeHead(404).end();
  }

  const servers = await listenOnAll(port, serve);
  return {
    redirectUri: callbackAddress(port),
    startUrl: `http://localhost:${port}/start`,
    async receive(url, timeoutMilliseconds) {
      consentUrl = url;
      const timer = setTimeout(() => answered.reject(noAnswer(timeoutMilliseconds)), timeoutMilliseconds);
      try {
        return await answered.promise;
      } finally {
        clearTimeout(timer);
      }
    },
    async finish(page) {
      ended.resolve(page);
      await told;
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

const secondCallback: CallbackPage = {
  isGood: false,
  title: 'This consent was answered already',
  lines: ['Only the first answer counts. Look at the other window, or at the terminal.'],
};

function noAnswer(timeoutMilliseconds: number): Refusal {
  const seconds = Math.round(timeoutMilliseconds / 1000);
  return new Refusal(
    `no answer came from the browser within ${seconds} seconds: was the window closed?`,
    'run the command again; --self-client needs no browser on this machine',
  );
}

async function listenOnAll(
  port: number,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server[]> {
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
      throw portFault(port, code);
    }
  }
  return servers;
}

function portFault(port: number, code: string | undefined): UsageError {
  const what = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code})`;
  return new UsageError(
    `port ${port} of this machine ${what}: choose another with --port, and register ${callbackAddress(port).replace(String(port), 'PORT')} with it in the API console`,
  );
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
