import type { ServerResponse } from 'node:http';
import { securityHeaders } from './guard.ts';
import { maskSecrets } from './mask.ts';

/** A page that has not read this much is asleep; it reconnects and gets everything anew when it wakes. */
const mostUnreadBytes = 8 * 1024 * 1024;
/**
 * Makes a stream of server-sent events; whatever looks like a secret is masked in them.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html | Server-sent events}
 */
export function createEventStream() {
  const pages = new Set<ServerResponse>();

  function write(to: readonly ServerResponse[], text: string): void {
    for (const response of to) {
      if (response.writableLength > mostUnreadBytes) response.destroy();
      else response.write(text);
    }
  }
  const render = (event: string, content: unknown) =>
    `event: ${event}\ndata: ${maskSecrets(JSON.stringify(content))}\n\n`;

  return {
    /** Keeps the answer open for events. */
    open(response: ServerResponse): void {
      response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    /** Tells one page. */
    send: (response: ServerResponse, event: string, content: unknown): void =>
      write([response], render(event, content)),
    /** Tells every page. */
    broadcast(event: string, content: unknown): void {
      if (pages.size > 0) write([...pages], render(event, content));
    },
    close(): void {
      for (const response of pages) response.end();
    },
  };
}
