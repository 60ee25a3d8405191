import type { ServerResponse } from 'node:http';
import type { FaultName } from './fault-names.ts';
import type { ActiveFault } from './faults.ts';
import type { Reply } from './reply.ts';

/** One byte in this time: an answer of 200 bytes takes far longer than any sensible time-out. */
const dripMilliseconds = 250;
const hugeBytes = 20_000_000;

type Send = (response: ServerResponse, reply: Reply) => void;

/** Faults of the connection: the request is carried out (a token is issued), but its answer suffers. */
const faultySends: Partial<Record<FaultName, Send>> = {
  hang: () => undefined,
  cut_connection_before: (response) => void response.destroy(),
  cut_connection_during: (response, reply) => {
    const body = Buffer.from(reply.body);
    response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length + 1 });
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
  },
  slow_drip: (response, reply) => {
    const bytes = [...Buffer.from(reply.body)];
    response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
    response.flushHeaders();
    const timer = setInterval(() => {
      const byte = bytes.shift();
      if (byte === undefined) response.end();
      else response.write(Buffer.of(byte));
    }, dripMilliseconds);
    response.once('close', () => clearInterval(timer));
  },
  huge: (response, reply) => {
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body + ' '.repeat(hugeBytes));
  },
};

/**
 * Sends the answer, or mistreats it as the first fault of the connection says.
 *
 * @returns What the request log says: the status that went out (0 for none), and the fault's name if there was one.
 */
export function send(
  response: ServerResponse,
  reply: Reply,
  faults: readonly ActiveFault[],
): { status: number; outcome: string } {
  const fault = faults.find(({ name }) => faultySends[name])?.name;
  const faultySend = fault && faultySends[fault];
  if (faultySend) {
    faultySend(response, reply);
    return { status: response.headersSent ? reply.status : 0, outcome: fault };
  }
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
  return { status: reply.status, outcome: reply.outcome };
}
