import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type AwsFault, AwsFaults, type AwsService, awsFaults, type FaultTarget } from '../faults/aws-faults.ts';
import { type Answer, sendUnder } from '../wire/broken-connection.ts';
import { listenOnLoopback, readBody } from '../wire/loopback.ts';
import { AwsError } from './aws-error.ts';
import { accessKeyIdOf, type ReceivedRequest, readSignedRegion } from './signature.ts';

/** One request as a stand-in saw it: never with a value. */
export type RecordedCall = FaultTarget & {
  /** Epoch milliseconds of arrival. */
  readonly at: number;
  /** `ok`, the error's name, or how the connection was broken; `unanswered` until the operation was carried out. */
  outcome: string;
};

/** What every stand-in of AWS can be told. */
export type AwsOptions = {
  /** Epoch milliseconds; default: the machine's clock. Every answer tells it: the SDK corrects its own by it. */
  now?: () => number;
  /** Serves clients whose clock is off, as AWS does not: programs of this machine beside a clock that a test moves. */
  ignoresClocks?: boolean;
  /** Only requests that are signed with it are served; default: any signature. */
  secretAccessKey?: string | undefined;
};

/** Starts an HTTP server on 127.0.0.1 that takes each request through the faults and the service. */
export async function startAwsServer<Target extends FaultTarget>(
  { now = Date.now, ignoresClocks = false, secretAccessKey }: AwsOptions,
  service: {
    name: AwsService;
    /** What is asked for, as the list of calls says it. */
    read: (request: ReceivedRequest) => Target;
    /** Carries the operation out at once in the Region of the signature, or throws the service's refusal. */
    carryOut: (request: ReceivedRequest, target: Target, region: string) => Answer;
    /** Writes a refusal as the service does. */
    refuse: (error: AwsError) => Answer;
  },
) {
  const faults = new AwsFaults();
  const calls: (Target & RecordedCall)[] = [];

  /** The answer, and its outcome for the list of calls. */
  function answer(request: ReceivedRequest, target: Target, fault: AwsFault | undefined): [Answer, string] {
    try {
      const refusal = fault?.refusal?.(service.name, target);
      if (refusal) throw refusal;
      const admission = { now: ignoresClocks ? undefined : now(), secretAccessKey };
      return [service.carryOut(request, target, readSignedRegion(request, service.name, admission)), 'ok'];
    } catch (error) {
      // Anything else is a fault of the stand-in itself.
      if (!(error instanceof AwsError)) throw error;
      return [service.refuse(error), error.name];
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body: (await readBody(incoming)) ?? '' };
    const target = service.read(request);
    const call: Target & RecordedCall = { ...target, at: now(), outcome: 'unanswered' };
    calls.push(call);
    await faults.pass(target);
    const kind = faults.takeLast({ ...target, accessKeyId: accessKeyIdOf(headers) })?.kind;
    const fault: AwsFault | undefined = kind && awsFaults[kind];
    if (fault?.connection && !fault.isCarriedOut) {
      call.outcome = fault.connection;
      sendUnder(response, { status: 0, headers: {}, body: '' }, fault.connection);
      return;
    }
    const body = fault?.body?.(service.name);
    const [answered, outcome] = body
      ? [{ status: 200, headers: { 'content-type': body.contentType }, body: body.text }, kind ?? '']
      : answer(request, target, fault);
    call.outcome = outcome;
    if (faults.latencyMilliseconds > 0) await wait(faults.latencyMilliseconds, undefined, { ref: false });
    sendUnder(response, answered, fault?.connection);
  }

  const { server, url, close } = await listenOnLoopback((request, response) => {
    if (isOfBrowser(request)) {
      response.writeHead(403).end();
      return;
    }
    response.setHeader('date', new Date(now()).toUTCString());
    // A client may hang up while it sends or waits: the server goes on.
    serve(request, response).catch(() => response.destroy());
  });
  // Idle connections stay open: a server that closes them just when the SDK uses one again makes tests flicker.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    if (faults.takeLast('connection')) socket.resetAndDestroy();
  });
  return {
    /** `http://127.0.0.1:PORT`, for a client's `endpoint`. */
    url,
    calls,
    faults,
    close,
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
