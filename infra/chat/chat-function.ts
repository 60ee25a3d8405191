import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type AssetCode,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { writtenCode } from '../function-code.ts';
import { useOfKey } from '../keys.ts';
import { publishAndLog } from '../refresher-function.ts';

/** Only the package has it: build/package.mjs puts it there. */
const builtBundle = fileURLToPath(new URL('../../dist/chat', import.meta.url));
/** Only a clone has it. */
const build = fileURLToPath(new URL('./build.mjs', import.meta.url));

/** One publish, with the SDK's own three attempts. */
const timeout = Duration.seconds(20);

/** Makes the function that rewrites alerts for chat; it may publish to the chat topic and nothing else. */
export function makeChatFunction(scope: Construct, chatTopic: ITopic, retention: RetentionDays): LambdaFunction {
  const logGroup = new LogGroup(scope, 'Logs', { retention, removalPolicy: RemovalPolicy.DESTROY });
  const role = new Role(scope, 'FunctionRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Rewrites Zoho token alerts for a chat channel',
  });
  for (const statement of publishAndLog(chatTopic, logGroup)) role.addToPolicy(statement);
  if (chatTopic.masterKey !== undefined) role.addToPolicy(useOfKey(scope, chatTopic.masterKey, 'sns'));
  return new LambdaFunction(scope, 'Function', {
    description: 'Rewrites Zoho token alerts for Amazon Q Developer in chat applications',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: chatCode(),
    role,
    memorySize: 256,
    timeout,
    environment: { CHAT_TOPIC_ARN: chatTopic.topicArn },
    logGroup,
    loggingFormat: LoggingFormat.JSON,
  });
}

/**
 * The chat function's code: in the installed package the bundle that came along, in a clone a bundle of the sources.
 *
 * A clone bundles at synth, so that no build can be forgotten and no old one deployed. esbuild runs in a process of its
 * own: nothing that the package ships imports it.
 */
function chatCode(): AssetCode {
  if (!existsSync(build)) return Code.fromAsset(builtBundle);
  return writtenCode(fileURLToPath(new URL('.', import.meta.url)), (outputFolder) => {
    execFileSync(execPath, [build, outputFolder], { stdio: ['ignore', 2, 2] });
  });
}
