import { createHash } from 'node:crypto';
import { openAccount } from '../../cli/place/account.ts';
import { alarmNames } from '../../cli/verify/look-at-alarms.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { AwsError } from '../../local/aws/aws-error.ts';
import { carryOutSecretsOperation } from '../../local/aws/secrets-operations.ts';
import { SecretsStore } from '../../local/aws/secrets-store.ts';

const [region, accountId] = ['ap-south-1', '123456789012'];
const arnOf = (service: string, name: string) => `arn:aws:${service}:${region}:${accountId}:${name}`;
const topicArn = arnOf('sns', 'canary-alert-topic');
const functionArn = arnOf('lambda', 'function:zoho-token-refresher');
const minute = 60_000;

// biome-ignore lint/suspicious/noExplicitAny: each command has fields of its own
type Input = any;
/** What each operation answers. */
type Answers = Record<string, (input: Input) => object>;
type Subscription = { SubscriptionArn: string; Endpoint: string; filter?: object };

/** An account as `cdk deploy` leaves it, played in place of the wire: whoever tests may change anything in it. */
export type PlayedAccount = ReturnType<typeof playAccount>;

/** Statement of the stack's own policies of topic and key. */
export function letsAlarmsIn(Action: string[]) {
  const ofAlarms = { 'aws:SourceArn': `arn:aws:cloudwatch:*:${accountId}:alarm:zoho/*` };
  return {
    ...{ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action, Resource: '*' },
    Condition: { StringEquals: { 'aws:SourceAccount': accountId }, ArnLike: ofAlarms },
  };
}
export const denyWithoutTls = {
  ...{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: '*' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

function makeAlarm(AlarmName: string) {
  const alarm = { AlarmName, ActionsEnabled: true, StateValue: 'OK', StateReason: '' };
  return { ...alarm, AlarmActions: [topicArn], OKActions: [topicArn] };
}

/**
 * Plays the calls that `verify` makes of AWS: the SDK's own clients, with an answer in place of the wire. Whatever else
 * is asked is refused. Its clock moves only when somebody waits; ticks come by it, and the heartbeat alarm judges by it.
 */
export function playAccount(all: readonly Connection[]) {
  const store = new SecretsStore();
  const topic = {
    Policy: JSON.stringify({ Statement: [denyWithoutTls, letsAlarmsIn(['sns:Publish'])] }),
    subscriptions: [{ SubscriptionArn: `${topicArn}:1`, Endpoint: 'canary.person@acme.io' }] as Subscription[],
  };
  const heartbeat = makeAlarm('zoho/refresher/heartbeat');
  const alarms = new Map(alarmNames({ secretPrefix: 'zoho', all }).map((name) => [name, makeAlarm(name)]));
  alarms.set(heartbeat.AlarmName, heartbeat);
  const queues = new Map<string, string[]>();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const answers: Answers = {
    DescribeStacks: () => ({
      Stacks: [{ StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'Version', OutputValue: '0.1.0' }] }],
    }),
    ListSchedules: () => ({ Schedules: [{ Name: 'other', Target: { Arn: 'other' } }, played.schedule] }),
    GetSchedule: () => ({ ...played.schedule }),
    // What is left out of an update is gone.
    UpdateSchedule: (input) => {
      played.schedule = { ...input };
      return {};
    },
    FilterLogEvents: () => {
      const message = { _aws: { Timestamp: played.lastTick }, SecretPrefix: 'zoho', Ticks: 1 };
      const line = { timestamp: played.lastTick, ingestionTime: played.lastTick + 900 };
      return { events: [{ ...line, message: JSON.stringify(message) }, { message: 'START RequestId' }] };
    },
    GetMetricData: ({ MetricDataQueries }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id }: { Id: string }) => ({ Id, Values: [1] })),
    }),
    DescribeAlarms: ({ AlarmNames }) => ({
      MetricAlarms: AlarmNames.flatMap((name: string) => structuredClone(alarms.get(name)) ?? []),
    }),
    SetAlarmState: ({ AlarmName, StateValue, StateReason }) =>
      change(found(alarms.get(AlarmName)), StateValue, StateReason),
    DescribeKey: () => ({ KeyMetadata: { KeyId: 'key', Enabled: true } }),
    GetKeyPolicy: () => ({
      Policy: JSON.stringify({ Statement: [letsAlarmsIn(['kms:Decrypt', 'kms:GenerateDataKey*'])] }),
    }),
    SimulatePrincipalPolicy: ({ ActionNames, ResourceArns: [secret] }) => ({
      EvaluationResults: ActionNames.map((EvalActionName: string) => {
        const isAllowed = played.allowed.has(`${EvalActionName} ${store.find(secret).name}`);
        return { EvalActionName, EvalDecision: isAllowed ? 'allowed' : 'implicitDeny' };
      }),
    }),
    GetFunctionConfiguration: () => ({
      FunctionArn: functionArn,
      LoggingConfig: { LogGroup: 'log-group' },
      Environment: { Variables: { ALERT_TOPIC_ARN: topicArn } },
    }),
    Invoke: ({ Payload }) => {
      found(parseObject(Payload)?.test_alert);
      publish({ state: 'test' }, true);
      return { Payload: { transformToString: () => '{"test_alert":"sent"}' } };
    },
    GetTopicAttributes: ({ TopicArn }) => ({ Attributes: topicOf(TopicArn) }),
    ListSubscriptionsByTopic: ({ TopicArn }) => ({ Subscriptions: topicOf(TopicArn).subscriptions }),
    GetSubscriptionAttributes: ({ SubscriptionArn }) => {
      const { filter } = found(topic.subscriptions.find((each) => each.SubscriptionArn === SubscriptionArn));
      return { Attributes: filter === undefined ? {} : { FilterPolicy: JSON.stringify(filter) } };
    },
    Subscribe: ({ TopicArn, Endpoint }) => {
      const SubscriptionArn = `${TopicArn}:${Endpoint}`;
      topicOf(TopicArn).subscriptions.push({ SubscriptionArn, Endpoint });
      return { SubscriptionArn };
    },
    Unsubscribe: ({ SubscriptionArn }) => {
      topic.subscriptions = topic.subscriptions.filter((each) => each.SubscriptionArn !== SubscriptionArn);
      return {};
    },
    CreateQueue: ({ QueueName }) => {
      queues.set(arnOf('sqs', QueueName), []);
      return { QueueUrl: arnOf('sqs', QueueName) };
    },
    GetQueueUrl: ({ QueueName }) => found(queues.get(arnOf('sqs', QueueName))) && { QueueUrl: arnOf('sqs', QueueName) },
    DeleteQueue: ({ QueueUrl }) => ({ isDeleted: queues.delete(QueueUrl) }),
    ReceiveMessage: ({ QueueUrl }) => ({
      Messages: found(queues.get(QueueUrl))
        .splice(0)
        .map((Body) => ({ Body, MD5OfBody: createHash('md5').update(Body).digest('hex') })),
    }),
    CreateSecret: ({ Name }) => ({ Name, isMade: store.create(Name, undefined, played.now) }),
    DeleteSecret: ({ SecretId }) => ({ ...store.find(SecretId), isGone: store.remove(SecretId) }),
    ListSecretVersionIds: ({ SecretId }) => ({
      Versions: store.find(SecretId).versions.map(({ versionId: VersionId }) => ({ VersionId })),
    }),
  };
  // On the wire there is no `undefined`.
  for (const operation of ['GetSecretValue', 'PutSecretValue', 'DescribeSecret'] as const)
    answers[operation] = (input) =>
      carryOutSecretsOperation(store, operation, JSON.parse(JSON.stringify(input)), played.now);
  const played = {
    ...{ account: openAccount({ region, credentials } as never), store, topic, heartbeat, alarms, queues },
    ...{ accountId, topicArn },
    now: Date.parse('2026-03-01T12:02:00Z'),
    lastTick: Date.parse('2026-03-01T12:00:00Z'),
    silentMinutes: 14,
    schedule: {
      ...{ Name: 'schedule', GroupName: 'group', State: 'ENABLED', Description: 'One look at every Zoho token' },
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: functionArn, RoleArn: 'role' },
    },
    /** What a role may do, as `ACTION SECRET`. */
    allowed: new Set<string>(),
    /** Lets time pass, with the ticks that come in it. */
    pass(milliseconds: number) {
      played.now += milliseconds;
      while (played.schedule.State === 'ENABLED' && played.now - played.lastTick >= 5 * minute)
        played.lastTick += 5 * minute;
      if (heartbeat.StateValue === 'OK' && played.now - played.lastTick > played.silentMinutes * minute)
        change(heartbeat, 'ALARM', 'silence');
    },
    answers,
  };
  const topicOf = (arn: string) => found(arn === topicArn ? topic : undefined);
  function publish(message: object, hasAttributes: boolean) {
    for (const { Endpoint, filter } of topic.subscriptions) {
      if (filter === undefined || hasAttributes)
        queues.get(Endpoint)?.push(JSON.stringify({ Message: JSON.stringify(message) }));
    }
  }
  function change(alarm: typeof heartbeat, StateValue: string, StateReason: string) {
    const actions = StateValue === 'ALARM' ? alarm.AlarmActions : alarm.OKActions;
    // A policy that does not name CloudWatch lets it publish nothing.
    const isHeard = alarm.ActionsEnabled && actions.includes(topicArn) && topic.Policy.includes('cloudwatch');
    if (isHeard && alarm.StateValue !== StateValue)
      publish({ AlarmName: alarm.AlarmName, NewStateValue: StateValue }, false);
    return Object.assign(alarm, { StateValue, StateReason });
  }
  for (const client of Object.values(played.account)) answerInPlaceOfTheWire(client, answers);
  return played;
}

function found<One>(one: One | undefined): One {
  if (one === undefined) throw new AwsError('ResourceNotFoundException', 'not found');
  return one;
}

/** Answers behind whoever overhears. */
function answerInPlaceOfTheWire(client: object, answers: Answers): void {
  const { middlewareStack } = client as unknown as {
    middlewareStack: { add(middleware: unknown, where: object): void };
  };
  middlewareStack.add(
    (_next: unknown, { commandName = '' }: { commandName?: string }) =>
      async ({ input }: { input: Input }) => {
        // A request takes its time: two at once arrive one after the other.
        await Promise.resolve();
        const answer = answers[commandName.replace(/Command$/, '')];
        if (answer === undefined) throw new AwsError('InvalidAction', `${commandName} is not played`);
        return { output: { ...answer(input), $metadata: { httpStatusCode: 200 } }, response: {} };
      },
    { step: 'initialize', priority: 'low' },
  );
}
