import { faultName } from '../../lambda/aws/fault-name.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { Refusal } from '../faults.ts';
import type { Account } from '../place/account.ts';
import type { Place } from '../place/place.ts';

/** What is verified, and how a check waits and speaks. */
export type Subject = {
  /** Where what is stored is read, and Zoho is asked. */
  readonly place: Pick<Place, 'versions' | 'connections' | 'callZoho' | 'now'>;
  readonly secretPrefix: string;
  readonly connections: readonly Connection[];
  readonly all: readonly Connection[];
  readonly functionName: string;
  readonly stackName: string | undefined;
  readonly now: () => Date;
  /** Waits; ends early, with {@link Stopped}, on Ctrl-C. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly say: (line: string) => void;
  readonly stop: Stop;
};

/** The account too, and what the deployed function says of itself: where everything else is looked for. */
export type Deployment = Subject & Account & Awaited<ReturnType<typeof findDeployed>>;

/** Ctrl-C, held while something is tried in earnest. Without a signal, as during the cleaning, nothing stops. */
export type Stop = { signal?: AbortSignal | undefined };

/** Reads the function's configuration. @throws {@link Refusal} if the function does not exist or cannot be read. */
export async function findDeployed({ lambda }: Account, functionName: string) {
  const answer = await lambda.getFunctionConfiguration({ FunctionName: functionName }).catch((fault: unknown) => {
    throw new Refusal(
      `the function ${functionName} cannot be read: ${faultName(fault)}`,
      "look at --stage, --region, --profile and --function (the stack's output FunctionName); the role needs lambda:GetFunctionConfiguration",
      'no_function',
    );
  });
  const { FunctionArn: functionArn = '', LoggingConfig, Environment } = answer;
  const [, partition = '', , region = '', account = ''] = functionArn.split(':');
  const logGroup = LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`;
  const alertTopic = Environment?.Variables?.ALERT_TOPIC_ARN ?? '';
  return { functionArn, partition, region, account, logGroup, alertTopic };
}

const minute = 60_000;

/** An instant as a distance, e.g. `3 s` or `4 min`. */
export function span(milliseconds: number): string {
  return milliseconds < 2 * minute
    ? `${Math.max(0, Math.round(milliseconds / 1000))} s`
    : `${Math.round(milliseconds / minute)} min`;
}
