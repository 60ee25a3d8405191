import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { breakConnection, dripAnswer } from './broken-answers.ts';
import type { FaultKind, FaultPlan, FaultTarget } from './faults.ts';

/** A request as it came off the wire. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

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
  /** The answer that stands for this fault, or nothing where the fault is one of the connection. */
  answerFault(kind: FaultKind): Answer | undefined;
}

/** A server that listens, and how to end it. */
export interface LoopbackServer {
  url: string;
  /** Cuts every connection, open requests too, and stops listening. */
  close(): Promise<void>;
}

/** Outcome of a call whose answer is not decided yet, e.g. while it stands at a gate. */
export const unansweredOutcome = 'unanswered';

/**
 * Starts an HTTP server on 127.0.0.1 that takes each request through the fault plan and the service.
 *
 * @param port - 0 for any free port.
 * @param now - Its clock, which every answer tells: the SDK corrects its own by it.
 * @param receive - Reads a request into an exchange; called once per request, in order of arrival.
 */
export async function startLoopbackServer(
  port: number,
  now: () => number,
  faults: FaultPlan,
  receive: (request: ReceivedRequest) => Exchange,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    if (isOfBrowser(request)) {
      response.writeHead(403).end();
      return;
    }
    response.setHeader('date', new Date(now()).toUTCString());
    // A client that hangs up while it sends or waits is no fault of ours.
    serve(request, response, faults, receive).catch(() => response.destroy());
  });
  // Idle connections stay open: a server that closes them just when the SDK uses one again makes tests flicker.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    if (faults.takeRefusedConnection()) socket.resetAndDestroy();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      faults.clear();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
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

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  faults: FaultPlan,
  receive: (request: ReceivedRequest) => Exchange,
): Promise<void> {
  const exchange = receive({
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: await readBody(request),
  });
  const { call } = exchange;
  await faults.pass(call);
  const kind = faults.take(call);
  if (kind === 'refuse' || kind === 'reset' || kind === 'hang') {
    call.outcome = kind;
    if (kind !== 'hang') breakConnection(response);
    return;
  }
  const answer = (kind && exchange.answerFault(kind)) ?? exchange.carryOut();
  call.outcome = answer.outcome;
  if (faults.latencyMilliseconds > 0) await wait(faults.latencyMilliseconds, undefined, { ref: false });

  if (kind === 'reset-after-answer') return breakConnection(response);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  if (kind === 'slow-drip') return dripAnswer(response, answer.body);
  if (kind === 'reset-during-answer') {
    response.write(answer.body.slice(0, answer.body.length / 2), () => breakConnection(response));
    return;
  }
  response.end(answer.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
