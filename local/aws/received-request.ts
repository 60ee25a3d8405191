import type { IncomingMessage } from 'node:http';

/** A request as it came off the wire. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}
