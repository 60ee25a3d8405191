import { onTestFinished } from 'vitest';
import { functionName } from '../../local/invoke-server.ts';
import { listenOnLoopback, readBody } from '../../local/wire/loopback.ts';
import type { CliStage } from '../support/cli/cli-stage.ts';

/** What an operation answers: JSON, XML as text, or `null` where it is not allowed. */
type Answer = object | string | null | ((body: string) => Promise<object> | object);

/**
 * Plays the parts of AWS that `zoho-tokens` asks beside Secrets Manager, as somebody finds them who has deployed.
 *
 * @param changes - Other answers by operation.
 * @returns `variables`: they lead the SDK there. `questions`: what it asked.
 */
export async function openAccount({ stage, account }: CliStage, changes: Readonly<Record<string, Answer>> = {}) {
  const attribute = (name: string, value: number) => `<entry><key>${name}</key><value>${value}</value></entry>`;
  const attributes = attribute('SubscriptionsConfirmed', 1) + attribute('SubscriptionsPending', 0);
  const answers: Readonly<Record<string, Answer>> = {
    configuration: {
      Environment: { Variables: { ALERT_TOPIC_ARN: stage.topicArn } },
      LoggingConfig: { LogGroup: 'of-the-stack' },
    },
    invocations: async (body) => (await stage.invoke(JSON.parse(body))).answer ?? {},
    DescribeAlarms: { MetricAlarms: [{ AlarmActions: [stage.topicArn] }] },
    GetMetricData: { MetricDataResults: [{ Id: 'tick', Timestamps: [Date.now() / 1000 - 120], Values: [3000] }] },
    FilterLogEvents: () => ({
      events: stage
        .logLines(0)
        .filter(({ text }) => text.includes('"connection":"desk"'))
        .map(({ id, at, text }) => ({ eventId: id, timestamp: at.getTime(), message: text })),
    }),
    GetTopicAttributes: `<r><GetTopicAttributesResult><Attributes>${attributes}</Attributes></GetTopicAttributesResult></r>`,
    ...changes,
  };
  const questions: { operation: string; body: string }[] = [];
  const { url, close } = await listenOnLoopback(async (request, response) => {
    const body = (await readBody(request)) ?? '';
    const { 'x-amz-target': target = request.url } = request.headers;
    const operation = /Action=(\w+)/.exec(body)?.[1] ?? /\w+$/.exec(`${target}`)?.[0] ?? '';
    questions.push({ operation, body });
    const isOfAnother = request.url?.includes('/functions/') && !request.url.includes(`/${functionName}/`);
    const known = isOfAnother ? undefined : answers[operation];
    const answer = typeof known === 'function' ? await known(body) : known;
    const refusal = known === null ? 'AccessDeniedException' : 'ResourceNotFoundException';
    response.writeHead(answer ? 200 : 400, answer ? {} : { 'x-amzn-errortype': refusal });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: 'not allowed' }));
  });
  onTestFinished(close);
  const services = ['LAMBDA', 'CLOUDWATCH', 'CLOUDWATCH_LOGS', 'SNS'];
  const endpoints = Object.fromEntries(services.map((name) => [`AWS_ENDPOINT_URL_${name}`, url]));
  return { variables: { ...account, ...endpoints }, questions };
}
