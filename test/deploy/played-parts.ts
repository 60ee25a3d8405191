import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { SNS } from '@aws-sdk/client-sns';
import { credentials, type Moto, region } from './moto.ts';

/** The parts of AWS that moto does not play. */
export type PlayedParts = {
  /** Where programs find them. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/**
 * Plays what moto leaves out: the function (its Invoke needs Docker), and CloudWatch's publishing when an alarm changes
 * its state. Everything else that CloudWatch is asked goes on to moto; what Lambda is asked beside is refused.
 */
export async function playParts(
  moto: Moto,
  { functionArn, topicArn }: { readonly functionArn: string; readonly topicArn: string },
): Promise<PlayedParts> {
  const aws = { endpoint: moto.url, region, credentials };
  const [sns, cloudWatch] = [new SNS(aws), new CloudWatch(aws)];
  const publish = (message: object) => sns.publish({ TopicArn: topicArn, Message: JSON.stringify(message) });
  // Where an alarm of moto begins, CloudWatch's would be OK by now.
  await cloudWatch.setAlarmState({
    AlarmName: 'zoho/refresher/heartbeat',
    StateValue: 'OK',
    StateReason: 'ticks',
  });

  const lambda = await listen(async (request) => {
    const body = await bodyOf(request);
    if (request.url?.endsWith('/configuration')) {
      const Variables = { ALERT_TOPIC_ARN: topicArn };
      return {
        FunctionArn: functionArn,
        LoggingConfig: { LogGroup: 'refresher' },
        Environment: { Variables },
      };
    }
    if (!request.url?.endsWith('/invocations') || JSON.parse(body).test_alert !== true) return undefined;
    await publish({ version: 1, state: 'test' });
    return { test_alert: 'sent' };
  });
  const alarms = await listen(async (request, response) => {
    const body = await bodyOf(request);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const isSet = `${headers['x-amz-target'] ?? request.url}`.endsWith('SetAlarmState');
    const before = isSet ? await stateOfHeartbeat(cloudWatch) : '';
    const answer = await fetch(`${moto.url}${request.url}`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const after = isSet ? await stateOfHeartbeat(cloudWatch) : '';
    if (before !== after) await publish({ AlarmName: 'zoho/refresher/heartbeat', NewStateValue: after });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    return Buffer.from(await answer.arrayBuffer());
  });
  return {
    variables: { AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_ENDPOINT_URL_CLOUDWATCH: alarms.url },
    async close() {
      await lambda.close();
      await alarms.close();
    },
  };
}

async function stateOfHeartbeat(client: CloudWatch): Promise<string> {
  const { MetricAlarms } = await client.describeAlarms({ AlarmNames: ['zoho/refresher/heartbeat'] });
  return MetricAlarms?.[0]?.StateValue ?? '';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString('latin1');
}

/** A server on loopback; `undefined` is refused. */
async function listen(
  answer: (...exchange: Parameters<RequestListener>) => Promise<object | undefined>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response).then(
      (content) => {
        if (content === undefined) response.writeHead(400);
        response.end(Buffer.isBuffer(content) ? content : JSON.stringify(content ?? { message: 'not played' }));
      },
      (error: unknown) => server.emit('error', error),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('found no free port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
