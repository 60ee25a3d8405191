import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { functionTimeoutMilliseconds } from '../lambda/settings.ts';
import { functionNameOf } from './function-name.ts';
import { type FunctionResources, functionPermissions } from './function-permissions.ts';

/** What the function is made of; its permissions follow from its resources. */
export type RefresherFunctionProps = Omit<FunctionResources, 'logGroup'> & {
  readonly code: Code;
  readonly environment: Readonly<Record<string, string>>;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly logRetention: RetentionDays;
  readonly memorySizeMegabytes: number;
  readonly reservedConcurrency?: number;
};

/** An event older than this says nothing that the next tick does not say again. */
const maximumEventAge = Duration.minutes(5);

/** The Lambda function with its own log group and a role that holds exactly what it calls. */
export class RefresherFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: RefresherFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'Refreshes Zoho tokens: its own secrets, its topic, its log group',
    });
    for (const statement of functionPermissions(this, { ...props, logGroup: this.logGroup })) {
      role.addToPolicy(statement);
    }
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: functionNameOf(props.secretPrefix),
      description: 'Keeps Zoho access tokens fresh in Secrets Manager',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      role,
      memorySize: props.memorySizeMegabytes,
      timeout: Duration.millis(functionTimeoutMilliseconds),
      environment: { ...props.environment, LOG_LEVEL: props.logLevel },
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The lowest that the function writes: Lambda counts a line without a level, such as a metric's, as INFO, and a
      // higher level here would drop it. The function filters by LOG_LEVEL itself.
      applicationLogLevelV2: ApplicationLogLevel.DEBUG,
      systemLogLevelV2: SystemLogLevel.INFO,
      // The next tick is the retry.
      retryAttempts: 0,
      maxEventAge: maximumEventAge,
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
  }
}
