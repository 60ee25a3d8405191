import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { ZohoFaults } from '../faults/zoho-fault-plan.ts';
import { connectionFaultOf } from '../faults/zoho-faults.ts';
import { sendUnder } from '../wire/broken-connection.ts';
import { listenOnLoopback, readBody } from '../wire/loopback.ts';
import { answerCall } from './answer.ts';
import { type Call, callerOf, isTokenCall, type LoggedRequest, logEntry, placeOf } from './call.ts';
import { leversOf } from './levers.ts';
import { createWorld } from './zoho-world.ts';

/** A running stand-in for all of Zoho, and the levers of whoever tests against it. */
export type ZohoStandIn = Awaited<ReturnType<typeof startZoho>>;

/**
 * Starts the stand-in on 127.0.0.1: one server that plays every accounts server and every service of Zoho, under
 * `/HOST/PATH`. A host that Zoho does not have is a connection that breaks.
 *
 * @param options - `port`: default a free one. `now`: epoch milliseconds, read at each use.
 */
export async function startZoho({ port = 0, now = Date.now }: { port?: number; now?: () => number } = {}) {
  const world = createWorld(now);
  const faults = new ZohoFaults();
  const requests: LoggedRequest[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request).catch(() => undefined);
    if (!call) return; // the caller went away before its request was whole
    const caller = callerOf(call, world.registry);
    const entry = logEntry(call, world.now(), caller.refreshToken);
    requests.push(entry);
    await faults.pass(entry);
    if (faults.latencyMilliseconds > 0) await wait(faults.latencyMilliseconds);
    const { host, path, place } = call;
    if (!place) {
      response.destroy();
      entry.outcome = 'unknown_host';
      return;
    }
    const active = faults.take({ host, path, plays: place.plays, isToken: isTokenCall(call), ...caller });
    const reply = answerCall(call, place, world, active);
    const broken = connectionFaultOf(active);
    sendUnder(response, reply, broken);
    entry.outcome = broken ?? reply.outcome;
  }

  const { url, server, close } = await listenOnLoopback((request, response) => {
    // A fault of the stand-in itself must not pass for one of Zoho's: without a listener it ends the process.
    serve(request, response).catch((error: unknown) => server.emit('error', error));
  }, port);
  return {
    ...leversOf(world),
    /** Value for `ZOHO_ENDPOINT_URL`, e.g. `http://127.0.0.1:4700`. */
    url,
    faults,
    /** Every request since the start, in order of arrival. */
    requests,
    close,
  };
}

/** Reads a request to `/HOST/PATH?QUERY` whole, its body included. */
async function readCall(request: IncomingMessage): Promise<Call> {
  const [path = '', ...query] = (request.url ?? '/').split('?');
  const [, host = '', ...rest] = path.split('/');
  return {
    host,
    place: placeOf(host),
    path: `/${rest.join('/')}`,
    query: new URLSearchParams(query.join('?')),
    method: request.method ?? 'GET',
    headers: request.headers,
    body: (await readBody(request)) ?? '',
  };
}
