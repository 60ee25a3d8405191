import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answerCall } from './answer.ts';
import { callerOf, isTokenCall, readCall } from './call.ts';
import { Conversations } from './conversations.ts';
import { DeskCalls } from './desk-calls.ts';
import { Faults } from './faults.ts';
import { type Gate, Gates } from './gates.ts';
import { GrantCodes } from './grant-codes.ts';
import { type Levers, leversOf } from './levers.ts';
import { portalOfClient } from './planting.ts';
import { type LoggedRequest, logEntry } from './request-log.ts';
import { Throttle } from './throttle.ts';
import { TokenRegistry } from './token-registry.ts';
import { send } from './wire.ts';
import type { World } from './world.ts';

/** A running stand-in for all of Zoho, and the levers of whoever tests against it. */
export type ZohoStandIn = Levers & {
  /** Value for `ZOHO_ENDPOINT_URL`, e.g. `http://127.0.0.1:4700`. */
  url: string;
  faults: Pick<Faults, 'set' | 'clear' | 'list'>;
  /** Every request since the start, in order of arrival. */
  requests: LoggedRequest[];
  /** Makes every answer from now on take that much longer. */
  latency(milliseconds: number): void;
  /** Holds the first request that fits before it is carried out. */
  gate(predicate: (request: LoggedRequest) => boolean): Gate;
  /** Stops the server and destroys every open connection. */
  close(): Promise<void>;
};

/**
 * Starts the stand-in on 127.0.0.1: one server that plays every accounts, SalesIQ and Desk host of Zoho, under
 * `/HOST/PATH`. A host that Zoho does not have is a connection that breaks.
 *
 * @param options - `port`: default a free one. `now`: epoch milliseconds, default `Date.now`, read at each use.
 *   `throttleSilenceMilliseconds`: what ends a block, see {@link Throttle}.
 */
export async function startZoho(
  options: { port?: number; now?: () => number; throttleSilenceMilliseconds?: number } = {},
): Promise<ZohoStandIn> {
  const world = emptyWorld(options.now ?? (() => Date.now()), options.throttleSilenceMilliseconds);
  const faults = new Faults();
  const gates = new Gates();
  const requests: LoggedRequest[] = [];
  let latencyMilliseconds = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request).catch(() => undefined);
    if (!call) return; // the caller went away before its request was whole
    const caller = callerOf(call, world.registry);
    const entry = logEntry(call, world.now(), caller.refreshToken);
    requests.push(entry);
    await gates.pass(entry);
    if (latencyMilliseconds > 0) await wait(latencyMilliseconds);
    const { host, path, place } = call;
    if (!place) {
      response.destroy();
      Object.assign(entry, { answeredAt: world.now(), outcome: 'unknown_host' });
      return;
    }
    const active = faults.take({ host, path, plays: place.plays, isToken: isTokenCall(call), ...caller });
    const sent = send(response, answerCall(call, place, world, active), active);
    Object.assign(entry, sent, { answeredAt: sent.outcome === 'hang' ? 0 : world.now() });
  }

  const server = createServer((request, response) => {
    // A fault of the stand-in itself must not pass for one of Zoho's: without a listener it ends the process.
    serve(request, response).catch((error: unknown) => server.emit('error', error));
  });
  return {
    ...leversOf(world),
    url: await listen(server, options.port ?? 0),
    faults,
    requests,
    latency: (milliseconds) => {
      latencyMilliseconds = milliseconds;
    },
    gate: (predicate) => gates.add(predicate),
    close: () => close(server),
  };
}

function emptyWorld(now: () => number, throttleSilenceMilliseconds: number | undefined): World {
  const registry = new TokenRegistry();
  return {
    registry,
    codes: new GrantCodes(),
    throttle: new Throttle(throttleSilenceMilliseconds),
    conversations: new Conversations(),
    calls: new DeskCalls(),
    portalOf: (client) => portalOfClient(registry, client),
    now,
  };
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
