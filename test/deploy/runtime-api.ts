import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a runtime posted for an invocation, or when it could not start: the last part of the path, and all it said. */
export type Posted = { readonly kind: string; readonly body: string; readonly headers: string };

/**
 * Starts a Runtime API on loopback, as Lambda has one for each execution environment.
 *
 * @see {@link https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html | Lambda runtime API}
 */
export async function startRuntimeApi() {
  let waiting: ServerResponse | undefined;
  let next: { readonly event: string; readonly resolve: (posted: Posted) => void } | undefined;
  let current: typeof next;
  let count = 0;

  function deliver(): void {
    if (waiting === undefined || next === undefined) return;
    count += 1;
    waiting.writeHead(200, {
      'lambda-runtime-aws-request-id': `c0ffee00-0000-4000-8000-${String(count).padStart(12, '0')}`,
      'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:deployed',
    });
    waiting.end(next.event);
    [current, next, waiting] = [next, undefined, undefined];
  }

  const server = createServer((request, response) => {
    if (request.url?.endsWith('/invocation/next')) {
      waiting = response;
      deliver();
      return;
    }
    request.toArray().then((chunks: Buffer[]) => {
      const body = Buffer.concat(chunks).toString();
      const kind =
        request.url
          ?.split('/')
          .slice(-2)
          .join('/')
          .replace(/^.*-\d{12}\//, '') ?? '';
      current?.resolve({ kind, body, headers: JSON.stringify(request.headers) });
      response.writeHead(202).end();
    }, response.destroy);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    /** Host and port, as `AWS_LAMBDA_RUNTIME_API` has them. */
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Hands an event to the runtime and waits for what it posts. */
    invoke: (event: string) =>
      new Promise<Posted>((resolve) => {
        next = { event, resolve };
        deliver();
      }),
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
