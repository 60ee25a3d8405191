import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = `${request.headers['x-amz-target'] ?? request.url}`;
      questions.push({ operation, body: Buffer.concat(chunks).toString('latin1') });
      const content = answer(operation);
      response.writeHead(content === null ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(content ?? { __type: 'AccessDeniedException', message: 'not allowed' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
