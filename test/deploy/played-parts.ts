import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { SNS } from '@aws-sdk/client-sns';
import type { Moto } from '../support/moto.ts';
import { startFront } from './front.ts';

const AlarmName = 'zoho/refresher/heartbeat';

/**
 * Plays what moto leaves out: the function (its Invoke needs Docker), and CloudWatch's publishing when an alarm changes
 * its state. Everything else that CloudWatch is asked goes on to moto; what Lambda is asked beside is refused.
 *
 * @returns `variables`: where programs find them.
 */
export async function playParts(moto: Moto, { functionArn, topicArn }: { functionArn: string; topicArn: string }) {
  const [sns, cloudWatch] = [new SNS(moto.aws), new CloudWatch(moto.aws)];
  const publish = (message: object) => sns.publish({ TopicArn: topicArn, Message: JSON.stringify(message) });
  const state = async () =>
    (await cloudWatch.describeAlarms({ AlarmNames: [AlarmName] })).MetricAlarms?.[0]?.StateValue;
  // Where an alarm of moto begins, CloudWatch's would be OK by now.
  await cloudWatch.setAlarmState({ AlarmName, StateValue: 'OK', StateReason: 'ticks' });

  const lambda = await startFront(moto, async ({ url }, body) => {
    if (url?.endsWith('/configuration')) {
      const Environment = { Variables: { ALERT_TOPIC_ARN: topicArn } };
      return Response.json({ FunctionArn: functionArn, LoggingConfig: { LogGroup: 'refresher' }, Environment });
    }
    const isTestAlert = url?.endsWith('/invocations') && JSON.parse(body.toString()).test_alert === true;
    if (!isTestAlert) return Response.json({ message: 'not played' }, { status: 400 });
    await publish({ version: 1, state: 'test' });
    return Response.json({ test_alert: 'sent' });
  });
  const alarms = await startFront(moto, async ({ url, headers }, _body, passOn) => {
    if (!`${headers['x-amz-target'] ?? url}`.endsWith('SetAlarmState')) return passOn();
    const before = await state();
    const answer = await passOn();
    const NewStateValue = await state();
    if (before !== NewStateValue) await publish({ AlarmName, NewStateValue });
    return answer;
  });
  return {
    variables: { AWS_ENDPOINT_URL_LAMBDA: lambda.url, AWS_ENDPOINT_URL_CLOUDWATCH: alarms.url },
    close: () => Promise.all([lambda.close(), alarms.close()]),
  };
}
