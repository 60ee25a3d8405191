import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { AlertEvent } from '../../../lambda/incident/alert.ts';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { carryOutSecretsOperation } from '../../../local/aws/secrets-operations.ts';
import { checkPublish } from '../../../local/aws/sns-publish-validation.ts';
import type { AwsService, FaultTarget } from '../../../local/faults/aws-faults.ts';
import { between } from '../random.ts';
import { callOut, type RunInWorld } from './call-out.ts';
import type { CallPlace } from './disturbances.ts';
import type { SimulatedWorld } from './world.ts';
import { awsFaultOf, meet } from './world-faults.ts';

const region = 'ap-south-1';
/** The topic that alerts go to. */
export const alertTopicArn = `arn:aws:sns:${region}:123456789012:zoho-token-alerts`;

type SecretsCommand = {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly SecretId: string;
    readonly ClientRequestToken?: string;
    readonly SecretString?: string;
    readonly VersionStage?: string;
    readonly VersionStages?: readonly string[];
  };
};

/** What the Lambda's own adapter takes for the SDK's client of Secrets Manager. */
export function secretsManagerOf(world: SimulatedWorld, run: RunInWorld): SecretsManagerClient {
  const send = (command: SecretsCommand, { abortSignal }: { abortSignal: AbortSignal }) => {
    const { input } = command;
    const operation = command.constructor.name.replace(/\d*Command\d*$/, '');
    const { SecretId: secretId, ClientRequestToken, SecretString: text = '', VersionStage, VersionStages = [] } = input;
    const [, connection = '', name] = secretId.split('/');
    const secret = name === 'credentials' ? name : 'token';
    const label = VersionStage ?? VersionStages[0] ?? 'AWSCURRENT';

    function carryOut(): object {
      const { now } = world.time;
      if (operation === 'GetSecretValue') return carryOutSecretsOperation(world.store, operation, input, now);
      if (operation !== 'PutSecretValue') {
        const what = `the Lambda called ${operation}, and needs nothing but to read and to put`;
        world.observe({ kind: 'stray call', run, connection, invariant: 8, what });
        throw new AwsError('AccessDeniedException', what);
      }
      const before = world.read(connection, 'token');
      const known = world.store.versions(secretId);
      const isRepeat = known.some(({ versionId }) => versionId === ClientRequestToken);
      const answer = carryOutSecretsOperation(world.store, operation, input, now);
      world.noteStored({ run, connection, secret, label, text, before, isRepeat });
      if (label === 'INCIDENT') world.outputs.push(text);
      return answer;
    }

    return callAws(world, run, abortSignal, {
      service: 'secrets',
      place: placeOfCall(operation, secret, label),
      connection,
      target: { operation, secretId },
      carryOut,
      failed: (name, why) => {
        if (why === 'fault') world.observe({ kind: 'store failed', run, connection, operation, label, name });
        else if (name === 'ResourceExistsException') world.observe({ kind: 'place taken', run, connection });
      },
    });
  };
  return { send } as unknown as SecretsManagerClient;
}

function placeOfCall(operation: string, secret: string, label: string): CallPlace {
  const verb = operation === 'PutSecretValue' ? 'put' : 'get';
  if (secret === 'credentials') return verb === 'get' ? 'get credentials' : 'put token';
  return label === 'INCIDENT' ? `${verb} record` : `${verb} token`;
}

type Publish = {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: string;
  readonly MessageStructure: string;
  readonly MessageAttributes: Readonly<Record<string, { DataType: string; StringValue: string }>>;
};

/** What the Lambda's own adapter takes for the SDK's client of SNS. */
export function snsOf(world: SimulatedWorld, run: RunInWorld): SNSClient {
  const send = ({ input }: { input: Publish }, { abortSignal }: { abortSignal: AbortSignal }) => {
    const connection = input.MessageAttributes.connection?.StringValue ?? '';
    return callAws(world, run, abortSignal, {
      service: 'sns',
      place: 'publish',
      connection,
      target: { operation: 'Publish', topicArn: input.TopicArn },
      carryOut: (isAnswered) => {
        const parts = acceptedParts(input, (what) =>
          world.observe({ kind: 'stray call', run, connection, invariant: 7, what }),
        );
        const alert = JSON.parse(parts.sqs ?? '{}') as AlertEvent;
        world.alerts.push({ at: world.time.now, alert });
        world.outputs.push(input.Subject, input.Message, JSON.stringify(input.MessageAttributes));
        world.observe({ kind: 'published', run, alert, text: parts.email ?? '', isAnswered });
        return { MessageId: 'made-up' };
      },
      failed: () => world.observe({ kind: 'publish failed', run, connection }),
    });
  };
  return { send } as unknown as SNSClient;
}

/** The message's parts by protocol; that SNS does not take one is a breach, too. */
function acceptedParts(
  { TopicArn: topicArn, Subject: subject, Message: message, MessageStructure: messageStructure, ...input }: Publish,
  breach: (what: string) => void,
): Record<string, string> {
  const attributes = Object.entries(input.MessageAttributes).map(([name, { DataType, StringValue }]) => ({
    name,
    dataType: DataType,
    stringValue: StringValue,
  }));
  try {
    const parameters = { topicArn, subject, message, messageStructure, attributes };
    return checkPublish(parameters, region, [alertTopicArn]);
  } catch (fault) {
    breach(`SNS refuses the alert: ${(fault as Error).message}`);
    throw fault;
  }
}

/** A call of AWS as it leaves the Lambda. */
type AwsCall<Answer> = {
  readonly service: AwsService;
  readonly place: CallPlace;
  readonly connection: string;
  readonly target: FaultTarget;
  /**
   * Carries it out.
   *
   * @param isAnswered - Whether the Lambda will learn of it.
   * @throws {@link AwsError} in the service's own words.
   */
  readonly carryOut: (isAnswered: boolean) => Answer;
  /** Told of what the Lambda gets in place of an answer: `refusal` if the service itself does not take the call. */
  readonly failed: (name: string, why: 'fault' | 'refusal') => void;
};

/** Takes a call of AWS out into the world; fails as the SDK does. */
function callAws<Answer extends object>(
  world: SimulatedWorld,
  run: RunInWorld,
  signal: AbortSignal,
  { service, place, connection, target, carryOut, failed }: AwsCall<Answer>,
): Promise<Answer> {
  const fault = world.disturbances.faultOf(place, connection, world.time.now, run.random);
  const broken = awsFaultOf(fault, service, target);
  const latency = between(run.random, 5, 90);
  if (fault !== undefined) meet(run, connection, fault);
  const errorOf = (name: string, why: 'fault' | 'refusal') => {
    failed(name, why);
    return Object.assign(new Error(`the SDK's own words about ${name}`), { name });
  };
  const attempt = (): Answer | AwsError => {
    try {
      return carryOut(broken === undefined);
    } catch (error) {
      if (error instanceof AwsError) return error;
      throw error;
    }
  };
  return callOut<Answer | AwsError, Answer>(world.time, run, signal, {
    effectAfter: latency / 2,
    answerAfter: broken?.afterMilliseconds ?? latency,
    isCarriedOut: broken?.isCarriedOut ?? true,
    carryOut: attempt,
    answer: (answer) => {
      if (broken !== undefined) throw errorOf(broken.name, 'fault');
      if (answer instanceof AwsError) throw errorOf(answer.name, 'refusal');
      if (answer === undefined) throw new Error('a call without a fault is carried out');
      return answer;
    },
    aborted: () => errorOf('AbortError', 'fault'),
  });
}
