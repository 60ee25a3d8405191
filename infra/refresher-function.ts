import { Duration, RemovalPolicy, Tokenization } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { defaultProbeIntervalMilliseconds, functionTimeoutMilliseconds } from '../lambda/settings.ts';
import { secretArn, secretName } from './arns.ts';
import { usableKey, useOfKey } from './encryption-key.ts';
import { functionCode } from './function-code.ts';
import { functionNameOf } from './function-name.ts';
import type { Settings } from './settings.ts';

/** An event older than this says nothing that the next tick does not say again. */
const maximumEventAge = Duration.minutes(5);

/** What the function works on. */
export type FunctionProps = {
  readonly settings: Settings;
  readonly alertTopic: ITopic;
  /** Key of the secrets. */
  readonly encryptionKey: IKey | undefined;
};

/** The Lambda function with its own log group and a role that holds exactly what it calls. */
export class RefresherFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id);
    const { settings, alertTopic } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Refreshes Zoho tokens: its own secrets, its topic, its log group',
    });
    for (const statement of functionPermissions(this, props, this.logGroup)) {
      role.addToPolicy(statement);
    }
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: functionNameOf(settings.secretPrefix),
      description: 'Keeps Zoho access tokens fresh in Secrets Manager',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: functionCode(settings.functionCodeFolder, settings.connectionsJson),
      role,
      memorySize: settings.memorySizeMegabytes,
      timeout: Duration.millis(functionTimeoutMilliseconds),
      environment: environmentOf(settings, alertTopic.topicArn),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The lowest that the function writes: Lambda counts a line without a level, such as a metric's, as INFO, and a
      // higher level here would drop it. The function filters by LOG_LEVEL itself.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      systemLogLevelV2: SystemLogLevel.INFO,
      // The next tick is the retry.
      retryAttempts: 0,
      maxEventAge: maximumEventAge,
      reservedConcurrentExecutions: settings.reservedConcurrency,
    });
  }
}

/** Nothing secret is ever among them. */
function environmentOf({ probeInterval, runbookUrl, stage, logLevel }: Settings, alertTopicArn: string) {
  const isDefault =
    !probeInterval.isUnresolved() && probeInterval.toMilliseconds() === defaultProbeIntervalMilliseconds;
  return {
    ALERT_TOPIC_ARN: alertTopicArn,
    RUNBOOK_URL: runbookUrl,
    ...(stage !== undefined && { STAGE: stage }),
    ...(!isDefault && { PROBE_INTERVAL_SECONDS: Tokenization.stringifyNumber(probeInterval.toSeconds()) }),
    LOG_LEVEL: logLevel,
  };
}

/**
 * Everything the function may do, statement by statement. CDK's own grants are wider: `grantWrite` of a secret includes
 * UpdateSecret, which can change its key. The function writes credentials only if Zoho ever hands out a new refresh token.
 */
function functionPermissions(
  scope: Construct,
  { settings, alertTopic, encryptionKey }: FunctionProps,
  logGroup: ILogGroup,
): PolicyStatement[] {
  const { connections, secretPrefix, formerEncryptionKeys } = settings;
  const { masterKey } = alertTopic;
  return [
    ...connections.map(
      (connection) =>
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          resources: (['credentials', 'token'] as const).map((kind) =>
            secretArn(scope, secretName(secretPrefix, connection, kind)),
          ),
        }),
    ),
    ...publishAndLog(alertTopic, logGroup),
    ...(encryptionKey === undefined ? [] : [useOfKey(scope, encryptionKey, 'secretsmanager')]),
    ...formerEncryptionKeys.map((key) =>
      useOfKey(scope, usableKey(key, 'formerEncryptionKeys'), 'secretsmanager', ['kms:Decrypt']),
    ),
    ...(masterKey === undefined ? [] : [useOfKey(scope, usableKey(masterKey, 'alertTopic'), 'sns')]),
  ];
}

/** To publish to one topic, and to write to a log group that exists already. */
export function publishAndLog(topic: ITopic, logGroup: ILogGroup): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }),
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  ];
}
