import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type AwsFault, AwsFaults, type AwsService, awsFaults, type FaultTarget } from '../faults/aws-faults.ts';
import { sendUnder } from '../wire/broken-connection.ts';
import { type LoopbackServer, listenOnLoopback, readBody } from '../wire/loopback.ts';
import type { AwsError } from './aws-error.ts';
import type { ReceivedRequest } from './received-request.ts';
import { accessKeyIdOf } from './signature.ts';

/** An answer before it goes out; `outcome` is `ok` or the error's name, for the list of calls. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  outcome: string;
}

/** One line in a stand-in's list of calls. */
export interface RecordedCall extends FaultTarget {
  at: number;
  outcome: string;
}

/** One request, read but not yet carried out. */
export interface Exchange {
  call: RecordedCall;
  /** Carries the operation out at once and never throws a refusal: that is an answer, too. */
  carryOut(): Answer;
}

/** Outcome of a call whose answer is not decided yet, e.g. while it stands at a gate. */
export const unansweredOutcome = 'unanswered';

/**
 * Starts an HTTP server on 127.0.0.1 that takes each request through the faults and the service.
 *
 * @param service.port - 0 for any free port.
 * @param service.now - Its clock, which every answer tells: the SDK corrects its own by it.
 * @param service.receive - Reads a request into an exchange; called once per request, in order of arrival.
 * @param service.refuse - Writes a refusal as the service does.
 */
export async function startAwsServer(service: {
  name: AwsService;
  port: number;
  now: () => number;
  receive: (request: ReceivedRequest) => Exchange;
  refuse: (error: AwsError) => Answer;
}): Promise<Pick<LoopbackServer, 'url' | 'close'> & { faults: AwsFaults }> {
  const faults = new AwsFaults();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const { call, carryOut } = service.receive({
      method,
      path,
      headers,
      body: (await readBody(request)) ?? '',
    });
    await faults.pass(call);
    const kind = faults.take({ ...call, accessKeyId: accessKeyIdOf(headers) });
    const fault: Partial<AwsFault> = kind ? awsFaults[kind] : {};
    if (fault.connection && !fault.isCarriedOut) {
      call.outcome = fault.connection;
      sendUnder(response, { status: 0, headers: {}, body: '' }, fault.connection);
      return;
    }
    const body = fault.body?.(service.name);
    const refusal = fault.refusal?.(service.name, call);
    const answer = body
      ? { status: 200, headers: { 'content-type': body.contentType }, body: body.text, outcome: kind ?? '' }
      : refusal
        ? service.refuse(refusal)
        : carryOut();
    call.outcome = answer.outcome;
    if (faults.latencyMilliseconds > 0) await wait(faults.latencyMilliseconds, undefined, { ref: false });
    sendUnder(response, answer, fault.connection);
  }

  const { server, url, close } = await listenOnLoopback((request, response) => {
    if (isOfBrowser(request)) {
      response.writeHead(403).end();
      return;
    }
    response.setHeader('date', new Date(service.now()).toUTCString());
    // A client may hang up while it sends or waits: the server goes on.
    serve(request, response).catch(() => response.destroy());
  }, service.port);
  // Idle connections stay open: a server that closes them just when the SDK uses one again makes tests flicker.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    if (faults.takeRefusedConnection()) socket.resetAndDestroy();
  });
  return {
    url,
    faults,
    close: async () => {
      faults.clear();
      await close();
    },
  };
}

/**
 * Whether a web page asks: with `npm start -- --env` real credentials are behind this door, and a page can make a name of
 * its own lead here. The SDK sends no Origin, and names this machine or a host of AWS.
 */
function isOfBrowser({ headers: { host = '', origin } }: IncomingMessage): boolean {
  const isKnown = /^(127\.0\.0\.1|localhost)(:\d+)?$|\.amazonaws\.com(\.cn)?$/.test(host);
  return origin !== undefined || !isKnown;
}
