import type { ServerResponse } from 'node:http';

/** Time between two bytes of a slow answer: any client's time-out is over long before the last of them. */
const dripIntervalMilliseconds = 50;

/** Size of a huge answer: far above anything a service sends, small enough to be made in a moment. */
const hugeAnswerBytes = 16 * 1024 * 1024;

/** What a proxy or a captive portal would say in the service's place. */
export const garbageBody =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';

/** A well-formed answer that says nothing, at length. */
export function hugeBody(before: string, after: string): string {
  return `${before}${'x'.repeat(hugeAnswerBytes)}${after}`;
}

/** Resets the connection (RST), so that the client sees ECONNRESET and no end of the answer. */
export function breakConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

/** Sends a body a byte at a time, until the client has it all or gives up. */
export function dripAnswer(response: ServerResponse, body: string): void {
  const bytes = Buffer.from(body);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + 1));
    sent += 1;
    if (sent >= bytes.length) response.end();
  }, dripIntervalMilliseconds);
  response.on('close', () => clearInterval(timer));
}
