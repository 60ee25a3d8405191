import type { ServerResponse } from 'node:http';
import { securityHeaders } from './guard.ts';
import { maskSecrets } from './mask.ts';

const mostPages = 32;
/** A page that has not read this much is asleep; it reconnects and gets everything anew when it wakes. */
const mostUnreadBytes = 8 * 1024 * 1024;
/** Nothing between the page and this server cuts an idle connection, but a comment tells soon that a page is gone. */
const heartbeatMilliseconds = 15_000;

/**
 * Makes a stream of server-sent events; whatever looks like a secret is masked in them.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html | Server-sent events}
 */
export function createEventStream() {
  const pages = new Set<ServerResponse>();
  const heartbeat = setInterval(() => write([...pages], ': still here\n\n'), heartbeatMilliseconds);
  heartbeat.unref();

  function write(to: readonly ServerResponse[], text: string): void {
    for (const response of to) {
      if (response.writableLength > mostUnreadBytes) response.destroy();
      else response.write(text);
    }
  }
  const render = (event: string, content: unknown) =>
    `event: ${event}\ndata: ${maskSecrets(JSON.stringify(content))}\n\n`;

  return {
    /** Keeps the answer open for events; false if too many pages are open already. */
    open(response: ServerResponse): boolean {
      if (pages.size >= mostPages) return false;
      response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
      pages.add(response);
      response.on('close', () => pages.delete(response));
      return true;
    },
    /** Tells one page. */
    send: (response: ServerResponse, event: string, content: unknown): void =>
      write([response], render(event, content)),
    /** Tells every page. */
    broadcast(event: string, content: unknown): void {
      if (pages.size > 0) write([...pages], render(event, content));
    },
    close(): void {
      clearInterval(heartbeat);
      for (const response of pages) response.end();
      pages.clear();
    },
  };
}
