import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { carryOutSecretsOperation } from '../../../local/aws/secrets-operations.ts';
import { callAws } from './aws-call.ts';
import type { RunInWorld } from './call-out.ts';
import type { CallPlace } from './disturbances.ts';
import type { SimulatedWorld } from './world.ts';

type Input = {
  readonly SecretId: string;
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly VersionStage?: string;
  readonly VersionStages?: readonly string[];
};
type Command = { readonly constructor: { readonly name: string }; readonly input: Input };

/** What the Lambda's own adapter takes for the SDK's client of Secrets Manager. */
export function secretsManagerOf(world: SimulatedWorld, run: RunInWorld): SecretsManagerClient {
  const send = (command: Command, options: { abortSignal: AbortSignal }) => {
    const operation = command.constructor.name.replace(/\d*Command\d*$/, '');
    const { SecretId: secretId, VersionStage, VersionStages = [] } = command.input;
    const [, connection = '', secret] = secretId.split('/');
    const label = VersionStage ?? VersionStages[0] ?? 'AWSCURRENT';
    return callAws(world, run, options.abortSignal, {
      service: 'secrets',
      place: placeOfCall(operation, secret, label),
      connection,
      target: { operation, secretId },
      carryOut: () => carryOut(world, run, operation, label, command.input),
      failed: (name, why) => {
        if (why === 'fault') world.observe({ kind: 'store failed', run, connection, operation, label, name });
        else if (name === 'ResourceExistsException') world.observe({ kind: 'place taken', run, connection });
      },
    });
  };
  return { send } as unknown as SecretsManagerClient;
}

function carryOut(world: SimulatedWorld, run: RunInWorld, operation: string, label: string, input: Input): object {
  const { now } = world.time;
  const { SecretId, ClientRequestToken, SecretString: text = '' } = input;
  const [, connection = '', secret] = SecretId.split('/');
  if (operation === 'GetSecretValue') return carryOutSecretsOperation(world.store, operation, input, now);
  if (operation !== 'PutSecretValue') {
    const what = `the Lambda called ${operation}, and needs nothing but to read and to put`;
    world.observe({ kind: 'stray call', run, connection, invariant: 8, what });
    throw new AwsError('AccessDeniedException', what);
  }
  const before = world.read(connection, 'token');
  const known = world.store.peek(SecretId)?.versions ?? [];
  const isRepeat = known.some(({ versionId }) => versionId === ClientRequestToken);
  const answer = carryOutSecretsOperation(world.store, operation, input, now);
  world.noteStored({
    run,
    connection,
    secret: secret === 'credentials' ? 'credentials' : 'token',
    label,
    text,
    before,
    isRepeat,
  });
  if (label === 'INCIDENT') world.outputs.push(text);
  return answer;
}

function placeOfCall(operation: string, secret: string | undefined, label: string): CallPlace {
  const verb = operation === 'PutSecretValue' ? 'put' : 'get';
  if (secret === 'credentials') return verb === 'get' ? 'get credentials' : 'put token';
  return label === 'INCIDENT' ? `${verb} record` : `${verb} token`;
}
