import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { useOfKey } from '../function-permissions.ts';
import { chatCode } from './chat-code.ts';

/** Where the function publishes. */
export type ChatFunctionProps = {
  readonly chatTopic: ITopic;
  readonly logRetention: RetentionDays;
};

/** One publish, with the SDK's own three attempts. */
const timeout = Duration.seconds(20);

/** Makes the function that rewrites alerts for chat; it may publish to the chat topic and nothing else. */
export function makeChatFunction(scope: Construct, props: ChatFunctionProps): LambdaFunction {
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: props.logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'FunctionRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Rewrites Zoho token alerts for a chat channel',
  });
  role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [props.chatTopic.topicArn] }));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  const key = props.chatTopic.masterKey;
  if (key !== undefined) role.addToPolicy(useOfKey(scope, key, 'sns'));
  return new LambdaFunction(scope, 'Function', {
    description: 'Rewrites Zoho token alerts for Amazon Q Developer in chat applications',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: chatCode(),
    role,
    memorySize: 256,
    timeout,
    environment: { CHAT_TOPIC_ARN: props.chatTopic.topicArn },
    logGroup,
    loggingFormat: LoggingFormat.JSON,
  });
}
