import { onTestFinished } from 'vitest';
import type { Stage } from '../../local/stage.ts';
import { listenOnLoopback, readBody } from '../../local/wire/loopback.ts';

/** The parts of AWS that `zoho-tokens` asks beside Secrets Manager. @returns Variables that lead the SDK there. */
export async function startAccount(stage: Stage) {
  const { topicArn, secretsManager, zoho } = stage;
  const configuration = {
    Environment: { Variables: { ALERT_TOPIC_ARN: topicArn } },
    LoggingConfig: { LogGroup: 'g' },
  };
  const attributes = ['SubscriptionsConfirmed:1', 'SubscriptionsPending:0']
    .map((each) => `<entry><key>${each.split(':')[0]}</key><value>${each.split(':')[1]}</value></entry>`)
    .join('');
  const answer = async (operation: string, body: string): Promise<object | string> => {
    if (operation.endsWith('/configuration')) return configuration;
    if (operation.endsWith('/invocations')) return (await stage.invoke(JSON.parse(body))).answer ?? {};
    if (operation.endsWith('.DescribeAlarms')) return { MetricAlarms: [{ AlarmActions: [topicArn] }] };
    if (operation.endsWith('.GetMetricData'))
      return { MetricDataResults: [{ Id: 'tick', Timestamps: [Date.now() / 1000 - 120], Values: [3000] }] };
    if (operation.endsWith('.FilterLogEvents')) {
      const events = stage
        .logLines(0)
        .map(({ id, at, text }) => ({ eventId: id, timestamp: at.getTime(), message: text }));
      return { events: events.filter(({ message }) => message.includes('"connection":"desk"')) };
    }
    if (body.includes('Action=GetTopicAttributes'))
      return `<r><GetTopicAttributesResult><Attributes>${attributes}</Attributes></GetTopicAttributesResult></r>`;
    throw new Error(`nothing answers ${operation}`);
  };
  const server = await listenOnLoopback((request, response) => {
    readBody(request)
      .then((body = '') => answer(`${request.headers['x-amz-target'] ?? request.url}`, body))
      .then(
        (said) => response.end(typeof said === 'string' ? said : JSON.stringify(said)),
        (fault: unknown) => response.writeHead(400).end(String(fault)),
      );
  });
  onTestFinished(() => server.close());
  const services = ['LAMBDA', 'CLOUDWATCH', 'CLOUDWATCH_LOGS', 'SNS'];
  return {
    ...Object.fromEntries(services.map((name) => [`AWS_ENDPOINT_URL_${name}`, server.url])),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: stage.secretAccessKey,
    AWS_REGION: 'ap-south-1',
    ZOHO_ENDPOINT_URL: zoho?.url ?? '',
  };
}
