import { randomUUID } from 'node:crypto';
import { parseObject } from '../../lambda/parse-object.ts';
import type { Answer } from '../wire/broken-connection.ts';
import { AwsError } from './aws-error.ts';
import { type AwsOptions, startAwsServer } from './loopback-server.ts';
import { carryOutSecretsOperation } from './secrets-operations.ts';
import { SecretsStore } from './secrets-store.ts';
import type { ReceivedRequest } from './signature.ts';

/** A Secrets Manager on loopback, and what an operator or a test can do to it without a request. */
export type SecretsManagerStandIn = Awaited<ReturnType<typeof startSecretsManager>>;

/** Recovery window of a deleted secret unless somebody says otherwise: 30 days. */
const recoveryWindowMilliseconds = 30 * 24 * 60 * 60 * 1000;
/** The one content type of AWS's JSON 1.1 protocol, both ways. */
const jsonContentType = 'application/x-amz-json-1.1';

/**
 * Starts a stand-in for AWS Secrets Manager on 127.0.0.1, for the unchanged AWS SDK.
 *
 * It refuses what the service refuses, in its recorded words, and whatever it does not know.
 *
 * @param options.writesPerSecond - Puts above this are throttled; default: no quota. AWS allows 50.
 */
export async function startSecretsManager(options: AwsOptions & { writesPerSecond?: number } = {}) {
  const { now = Date.now, writesPerSecond = Number.POSITIVE_INFINITY } = options;
  const store = new SecretsStore();
  let writes: number[] = [];

  function countWrite(): void {
    writes = writes.filter((at) => now() - at < 1_000);
    if (writes.length >= writesPerSecond) throw new AwsError('ThrottlingException', 'Rate exceeded');
    writes.push(now());
  }

  function carryOut({ headers, body }: ReceivedRequest, { operation }: { operation: string }): Answer {
    if (headers['content-type'] !== jsonContentType)
      throw new AwsError('SerializationException', `The content type must be ${jsonContentType}.`);
    const input = parseObject(body);
    if (input === undefined) throw new AwsError('SerializationException', 'The request body must be a JSON object.');
    if (operation === 'PutSecretValue') countWrite();
    return render(200, carryOutSecretsOperation(store, operation, input, now()));
  }

  const { url, calls, faults, close } = await startAwsServer(options, {
    name: 'secrets',
    read: readTarget,
    carryOut,
    refuse: ({ status, name, message }) => render(status, { __type: name, Message: message }),
  });
  return {
    url,
    /** Makes a secret as CloudFormation would: without a version if no string is given. */
    createSecret(name: string, secretString?: string): void {
      const first = secretString === undefined ? undefined : { versionId: randomUUID(), secretString };
      store.create(name, first, now());
    },
    /** Puts a value as an operator would, under AWSCURRENT; returns its VersionId. */
    put: (name: string, secretString: string): string =>
      store.put(name, randomUUID(), secretString, [], now()).versionId,
    /** The value under a label, or nothing. */
    read: (name: string, stage = 'AWSCURRENT'): string | undefined =>
      store.versions(name).find(({ stages }) => stages.includes(stage))?.secretString,
    /** All versions in order of creation, label-less ones included; none if the secret does not exist. */
    versions: (name: string) => store.versions(name),
    /** The secret no longer exists. */
    remove: (name: string): void => store.remove(name),
    /** Marks the secret for deletion, as the console does: it still exists, but cannot be used. */
    scheduleDeletion: (name: string): void =>
      store.scheduleDeletion(name, new Date(now() + recoveryWindowMilliseconds)),
    /** Takes that mark back. */
    restore: (name: string): void => store.scheduleDeletion(name, undefined),
    calls,
    faults,
    close,
  };
}

/** Malformed requests get a line in the list of calls, too. What is not JSON is never repeated: it may be a secret. */
function readTarget({ headers, body }: ReceivedRequest) {
  const [, operation = ''] = /^secretsmanager\.(.*)/.exec(String(headers['x-amz-target'])) ?? [];
  const members = parseObject(body) ?? {};
  const stages = readStages(operation, members);
  return { operation, secretId: String(members.SecretId ?? ''), ...(stages && { stages }) };
}

/** Labels asked for or put; AWSCURRENT if that is the default. */
function readStages(operation: string, members: Record<string, unknown>): string[] | undefined {
  const { VersionStages, VersionStage, VersionId } = members;
  if (Array.isArray(VersionStages)) return VersionStages.map(String);
  if (VersionStage !== undefined) return [String(VersionStage)];
  const isDefault = operation === 'PutSecretValue' || (operation === 'GetSecretValue' && VersionId === undefined);
  return isDefault ? ['AWSCURRENT'] : undefined;
}

/** Writes an answer as AWS does: instants as epoch seconds, absent members left out. */
function render(status: number, members: object): Answer {
  const entries = Object.entries(members).map(([name, value]) => [
    name,
    value instanceof Date ? value.getTime() / 1000 : value,
  ]);
  return {
    status,
    headers: { 'content-type': jsonContentType, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(Object.fromEntries(entries)),
  };
}
