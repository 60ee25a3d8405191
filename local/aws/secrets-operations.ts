import type * as sdk from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { AwsError } from './aws-error.ts';
import type { SecretsStore, SecretVersion } from './secrets-store.ts';

const text = (least: number, most: number) => v.pipe(v.string(), v.minLength(least), v.maxLength(most));
const SecretId = v.pipe(text(1, 2048), v.regex(/^arn:|^[A-Za-z0-9\-/_+=.@!]+$/));
const versionId = text(32, 64);
const label = text(1, 256);
const SecretString = v.pipe(v.string(), v.minBytes(1), v.maxBytes(65_536));

/** An operation: the members that the stand-in knows, of which real ones that it lacks are refused, and what it does. */
function operation<E extends v.ObjectEntries>(
  entries: E,
  carryOut: (store: SecretsStore, request: v.InferOutput<v.StrictObjectSchema<E, undefined>>, now: number) => object,
) {
  const schema = v.strictObject(entries);
  return (name: string, store: SecretsStore, request: object, now: number): object => {
    const read = v.safeParse(schema, request);
    if (read.success) return carryOut(store, read.output, now);
    const refusals = read.issues.map((issue) => refusalOf(name, issue));
    // What cannot be read at all is refused before any limit.
    throw refusals.find((refusal) => refusal.name === 'SerializationException') ?? refusals[0];
  };
}

const operations = {
  GetSecretValue: operation(
    { SecretId, VersionId: v.optional(versionId), VersionStage: v.optional(label) },
    (store, { SecretId: id, ...wanted }): sdk.GetSecretValueResponse => {
      const version = store.get(id, wanted.VersionId, wanted.VersionStage);
      const { secretString, createdDate } = version;
      return { ...namesOf(store, id), ...labelsOf(version), SecretString: secretString, CreatedDate: createdDate };
    },
  ),
  PutSecretValue: operation(
    {
      SecretId,
      ClientRequestToken: versionId,
      SecretString,
      VersionStages: v.optional(v.pipe(v.array(label), v.minLength(1), v.maxLength(20))),
    },
    (store, { SecretId: id, VersionStages = [], ...given }, now): sdk.PutSecretValueResponse => {
      const version = store.put(id, given.ClientRequestToken, given.SecretString, VersionStages, now);
      return { ...namesOf(store, id), ...labelsOf(version) };
    },
  ),
  DescribeSecret: operation({ SecretId }, (store, { SecretId: id }): sdk.DescribeSecretResponse => {
    const { versions, createdDate, lastChangedDate, deletedDate } = store.find(id);
    const labelled = versions.filter(({ stages }) => stages.length > 0);
    return {
      ...namesOf(store, id),
      CreatedDate: createdDate,
      LastChangedDate: lastChangedDate,
      DeletedDate: deletedDate,
      ...(labelled.length > 0 && {
        VersionIdsToStages: Object.fromEntries(labelled.map((each) => [each.versionId, [...each.stages]])),
      }),
    };
  }),
};

function namesOf(store: SecretsStore, secretId: string) {
  const { arn, name } = store.find(secretId);
  return { ARN: arn, Name: name };
}

/** No list stands for no label. */
function labelsOf({ versionId, stages }: SecretVersion) {
  return { VersionId: versionId, ...(stages.length > 0 && { VersionStages: [...stages] }) };
}

/** Carries one operation out on the store, or throws the service's refusal. */
export function carryOutSecretsOperation(store: SecretsStore, name: string, request: object, now: number): object {
  if (!Object.hasOwn(operations, name)) throw new AwsError('UnknownOperationException', 'The operation is unknown.');
  return operations[name as keyof typeof operations](name, store, request, now);
}

/** What the service says if a member is missing; that about the value is documented to fail, the text is not recorded. */
const missing = new Map([
  ['ClientRequestToken', 'You must provide a ClientRequestToken value. We recommend a UUID-type value.'],
  ['SecretString', 'You must provide either SecretString or SecretBinary.'],
]);

/** Refusals name the member and the limit, and never repeat what was sent. */
function refusalOf(operation: string, { type, expected, requirement, path }: v.BaseIssue<unknown>): AwsError {
  const name = String(path?.[0]?.key);
  // The form of AWS's own messages on lengths; that for a value too long is recorded.
  const constraint = (must: string) => {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    const problem = `Value at '${member}' failed to satisfy constraint: Member must ${must}`;
    return new AwsError('ValidationException', `1 validation error detected: ${problem}`);
  };
  if (type.startsWith('min_')) return constraint(`have length greater than or equal to ${requirement}`);
  if (type.startsWith('max_')) return constraint(`have length less than or equal to ${requirement}`);
  if (type === 'regex') {
    const allowed = 'alphanumeric characters, or any of the following: -/_+=.@!';
    return new AwsError('ValidationException', `Invalid name. Must be a valid name containing ${allowed}`);
  }
  if (type !== 'strict_object') return new AwsError('SerializationException', `${name} must be of type ${expected}.`);
  if (expected === 'never')
    return new AwsError('SerializationException', `${operation} has no member ${name} in this stand-in.`);
  const words = missing.get(name);
  return words === undefined ? constraint('not be null') : new AwsError('InvalidRequestException', words);
}
