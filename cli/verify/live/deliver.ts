import { randomUUID } from 'node:crypto';
import type { MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import { parseObject } from '../../../lambda/parse-object.ts';
import { invokeFunction } from '../../place/open-aws.ts';
import { attempt, CannotTry, differs, type Finding, type Findings, ifThere, judge } from '../attempt.ts';
import { findHeartbeat, listSubscriptions } from '../look-at-alarms.ts';
import { type Deployment, span } from '../subject.ts';
import type { Cleanup } from './cleanup.ts';

const patienceMilliseconds = 90_000;
/** Below the time-out of a request. */
const longPollSeconds = 5;
const reason = 'zoho-tokens verify: a test, set back at once';

type Queue = Awaited<ReturnType<typeof subscribeQueue>>;

/** Sets the heartbeat alarm, sends a test alert, and waits for both at a queue of its own. */
export async function tryDelivery(on: Deployment, cleanup: Cleanup): Promise<Findings> {
  on.say('waiting for an alarm and a test alert at a queue of its own, at most 3 minutes');
  return attempt(['deliver.alarm', 'deliver.test_alert'], undefined, async () => {
    const heartbeat = await findHeartbeat(on);
    // A topic of another account would have to confirm the subscription.
    const isOwn = (arn: string) => arn.includes(`:sns:${on.region}:${on.account}:`);
    const topics = new Set([...(heartbeat?.AlarmActions ?? []), on.alertTopic].filter(isOwn));
    const queue = await subscribeQueue(on, topics, cleanup);
    return [
      ...(await attempt(['deliver.alarm'], undefined, () => tryAlarm(on, heartbeat, queue, cleanup))),
      ...(await attempt(['deliver.test_alert'], undefined, () => tryTestAlert(on, queue))),
    ];
  });
}

async function subscribeQueue(on: Deployment, topics: ReadonlySet<string>, cleanup: Cleanup) {
  const { queues, now } = on;
  const QueueName = `zoho-tokens-verify-${randomUUID()}`;
  const queueArn = `arn:${on.partition}:sqs:${on.region}:${on.account}:${QueueName}`;
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': [...topics] } },
  };
  let url: string | undefined;
  cleanup.add(`delete the queue ${QueueName}`, async () => {
    // By its name only if the answer was lost: a new queue may not be found by it yet.
    const find = async () => (await queues.getQueueUrl({ QueueName })).QueueUrl;
    await ifThere((async () => queues.deleteQueue({ QueueUrl: url ?? (await find()) }))());
  });
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  url = (await queues.createQueue({ QueueName, Attributes: { Policy } })).QueueUrl;
  for (const TopicArn of topics) {
    let arn: string | undefined;
    cleanup.add(`unsubscribe ${QueueName} from ${TopicArn}`, async () => {
      arn ??= (await listSubscriptions(on, TopicArn)).find(({ Endpoint }) => Endpoint === queueArn)?.SubscriptionArn;
      if (arn !== undefined) await ifThere(on.topics.unsubscribe({ SubscriptionArn: arn }));
    });
    const subscribe = { TopicArn, Protocol: 'sqs', Endpoint: queueArn, ReturnSubscriptionArn: true };
    arn = (await on.topics.subscribe(subscribe)).SubscriptionArn;
  }
  const poll = { QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: longPollSeconds };
  /** How long it took until a message came that fits; `undefined` if none came. */
  async function listen(fits: (message: Record<string, unknown>) => boolean): Promise<number | undefined> {
    const start = now().getTime();
    while (now().getTime() - start <= patienceMilliseconds) {
      const { Messages = [] } = await queues.receiveMessage(poll);
      const texts = Messages.map(({ Body = '' }) => String(parseObject(Body)?.Message));
      if (texts.some((text) => fits(parseObject(text) ?? {}))) return now().getTime() - start;
      await on.wait(1_000);
    }
    return undefined;
  }
  return { topics, listen };
}

async function tryAlarm(on: Deployment, alarm: MetricAlarm = {}, queue: Queue, cleanup: Cleanup): Promise<Finding> {
  const { AlarmName, StateValue, AlarmActions = [] } = alarm;
  if (StateValue === undefined || StateValue === 'ALARM')
    throw new CannotTry('the heartbeat alarm is missing, or in ALARM already');
  if (!AlarmActions.some((arn) => queue.topics.has(arn)))
    throw new CannotTry('the heartbeat alarm publishes to no topic of this account and Region');
  const set = (state: StateValue) => on.metrics.setAlarmState({ AlarmName, StateValue: state, StateReason: reason });
  const undo = cleanup.add(`set the alarm ${AlarmName} back to ${StateValue}; it also does so by itself`, async () => {
    // What CloudWatch has found since stands.
    if ((await findHeartbeat(on))?.StateReason === reason) await set(StateValue);
  });
  await set('ALARM');
  const after = await queue.listen((said) => said.AlarmName === AlarmName && said.NewStateValue === 'ALARM');
  await undo();
  return received('deliver.alarm', 'the alarm at the queue', after);
}

async function tryTestAlert(on: Deployment, { topics, listen }: Queue): Promise<Finding> {
  const id = 'deliver.test_alert';
  if (!topics.has(on.alertTopic)) throw new CannotTry('the alert topic is of another account or Region');
  const invoked = await invokeFunction(on.lambda, on.functionName, { test_alert: true });
  if ('error' in invoked) return differs(id, 'a test alert', 'an error of the function');
  const said = Object(invoked.answer).test_alert;
  if (said === 'waiting') throw new CannotTry('one was sent within the last ten minutes');
  if (said !== 'sent') return differs(id, 'a test alert', 'another answer of the function');
  return received(id, 'the test alert at the queue', await listen(({ state }) => state === 'test'));
}

function received(id: string, what: string, after: number | undefined): Finding {
  return judge(id, after !== undefined, what, 'nothing in 90 s', `${span(after ?? 0)} later`);
}
