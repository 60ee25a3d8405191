import { createHash } from 'node:crypto';
import { type Account, openAccount } from '../../cli/place/account.ts';
import { alarmNames } from '../../cli/verify/look-at-alarms.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { AwsError } from '../../local/aws/aws-error.ts';
import { SecretsStore } from '../../local/aws/secrets-store.ts';

const [region, accountId] = ['ap-south-1', '123456789012'];
const arnOf = (service: string, name: string) => `arn:aws:${service}:${region}:${accountId}:${name}`;
const minute = 60_000;

// biome-ignore lint/suspicious/noExplicitAny: each command has fields of its own
type Input = any;
type Handlers = Readonly<Record<string, (input: Input) => unknown>>;
type Alarm = ReturnType<typeof makeAlarm>;
/** A topic with its subscriptions. */
export type PlayedTopic = {
  Policy: string;
  KmsMasterKeyId?: string;
  subscriptions: { SubscriptionArn: string; Endpoint: string; filter?: object }[];
};

/** An account as `cdk deploy` leaves it, played in place of the wire: whoever tests may change anything in it. */
export type PlayedAccount = ReturnType<typeof playAccount>;

const topicArn = arnOf('sns', 'canary-alert-topic');

function makeAlarm(AlarmName: string) {
  const Actions = { AlarmActions: [topicArn], OKActions: [topicArn] };
  return { AlarmName, ActionsEnabled: true, ...Actions, StateValue: 'OK', StateReason: '' };
}

/** Statement of the stack's own policies of topic and key. */
export function letsAlarmsIn(Action: string[], sourceArn = arnOf('cloudwatch', 'alarm:zoho/*')) {
  return {
    ...{ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Action, Resource: '*' },
    Condition: { StringEquals: { 'aws:SourceAccount': accountId }, ArnLike: { 'aws:SourceArn': sourceArn } },
  };
}
export const denyWithoutTls = {
  ...{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: '*' },
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

/**
 * Plays those calls of AWS that the stand-ins over HTTP do not: the SDK's own clients, with an answer in place of the
 * wire. What is asked of it beside these is refused. Its clock moves only when somebody waits; ticks come by it, and the
 * heartbeat alarm judges by it.
 */
export function playAccount(all: readonly Connection[]) {
  const store = new SecretsStore();
  const topic: PlayedTopic = {
    Policy: JSON.stringify({ Statement: [denyWithoutTls, letsAlarmsIn(['sns:Publish'])] }),
    subscriptions: [{ SubscriptionArn: `${topicArn}:1`, Endpoint: 'canary.person@acme.io' }],
  };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const account = openAccount({ region, credentials } as never);
  const played = {
    account,
    store,
    region,
    accountId,
    topicArn,
    now: Date.parse('2026-03-01T12:02:00Z'),
    lastTick: Date.parse('2026-03-01T12:00:00Z'),
    silentMinutes: 14,
    pointsArrive: true,
    wrapsLines: false,
    puts: (run: () => unknown, _input: { own: boolean; id: string; token: string; text: string }) => run(),
    saysWhen: true,
    ticks: 1,
    missingContext: [] as string[],
    keyMetadata: { KeyId: 'key', Enabled: true },
    /** The name of a refusal, by service, operation or secret. */
    refusals: new Map<string, string>(),
    stack: { StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'Version', OutputValue: '0.1.0' }] },
    schedule: {
      Name: 'schedule',
      GroupName: 'group',
      State: 'ENABLED',
      Description: 'One look at every Zoho token',
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: arnOf('lambda', 'function:zoho-token-refresher'), RoleArn: 'role' },
    },
    alarms: new Map(alarmNames({ secretPrefix: 'zoho', all }).map((name) => [name, makeAlarm(name)])),
    topics: new Map([[topicArn, topic]]),
    keyPolicy: { Statement: [letsAlarmsIn(['kms:Decrypt', 'kms:GenerateDataKey*'])] },
    /** Secrets that were made by a command. */
    scratch: new Set<string>(),
    queues: new Map<string, string[]>(),
    /** What a role may do, as `ACTION SECRET`. */
    allowed: new Set<string>(),
    /** Lets time pass, with the ticks that come in it. */
    pass(milliseconds: number) {
      played.now += milliseconds;
      while (played.schedule.State === 'ENABLED' && played.now - played.lastTick >= 5 * minute)
        played.lastTick += 5 * minute;
      const heartbeat = played.alarms.get('zoho/refresher/heartbeat');
      if (heartbeat?.StateValue === 'OK' && played.now - played.lastTick > played.silentMinutes * minute)
        change(heartbeat, 'ALARM', 'silence');
    },
  };
  function publish(arn: string, message: object, attributes: boolean) {
    for (const { Endpoint, filter } of played.topics.get(arn)?.subscriptions ?? []) {
      if (filter === undefined || attributes)
        played.queues.get(Endpoint)?.push(JSON.stringify({ Message: JSON.stringify(message) }));
    }
  }
  function change(alarm: Alarm, state: string, reason: string) {
    const isNew = alarm.StateValue !== state;
    Object.assign(alarm, { StateValue: state, StateReason: reason });
    const actions = state === 'ALARM' ? alarm.AlarmActions : alarm.OKActions;
    for (const arn of isNew && alarm.ActionsEnabled ? actions : []) {
      // A policy that does not name CloudWatch lets it publish nothing.
      if (played.topics.get(arn)?.Policy.includes('cloudwatch'))
        publish(arn, { AlarmName: alarm.AlarmName, NewStateValue: state }, false);
    }
  }
  const line = (fields: object) => {
    const text = JSON.stringify({ _aws: { Timestamp: played.lastTick }, SecretPrefix: 'zoho', ...fields });
    return {
      timestamp: played.lastTick,
      ...(played.saysWhen ? { ingestionTime: played.lastTick + 900 } : {}),
      message: played.wrapsLines ? JSON.stringify({ message: text }) : text,
    };
  };
  const found = <One>(one: One | undefined, name = 'ResourceNotFoundException', message = 'not found'): One => {
    if (one === undefined) throw new AwsError(name, message);
    return one;
  };
  const topicOf = (arn: string) => found(played.topics.get(arn), 'NotFoundException', 'Topic does not exist');
  const queueOf = (arn: string) => found(played.queues.get(arn), 'QueueDoesNotExist', 'no such queue');
  const secretOf = (id: string) => {
    const { name: Name, arn: ARN, versions } = store.find(id);
    const labelled = versions.filter(({ stages }) => stages.length > 0);
    const VersionIdsToStages = Object.fromEntries(labelled.map(({ versionId, stages }) => [versionId, [...stages]]));
    return { Name, ARN, VersionIdsToStages };
  };
  const isAllowed = (action: string, arn = '') => played.allowed.has(`${action} ${store.find(arn).name}`);
  const handlers: Readonly<Record<keyof Account, Handlers>> = {
    stack: { DescribeStacks: () => ({ Stacks: [played.stack] }) },
    scheduler: {
      ListSchedules: () => ({
        Schedules: [{ Name: played.schedule.Name, GroupName: 'group', Target: { Arn: played.schedule.Target.Arn } }],
      }),
      GetSchedule: () => ({ ...played.schedule }),
      // What is left out of an update is gone.
      UpdateSchedule: (input) => {
        played.schedule = { ...(input as unknown as typeof played.schedule) };
        return {};
      },
    },
    logs: {
      FilterLogEvents: () => ({
        events: [line({ Ticks: played.ticks }), { message: 'START RequestId', timestamp: played.lastTick }],
      }),
    },
    metrics: {
      GetMetricData: ({ MetricDataQueries }: { MetricDataQueries: { Id: string }[] }) => ({
        MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, Values: played.pointsArrive ? [1] : [] })),
      }),
      DescribeAlarms: ({ AlarmNames }: { AlarmNames: string[] }) => ({
        MetricAlarms: AlarmNames.flatMap((name) => played.alarms.get(name) ?? []).map((alarm) => ({ ...alarm })),
      }),
      SetAlarmState: ({ AlarmName, StateValue, StateReason }: Record<string, string>) =>
        change(found(played.alarms.get(AlarmName ?? '')), StateValue ?? '', StateReason ?? '') ?? {},
    },
    keys: {
      DescribeKey: () => ({ KeyMetadata: played.keyMetadata }),
      GetKeyPolicy: () => ({ Policy: JSON.stringify(played.keyPolicy) }),
    },
    iam: {
      SimulatePrincipalPolicy: ({ ActionNames, ResourceArns }: Record<string, string[]>) => ({
        EvaluationResults: (ActionNames ?? []).map((EvalActionName) => ({
          EvalActionName,
          EvalDecision: isAllowed(EvalActionName, ResourceArns?.[0]) ? 'allowed' : 'implicitDeny',
          MissingContextValues: played.missingContext,
        })),
      }),
    },
    lambda: {
      GetFunctionConfiguration: () => ({
        FunctionArn: played.schedule.Target.Arn,
        LoggingConfig: { LogGroup: 'log-group' },
        Environment: { Variables: { ALERT_TOPIC_ARN: topicArn } },
      }),
      Invoke: ({ Payload }: Record<string, string>) => {
        if (parseObject(Payload ?? '')?.test_alert !== true) throw new AwsError('InvalidRequest', 'no test alert');
        publish(topicArn, { state: 'test' }, true);
        return { Payload: { transformToString: () => '{"test_alert":"sent"}' } };
      },
    },
    topics: {
      GetTopicAttributes: ({ TopicArn }) => ({ Attributes: topicOf(TopicArn) }),
      ListSubscriptionsByTopic: ({ TopicArn }) => ({ Subscriptions: topicOf(TopicArn).subscriptions }),
      GetSubscriptionAttributes: ({ SubscriptionArn }) => {
        const all = [...played.topics.values()].flatMap(({ subscriptions }) => subscriptions);
        const { filter } = found(all.find((each) => each.SubscriptionArn === SubscriptionArn));
        return { Attributes: filter === undefined ? {} : { FilterPolicy: JSON.stringify(filter) } };
      },
      Subscribe: ({ TopicArn, Endpoint }) => {
        const SubscriptionArn = `${TopicArn}:${Endpoint}`;
        topicOf(TopicArn).subscriptions.push({ SubscriptionArn, Endpoint });
        return { SubscriptionArn };
      },
      Unsubscribe: ({ SubscriptionArn }) => {
        for (const topic of played.topics.values())
          topic.subscriptions = topic.subscriptions.filter((each) => each.SubscriptionArn !== SubscriptionArn);
        return {};
      },
    },
    queues: {
      CreateQueue: ({ QueueName }) => {
        played.queues.set(arnOf('sqs', QueueName), []);
        return { QueueUrl: arnOf('sqs', QueueName) };
      },
      GetQueueUrl: ({ QueueName }) => queueOf(arnOf('sqs', QueueName)) && { QueueUrl: arnOf('sqs', QueueName) },
      DeleteQueue: ({ QueueUrl }) => {
        played.queues.delete(QueueUrl);
        return {};
      },
      ReceiveMessage: ({ QueueUrl }) => ({
        Messages: queueOf(QueueUrl)
          .splice(0)
          .map((Body) => ({ Body, MD5OfBody: createHash('md5').update(Body).digest('hex') })),
      }),
    },
    secrets: {
      CreateSecret: ({ Name }) => {
        store.create(Name, undefined, played.now);
        played.scratch.add(Name);
        return {};
      },
      DeleteSecret: ({ SecretId }) => {
        store.find(SecretId);
        store.remove(SecretId);
        played.scratch.delete(SecretId);
        return {};
      },
      DescribeSecret: ({ SecretId }) => secretOf(SecretId),
      ListSecretVersionIds: ({ SecretId }) => ({
        Versions: store.find(SecretId).versions.map(({ versionId: VersionId }) => ({ VersionId })),
      }),
      GetSecretValue: ({ SecretId, VersionId, VersionStage }) => {
        const version = store.get(SecretId, VersionId, VersionStage);
        return { SecretString: version.secretString, VersionId: version.versionId };
      },
      PutSecretValue: (input: Record<string, string> & { VersionStages?: string[] }) => {
        const {
          SecretId: id = '',
          ClientRequestToken: token = '',
          SecretString: text = '',
          VersionStages = [],
        } = input;
        const put = () => store.put(id, token, text, VersionStages, played.now);
        played.puts(put, { own: VersionStages.length > 0, id, token, text });
        return { VersionId: token };
      },
    },
  };
  for (const [service, client] of Object.entries(account)) {
    answer(client, handlers[service as keyof Account], (operation, { SecretId = '' }) => {
      const name = [service, operation, SecretId].map((key) => played.refusals.get(key)).find(Boolean);
      if (name !== undefined) throw new AwsError(name, 'refused');
    });
  }
  return played;
}

/** Answers in place of the wire, behind whoever overhears. */
function answer(client: object, handlers: Handlers, refuse: (operation: string, input: Input) => void): void {
  const { middlewareStack } = client as unknown as {
    middlewareStack: { add(middleware: unknown, where: object): void };
  };
  middlewareStack.add(
    (_next: unknown, { commandName = '' }: { commandName?: string }) =>
      async ({ input }: { input: Input }) => {
        const operation = commandName.replace(/Command$/, '');
        const handler = handlers[operation];
        if (handler === undefined) throw new AwsError('InvalidAction', `${commandName} is not played`);
        // A request takes its time: two at once arrive one after the other.
        await Promise.resolve();
        refuse(operation, input);
        const output = handler(input) as object;
        return { output: { ...output, $metadata: { httpStatusCode: 200 } }, response: {} };
      },
    { step: 'initialize', priority: 'low' },
  );
}
