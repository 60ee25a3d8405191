import { listenOnLoopback, readBody } from '../../local/wire/loopback.ts';

/** One question to AWS, as it came. */
export type AwsQuestion = { readonly operation: string; readonly body: string };

/**
 * Starts a part of AWS on loopback that the local stand-ins do not play, in the JSON protocol of the AWS SDK.
 *
 * @param answer - What an operation answers, e.g. for `GraniteServiceVersion20100801.GetMetricData`, or the path of a
 *   request; `null` where it is not allowed.
 */
export async function startAwsServer(answer: (operation: string) => object | null) {
  const questions: AwsQuestion[] = [];
  const { url, close } = await listenOnLoopback((request, response) => {
    readBody(request).then(
      (body = '') => {
        const operation = `${request.headers['x-amz-target'] ?? request.url}`;
        questions.push({ operation, body });
        const content = answer(operation);
        response.writeHead(content === null ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(content ?? { __type: 'AccessDeniedException', message: 'not allowed' }));
      },
      () => response.destroy(),
    );
  });
  return { url, questions, close };
}
