import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { EnvHttpProxyAgent } from 'undici';
import { createSecretVersions } from '../../lambda/aws/secrets-manager.ts';
import type { Variables } from '../command.ts';
import { quoteWord, Refusal } from '../faults.ts';
import { findLastTick, hasSecret, invokeFunction, readLogs } from './ask-aws.ts';
import type { Target } from './choose-stage.ts';
import { countSubscribers } from './count-subscribers.ts';
import { neverEnds, openZohoOfEnvironment, proxiesOf } from './open-zoho.ts';
import type { Place } from './place.ts';

const connectTimeoutMilliseconds = 5_000;
const requestTimeoutMilliseconds = 10_000;
/** The function may take its whole minute. */
const invokeTimeoutMilliseconds = 65_000;

/** Opens an AWS account. Without a Region or credentials it fails before anything is asked of a person or Zoho. */
export async function openAws(
  { connections, stage, functionName, region: wantedRegion, profile }: Target,
  variables: Variables,
): Promise<Place> {
  const zoho = openZohoOfEnvironment(variables);
  const { secretPrefix } = connections;
  // The SDK knows AWS_REGION; the AWS CLI and boto3 take AWS_DEFAULT_REGION, too.
  const givenRegion = wantedRegion ?? (variables.AWS_REGION || variables.AWS_DEFAULT_REGION || undefined);
  const within = (milliseconds = requestTimeoutMilliseconds) => ({
    ...(profile !== undefined && { profile }),
    ...(givenRegion !== undefined && { region: givenRegion }),
    requestHandler: new UndiciHttpHandler({
      dispatcher: new EnvHttpProxyAgent({
        ...proxiesOf(variables),
        allowH2: false,
        connect: { timeout: connectTimeoutMilliseconds },
        headersTimeout: milliseconds,
        bodyTimeout: milliseconds,
      }),
    }),
  });
  const secrets = new SecretsManagerClient(within());
  const metrics = new CloudWatchClient(within());
  // An invocation is never repeated by itself: its effects would be, too.
  const lambda = new LambdaClient({ ...within(invokeTimeoutMilliseconds), maxAttempts: 1 });
  const region = await secrets.config.region().catch(() => {
    const fix = 'give --region (or name it in deployment.json), or --local for the store of npm start';
    throw new Refusal('no AWS Region is set', fix, 'no_region');
  });
  const { accountId } = await secrets.config.credentials().catch((fault: unknown) => {
    throw explainCredentials(fault, profile, variables);
  });
  if (stage?.account !== undefined && accountId !== undefined && accountId !== stage.account) {
    const problem = `these credentials are for account ${accountId}, but stage ${stage.name} is in ${stage.account}`;
    throw new Refusal(problem, 'give the --profile of that account', 'wrong_account');
  }
  return {
    title: stage === undefined ? `AWS (${region})` : `AWS (${stage.name}, ${region})`,
    connections,
    versions: createSecretVersions(secrets, neverEnds),
    ...zoho,
    invoke: (event) => invokeFunction(lambda, functionName, event),
    lastTick: (connection) => findLastTick(metrics, secretPrefix, connection),
    subscribers: () =>
      countSubscribers({ lambda, cloudWatch: metrics }, { functionName, secretPrefix }, async (topicArn) => {
        // Few commands need it.
        const { GetTopicAttributesCommand, SNSClient } = await import('@aws-sdk/client-sns');
        const sns = new SNSClient(within());
        const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
        sns.destroy();
        const { SubscriptionsConfirmed = 0, SubscriptionsPending = 0 } = Attributes;
        return { topicArn, confirmed: Number(SubscriptionsConfirmed), pending: Number(SubscriptionsPending) };
      }),
    hasSecret: (secretId) => hasSecret(secrets, secretId),
    readLogs: (query) => readLogs(lambda, within(), functionName, query),
    account: {
      functionName,
      stackName: stage?.stackName,
      open: async () => {
        // Only one command needs so many clients.
        const { openAccount } = await import('./account.ts');
        return openAccount(within());
      },
    },
    now: () => new Date(),
    practiceClients: {},
    close: () => {
      for (const client of [secrets, metrics, lambda]) client.destroy();
    },
  };
}

/** Why no credentials were found, with the profile's name if it is one that does not exist. */
function explainCredentials(fault: unknown, profile: string | undefined, variables: Variables): Refusal {
  const wanted = profile ?? variables.AWS_PROFILE;
  const known = knownProfiles(variables);
  if (wanted !== undefined && !known.includes(wanted)) {
    const names = known.length === 0 ? 'none' : known.map(quoteWord).join(', ');
    const problem = `the AWS profile ${quoteWord(wanted)} does not exist; profiles of this machine: ${names}`;
    return new Refusal(problem, 'give another with --profile, or make it with `aws configure sso`', 'no_credentials');
  }
  return new Refusal(
    `no AWS credentials are found (${fault instanceof Error ? fault.name : 'unknown fault'})`,
    'give --profile, sign in with `aws sso login`, or use --local for the store of npm start',
    'no_credentials',
  );
}

function knownProfiles(variables: Variables): string[] {
  const folder = join(variables.HOME ?? homedir(), '.aws');
  const files = [
    variables.AWS_CONFIG_FILE ?? join(folder, 'config'),
    variables.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'),
  ];
  const heads = files.flatMap((file) => {
    try {
      return [...readFileSync(file, 'utf8').matchAll(/^\s*\[(?:profile\s+)?([^\]]+)\]/gm)];
    } catch {
      return [];
    }
  });
  const names = heads.map(([, name = '']) => name.trim().replace(/^(["'])(.*)\1$/, '$2'));
  return [...new Set(names)].filter((name) => !/^(sso-session|services) /.test(name));
}
