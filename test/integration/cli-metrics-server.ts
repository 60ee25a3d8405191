import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One question to CloudWatch, as it came. */
export type MetricQuestion = { readonly operation: string; readonly body: string };

/**
 * Starts a CloudWatch on loopback that knows one point of one metric, in the protocol of the AWS SDK.
 *
 * It answers GetMetricData in the form in which it was asked, and refuses everything else.
 *
 * @param newest - Of `SecondsToExpiry` for the connections asked about; `null` where asking is not allowed.
 */
export async function startMetricsServer(newest: Date | null) {
  const questions: MetricQuestion[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = `${request.headers['x-amz-target'] ?? request.url}`;
      questions.push({ operation: target, body: Buffer.concat(chunks).toString('latin1') });
      if (newest === null) {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'not allowed' }));
        return;
      }
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      const Timestamps = [newest.getTime() / 1000];
      response.end(JSON.stringify({ MetricDataResults: [{ Id: 'tick', Timestamps, Values: [3000] }] }));
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
