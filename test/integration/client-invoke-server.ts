import type { Invoked } from '../../local/runtime/execution-environment.ts';
import { listenOnLoopback, readBody } from '../../local/wire/loopback.ts';

/** Lambda's Invoke on loopback. */
export type InvokeServer = {
  /** For a LambdaClient's `endpoint` or `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string;
  /** What every invocation answered, in order of its end. */
  readonly invoked: Invoked[];
  close(): Promise<void>;
};

/**
 * Starts a server that takes the AWS SDK's Invoke and hands it to a function.
 *
 * @param functionName - Any other name is refused as Lambda does.
 * @param invoke - E.g. the `invoke` of a stage: the real bundle.
 * @param concurrency - Invocations at once above this are refused as Lambda does; default: no limit.
 * @see {@link https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html}
 */
export async function startInvokeServer(
  functionName: string,
  invoke: (event: unknown) => Promise<Invoked>,
  concurrency = Number.POSITIVE_INFINITY,
): Promise<InvokeServer> {
  const invoked: Invoked[] = [];
  let running = 0;
  const refuse = (type: string, Message: string) => ({ type, body: JSON.stringify({ Message }) });

  async function answer(
    path: string | undefined,
    payload: string,
  ): Promise<{ status: number; type?: string; error?: Invoked['error']; body: string }> {
    if (path !== `/2015-03-31/functions/${functionName}/invocations`) {
      return { status: 404, ...refuse('ResourceNotFoundException', 'Function not found') };
    }
    if (running >= concurrency) return { status: 429, ...refuse('TooManyRequestsException', 'Rate Exceeded.') };
    running += 1;
    const result = await invoke(JSON.parse(payload)).finally(() => {
      running -= 1;
    });
    invoked.push(result);
    return { status: 200, error: result.error, body: JSON.stringify(result.error ?? result.answer) };
  }

  const { url, server, close } = await listenOnLoopback((request, response) => {
    readBody(request)
      .then((body) => answer(request.url, body ?? ''))
      .then(
        ({ status, type, error, body }) => {
          response.writeHead(status, {
            'content-type': 'application/json',
            ...(type && { 'x-amzn-errortype': type }),
            ...(error && { 'x-amz-function-error': 'Unhandled' }),
          });
          response.end(body);
        },
        () => response.destroy(),
      );
  });
  server.keepAliveTimeout = 0;
  return { url, invoked, close };
}
