import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { between } from '../random.ts';
import { callOut, type RunInWorld } from './call-out.ts';
import type { CallPlace } from './disturbances.ts';
import type { SimulatedWorld } from './world.ts';
import { asSdkError, awsFaultOf, meet } from './world-faults.ts';

/** What the Lambda's own adapter takes for the SDK's client of Secrets Manager. */
export function secretsManagerOf(world: SimulatedWorld, run: RunInWorld): SecretsManagerClient {
  const send = (
    command: { constructor: { name: string }; input: Record<string, unknown> },
    options: { abortSignal: AbortSignal },
  ) => {
    const operation = command.constructor.name.replace(/\d*Command\d*$/, '');
    const secretId = String(command.input.SecretId);
    const [, connection = '', secret] = secretId.split('/');
    const stages = (command.input.VersionStages as string[] | undefined) ?? [];
    const label = String(command.input.VersionStage ?? stages[0] ?? 'AWSCURRENT');
    const place = placeOfCall(operation, secret, label);
    const fault = world.disturbances.faultOf(place, connection, world.time.now, run.random);
    const broken = awsFaultOf(fault, operation);
    const latency = between(run.random, 5, 60);
    if (fault !== undefined) meet(run, connection, fault);
    const failed = (name: string) => {
      world.observe({ kind: 'store failed', run, connection, operation, label, name });
      return asSdkError(name);
    };
    return callOut<unknown, unknown>(world.time, run, options.abortSignal, {
      effectAfter: latency / 2,
      answerAfter: broken?.afterMilliseconds ?? latency,
      isCarriedOut: broken?.isCarriedOut ?? true,
      carryOut: () => carryOut(world, run, operation, connection, secret, label, command.input),
      answer: (answer) => {
        if (broken === undefined && answer instanceof AwsError) {
          if (answer.name === 'ResourceExistsException')
            world.observe({ kind: 'place taken', run, connection });
          throw asSdkError(answer.name);
        }
        if (broken === undefined) return answer;
        throw failed(broken.name);
      },
      aborted: () => failed('AbortError'),
    });
  };
  return { send } as unknown as SecretsManagerClient;
}

function carryOut(
  world: SimulatedWorld,
  run: RunInWorld,
  operation: string,
  connection: string,
  secret: string | undefined,
  label: string,
  input: Record<string, unknown>,
): unknown {
  const secretId = String(input.SecretId);
  try {
    if (operation === 'GetSecretValue') {
      const found = world.store.get(secretId, undefined, label);
      return { VersionId: found.versionId, SecretString: found.secretString };
    }
    if (operation !== 'PutSecretValue') {
      const what = `the Lambda called ${operation}, and needs nothing but to read and to put`;
      world.observe({ kind: 'stray call', run, connection, invariant: 8, what });
      return new AwsError('AccessDeniedException', what);
    }
    const [versionId, text] = [String(input.ClientRequestToken), String(input.SecretString)];
    const before = world.read(connection, 'token');
    const isRepeat =
      world.store.peek(secretId)?.versions.some((version) => version.versionId === versionId) ?? false;
    const stored = world.store.put(
      secretId,
      versionId,
      text,
      (input.VersionStages as string[]) ?? [],
      world.time.now,
    );
    world.observe({
      kind: 'stored',
      run,
      connection,
      secret: secret === 'credentials' ? 'credentials' : 'token',
      label,
      text,
      before,
      isRepeat,
    });
    if (secret === 'credentials') world.rememberOwner(connection, text);
    if (label === 'INCIDENT') world.outputs.push(text);
    return { VersionId: stored.versionId };
  } catch (fault) {
    if (fault instanceof AwsError) return fault;
    throw fault;
  }
}

function placeOfCall(operation: string, secret: string | undefined, label: string): CallPlace {
  const verb = operation === 'PutSecretValue' ? 'put' : 'get';
  if (secret === 'credentials') return verb === 'get' ? 'get credentials' : 'put token';
  return label === 'INCIDENT' ? `${verb} record` : `${verb} token`;
}
