import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { carryOutSecretsOperation } from '../../../local/aws/secrets-operations.ts';
import { callAws } from './aws-call.ts';
import type { RunInWorld } from './call-out.ts';
import type { CallPlace } from './disturbances.ts';
import type { SimulatedWorld } from './world.ts';

type Command = {
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
  const send = (command: Command, { abortSignal }: { abortSignal: AbortSignal }) => {
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
