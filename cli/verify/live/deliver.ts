import { randomUUID } from 'node:crypto';
import { SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { parseObject } from '../../../lambda/parse-object.ts';
import type { Account } from '../../place/account.ts';
import { invokeFunction } from '../../place/invoke-function.ts';
import { attempt, type Finding, holds, judge, notTried } from '../finding.ts';
import { findHeartbeat } from '../look-at-alarms.ts';
import type { Deployed } from '../look-at-stack.ts';
import { listSubscriptions } from '../look-at-topics.ts';
import { type Subject, span } from '../subject.ts';
import { type Cleanup, unlessGone } from './cleanup.ts';

const patienceMilliseconds = 90_000;
/** Below the time-out of a request. */
const longPollSeconds = 5;
const reason = 'zoho-tokens verify: a test, set back at once';

/** A queue subscribed for the purpose: waits for a message that fits. */
type Listen = (fits: (text: string) => boolean) => Promise<number | undefined>;

/** Sets the heartbeat alarm, sends a test alert, and waits for both at a queue of its own. */
export async function tryDelivery(
  account: Account,
  subject: Subject,
  deployed: Deployed,
  cleanup: Cleanup,
): Promise<readonly Finding[]> {
  const ids = ['deliver.alarm', 'deliver.test_alert'];
  subject.say('waiting for an alarm and a test alert at a queue of its own, at most 3 minutes');
  return attempt(ids, async () => {
    const heartbeat = await findHeartbeat(account, subject);
    const topics = [...(heartbeat?.AlarmActions ?? []), deployed.alertTopic].filter((arn) =>
      arn.includes(':sns:'),
    );
    const listen = await subscribeQueue(account, subject, deployed, new Set(topics), cleanup);
    return [
      ...(await attempt(['deliver.alarm'], () => tryAlarm(account, subject, heartbeat, listen, cleanup))),
      ...(await attempt(['deliver.test_alert'], () => tryTestAlert(account, subject, listen))),
    ];
  });
}

async function subscribeQueue(
  { queues, topics }: Account,
  subject: Subject,
  { partition, region, account }: Deployed,
  topicArns: ReadonlySet<string>,
  cleanup: Cleanup,
): Promise<Listen> {
  const QueueName = `zoho-tokens-verify-${randomUUID()}`;
  const queueArn = `arn:${partition}:sqs:${region}:${account}:${QueueName}`;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': [...topicArns] } },
  };
  cleanup.add(`delete the queue ${QueueName}`, () =>
    unlessGone(
      queues
        .send(new GetQueueUrlCommand({ QueueName }))
        .then(({ QueueUrl }) => queues.send(new DeleteQueueCommand({ QueueUrl }))),
    ),
  );
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName, Attributes: { Policy } }));
  for (const TopicArn of topicArns) {
    let arn: string | undefined;
    cleanup.add(`unsubscribe ${QueueName} from ${TopicArn}`, async () => {
      arn ??= (await listSubscriptions(topics, TopicArn)).find(
        ({ Endpoint }) => Endpoint === queueArn,
      )?.SubscriptionArn;
      if (arn !== undefined) await unlessGone(topics.send(new UnsubscribeCommand({ SubscriptionArn: arn })));
    });
    const subscribe = { TopicArn, Protocol: 'sqs', Endpoint: queueArn, ReturnSubscriptionArn: true };
    arn = (await topics.send(new SubscribeCommand(subscribe))).SubscriptionArn;
  }
  return async (fits) => {
    const start = subject.now().getTime();
    while (subject.now().getTime() - start <= patienceMilliseconds) {
      const { Messages = [] } = await queues.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: longPollSeconds }),
      );
      const texts = Messages.map(({ Body = '' }) => String(parseObject(Body)?.Message));
      if (texts.some(fits)) return subject.now().getTime() - start;
      await subject.wait(1_000);
    }
    return undefined;
  };
}

async function tryAlarm(
  account: Account,
  subject: Subject,
  heartbeat: Awaited<ReturnType<typeof findHeartbeat>>,
  listen: Listen,
  cleanup: Cleanup,
): Promise<readonly Finding[]> {
  const { AlarmName, StateValue } = heartbeat ?? {};
  if (StateValue === undefined || StateValue === 'ALARM') {
    return [notTried('deliver.alarm', 'the heartbeat alarm is missing, or in ALARM already')];
  }
  const set = (state: 'ALARM' | typeof StateValue) =>
    account.metrics.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: reason }));
  const undo = cleanup.add(
    `set the alarm ${AlarmName} back to ${StateValue}; it also does so by itself`,
    async () => {
      // What CloudWatch has found since stands.
      if ((await findHeartbeat(account, subject))?.StateReason === reason) await set(StateValue);
    },
  );
  await set('ALARM');
  const after = await listen((text) => {
    const { AlarmName: name, NewStateValue } = parseObject(text) ?? {};
    return name === AlarmName && NewStateValue === 'ALARM';
  });
  await undo();
  return [received('deliver.alarm', 'the alarm at the queue', after)];
}

async function tryTestAlert(
  { lambda }: Account,
  { functionName }: Subject,
  listen: Listen,
): Promise<readonly Finding[]> {
  const invoked = await invokeFunction(lambda, functionName, { test_alert: true });
  if ('error' in invoked)
    return [judge('deliver.test_alert', false, ['a test alert', 'an error of the function'])];
  if (Object(invoked.answer).test_alert !== 'sent') {
    return [notTried('deliver.test_alert', 'one was sent within the last ten minutes')];
  }
  return [
    received(
      'deliver.test_alert',
      'the test alert at the queue',
      await listen((text) => parseObject(text)?.state === 'test'),
    ),
  ];
}

function received(id: string, what: string, after: number | undefined): Finding {
  return after === undefined
    ? judge(id, false, [what, 'nothing in 90 s'])
    : holds(id, `${span(after)} later`);
}
