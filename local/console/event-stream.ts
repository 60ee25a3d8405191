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
  const render = (content: unknown) => `data: ${maskSecrets(JSON.stringify(content))}\n\n`;
  return {
    /** Keeps the answer open for events; the first tells all there is. */
    open(response: ServerResponse, content: unknown): void {
      response.writeHead(200, { ...securityHeaders, 'content-type': 'text/event-stream' });
      response.write(render(content));
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    /** Tells every page. */
    broadcast(content: unknown): void {
      const text = pages.size > 0 ? render(content) : '';
      for (const page of pages) {
        if (page.writableLength > mostUnreadBytes) page.destroy();
        else page.write(text);
      }
    },
    close(): void {
      for (const page of pages) page.end();
    },
  };
}
