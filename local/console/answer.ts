import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageFile } from './build-page.ts';
import { securityHeaders } from './guard.ts';
import { maskSecrets } from './mask.ts';
import { OrderError } from './orders.ts';

const longestOrderBytes = 4_096;

/** Answers with JSON; a text is the reason of a refusal. */
export function answer(response: ServerResponse, status: number, content: unknown): void {
  const body = typeof content === 'string' ? { error: content } : content;
  response.writeHead(status, { ...securityHeaders, 'content-type': 'application/json' });
  response.end(maskSecrets(JSON.stringify(body)));
}

/** Answers with a file of the page. */
export function sendFile(response: ServerResponse, file: PageFile): void {
  response.writeHead(200, { ...securityHeaders, 'content-type': file.contentType });
  response.end(file.body);
}

/**
 * Reads an order's body.
 *
 * @throws {@link OrderError} for more than any order has.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > longestOrderBytes) throw new OrderError(`expected at most ${longestOrderBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
