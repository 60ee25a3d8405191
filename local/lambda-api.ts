import { text } from 'node:stream/consumers';
import { readSignedRegion } from './aws/signature.ts';
import type { Stage } from './stage.ts';
import { listenOnLoopback } from './wire/loopback.ts';

/** Name of the function, as the stack deploys it. */
export const functionName = 'zoho-token-refresher';

const invokePath = `/2015-03-31/functions/${functionName}/invocations`;

/**
 * Starts Lambda's Invoke on 127.0.0.1 for apps under development: the bundle answers the AWS SDKs as it would in AWS.
 *
 * @param secretAccessKey - Only requests that are signed with it are served.
 * @returns `url` for `AWS_ENDPOINT_URL_LAMBDA`.
 * @see {@link https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html}
 */
export async function startLambdaApi(stage: Pick<Stage, 'invoke'>, secretAccessKey: string) {
  return listenOnLoopback(async (request, response) => {
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    try {
      const { method = '', url: path = '', headers } = request;
      const body = await text(request);
      readSignedRegion({ method, path, headers, body }, 'lambda', { secretAccessKey });
      if (method !== 'POST' || path !== invokePath) {
        const type = { 'x-amzn-errortype': 'ResourceNotFoundException' };
        return answer(404, { Message: `Function not found; the one here is ${functionName}` }, type);
      }
      const { answer: given, error } = await stage.invoke(JSON.parse(body));
      answer(200, error ?? given, error === undefined ? {} : { 'x-amz-function-error': 'Unhandled' });
    } catch (fault) {
      const { name, message } = fault as Error;
      answer(403, { Message: message }, { 'x-amzn-errortype': name });
    }
  });
}
