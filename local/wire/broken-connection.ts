import type { ServerResponse } from 'node:http';

/** What can befall the connection on which an answer goes out; every stand-in uses these names. */
export type ConnectionFault =
  | 'refuse'
  | 'reset'
  | 'hang'
  | 'slow_drip'
  | 'cut_connection_before'
  | 'cut_connection_during'
  | 'huge';

/** An answer before it goes out. */
export type Answer = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

/** One byte in this time: an answer of 200 bytes takes far longer than any sensible time-out. */
const dripMilliseconds = 250;
const hugeBytes = 20_000_000;

/** Sends the answer, or mistreats it and its connection. */
export function sendUnder(response: ServerResponse, { status, headers, body }: Answer, fault?: ConnectionFault): void {
  const bytes = Buffer.from(body);
  switch (fault) {
    case 'hang':
      return;
    case 'refuse':
    case 'reset':
    case 'cut_connection_before':
      // A reset (RST): the client sees ECONNRESET and no end of the answer.
      response.socket?.resetAndDestroy();
      return;
    case 'cut_connection_during':
      response.writeHead(status, { ...headers, 'content-length': bytes.length + 1 });
      response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.socket?.resetAndDestroy());
      return;
    case 'slow_drip': {
      response.writeHead(status, { ...headers, 'content-length': bytes.length });
      response.flushHeaders();
      const left = [...bytes];
      const timer = setInterval(() => {
        const byte = left.shift();
        if (byte === undefined) response.end();
        else response.write(Buffer.of(byte));
      }, dripMilliseconds);
      response.once('close', () => clearInterval(timer));
      return;
    }
    case 'huge':
      response.writeHead(status, headers);
      response.end(body + ' '.repeat(hugeBytes));
      return;
    case undefined:
      response.writeHead(status, bytes.length > 0 ? { ...headers, 'content-length': bytes.length } : headers);
      response.end(bytes);
  }
}
