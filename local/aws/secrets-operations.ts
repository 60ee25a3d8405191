import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DescribeSecretRequest,
  DescribeSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  UpdateSecretVersionStageRequest,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { AwsError } from './aws-error.ts';
import type { SecretsStore } from './secrets-store.ts';
import { listStages } from './stored-versions.ts';

/** The operations that the stand-in carries out, in the SDK's own types. */
type Shapes = {
  GetSecretValue: { request: GetSecretValueRequest; response: GetSecretValueResponse };
  PutSecretValue: { request: PutSecretValueRequest; response: PutSecretValueResponse };
  DescribeSecret: { request: DescribeSecretRequest; response: DescribeSecretResponse };
  UpdateSecretVersionStage: { request: UpdateSecretVersionStageRequest; response: UpdateSecretVersionStageResponse };
  CreateSecret: { request: CreateSecretRequest; response: CreateSecretResponse };
};
export type SecretsOperation = keyof Shapes;

type Operations = {
  [O in SecretsOperation]: (store: SecretsStore, request: Shapes[O]['request'], now: number) => Shapes[O]['response'];
};

const operations: Operations = {
  GetSecretValue(store, { SecretId = '', VersionId, VersionStage }) {
    const version = store.get(SecretId, VersionId, VersionStage);
    const { versionId, secretString, createdDate } = version;
    return {
      ...namesOf(store, SecretId),
      VersionId: versionId,
      SecretString: secretString,
      VersionStages: listStages(version),
      CreatedDate: createdDate,
    };
  },
  PutSecretValue(store, { SecretId = '', ClientRequestToken = '', SecretString = '', VersionStages = [] }, now) {
    const version = store.put(SecretId, ClientRequestToken, SecretString, VersionStages, now);
    return { ...namesOf(store, SecretId), VersionId: version.versionId, VersionStages: listStages(version) };
  },
  DescribeSecret(store, { SecretId = '' }) {
    const { versions, createdDate, lastChangedDate, deletedDate } = store.find(SecretId);
    const labels = versions.flatMap((each) => {
      const stages = listStages(each);
      return stages === undefined ? [] : [[each.versionId, stages] as const];
    });
    return {
      ...namesOf(store, SecretId),
      CreatedDate: createdDate,
      LastChangedDate: lastChangedDate,
      DeletedDate: deletedDate,
      VersionIdsToStages: labels.length === 0 ? undefined : Object.fromEntries(labels),
    };
  },
  UpdateSecretVersionStage(store, request, now) {
    const { SecretId = '', VersionStage = '', RemoveFromVersionId, MoveToVersionId } = request;
    store.moveStage(SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId, now);
    return namesOf(store, SecretId);
  },
  CreateSecret(store, { Name = '', ClientRequestToken: versionId = '', SecretString: secretString }, now) {
    const first = secretString === undefined ? undefined : { versionId, secretString };
    const { arn, name } = store.create(Name, first, now);
    return { ARN: arn, Name: name, VersionId: first?.versionId };
  },
};

/** Carries one operation out on the store, or throws the service's refusal; the body is not checked yet. */
export function carryOutSecretsOperation<O extends SecretsOperation>(
  store: SecretsStore,
  operation: O,
  body: unknown,
  now: number,
): Shapes[O]['response'] {
  return operations[operation](store, checkRequest(operation, body), now);
}

function namesOf(store: SecretsStore, secretId: string) {
  const { arn, name } = store.find(secretId);
  return { ARN: arn, Name: name };
}

/** Whether the stand-in carries this operation out, e.g. `GetSecretValue`. */
export function isSecretsOperation(operation: string): operation is SecretsOperation {
  return Object.hasOwn(operations, operation);
}

/** What a member must be: text of so many characters (a value: bytes), or a list of so many labels. */
type Rule = { kind: 'text' | 'value' | 'labels'; least: number; most: number; isRequired?: true };

const secretId: Rule = { kind: 'text', least: 1, most: 2048, isRequired: true };
const versionId: Rule = { kind: 'text', least: 32, most: 64 };
const label: Rule = { kind: 'text', least: 1, most: 256 };
const secretString: Rule = { kind: 'value', least: 1, most: 65_536 };

/** Members that the stand-in knows. Real ones that it lacks (SecretBinary, Tags, ...) are refused, not ignored. */
const members: { [O in SecretsOperation]: Partial<Record<keyof Shapes[O]['request'], Rule>> } = {
  GetSecretValue: { SecretId: secretId, VersionId: versionId, VersionStage: label },
  PutSecretValue: {
    SecretId: secretId,
    ClientRequestToken: versionId,
    SecretString: secretString,
    VersionStages: { kind: 'labels', least: 1, most: 20 },
  },
  DescribeSecret: { SecretId: secretId },
  UpdateSecretVersionStage: {
    SecretId: secretId,
    VersionStage: { ...label, isRequired: true },
    RemoveFromVersionId: versionId,
    MoveToVersionId: versionId,
  },
  CreateSecret: {
    Name: { kind: 'text', least: 1, most: 512, isRequired: true },
    ClientRequestToken: versionId,
    Description: { kind: 'text', least: 0, most: 2048 },
    SecretString: secretString,
  },
};

/** Checks a request's members. Refusals name the member and the limit, and never repeat what was sent. */
function checkRequest<O extends SecretsOperation>(operation: O, request: unknown): Shapes[O]['request'] {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new AwsError('SerializationException', 'The request body must be a JSON object.');
  }
  const rules = new Map<string, Rule>(Object.entries(members[operation] as Record<string, Rule>));
  for (const [name, value] of Object.entries(request)) {
    const rule = rules.get(name);
    if (!rule) throw new AwsError('SerializationException', `${operation} has no member ${name} in this stand-in.`);
    checkType(name, value, rule);
  }
  const given = request as Record<string, string | string[] | undefined>;
  for (const [name, rule] of rules) checkLength(name, given[name], rule);
  for (const name of [given.SecretId, given.Name]) if (typeof name === 'string') checkName(name);
  const isWrite = operation === 'PutSecretValue' || operation === 'CreateSecret';
  if (isWrite && given.ClientRequestToken === undefined)
    throw badRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
  // Documented to fail; the text is not recorded.
  if (operation === 'PutSecretValue' && given.SecretString === undefined)
    throw badRequest('You must provide either SecretString or SecretBinary.');
  return request as Shapes[O]['request'];
}

const badRequest = (text: string) => new AwsError('InvalidRequestException', text);

/** The form of AWS's own messages on lengths; that for a value too long is recorded. */
function constraint(member: string, must: string): AwsError {
  const text = `Value at '${member}' failed to satisfy constraint: Member must ${must}`;
  return new AwsError('ValidationException', `1 validation error detected: ${text}`);
}

function checkType(name: string, value: unknown, rule: Rule): void {
  const isRight =
    rule.kind === 'labels'
      ? Array.isArray(value) && value.every((each) => typeof each === 'string')
      : typeof value === 'string';
  const expected = rule.kind === 'labels' ? 'a list of strings' : 'a string';
  if (!isRight) throw new AwsError('SerializationException', `${name} must be ${expected}.`);
}

function checkLength(name: string, value: string | string[] | undefined, rule: Rule): void {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  if (value === undefined) {
    if (rule.isRequired) throw constraint(member, 'not be null');
    return;
  }
  const length = rule.kind === 'value' ? Buffer.byteLength(String(value)) : value.length;
  if (length < rule.least) throw constraint(member, `have length greater than or equal to ${rule.least}`);
  if (length > rule.most) throw constraint(member, `have length less than or equal to ${rule.most}`);
  if (rule.kind === 'labels') for (const each of value) checkLength(name, each, label);
}

function checkName(name: string): void {
  if (!name.startsWith('arn:') && !/^[A-Za-z0-9\-/_+=.@!]+$/.test(name))
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
}
