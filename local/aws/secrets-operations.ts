import type {
  CreateSecretResponse,
  DescribeSecretResponse,
  GetSecretValueResponse,
  PutSecretValueResponse,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { checkRequest, type SecretsOperation } from './secrets-requests.ts';
import type { SecretsStore } from './secrets-store.ts';
import { listStages } from './stored-versions.ts';

/** What the operations answer, in the SDK's own types. */
export type SecretsResponse =
  | CreateSecretResponse
  | DescribeSecretResponse
  | GetSecretValueResponse
  | PutSecretValueResponse
  | UpdateSecretVersionStageResponse;

/**
 * Carries one operation out on the store.
 *
 * @param operation - An operation that the stand-in knows.
 * @param body - Parsed JSON body, not yet checked.
 * @param now - Epoch milliseconds.
 * @throws {@link AwsError} In the service's words.
 */
export function carryOutSecretsOperation(
  store: SecretsStore,
  operation: SecretsOperation,
  body: unknown,
  now: number,
): SecretsResponse {
  return operations[operation](store, body, now);
}

function getSecretValue(store: SecretsStore, body: unknown): GetSecretValueResponse {
  const { SecretId = '', VersionId, VersionStage } = checkRequest('GetSecretValue', body);
  const version = store.get(SecretId, VersionId, VersionStage);
  const { arn, name } = store.find(SecretId);
  return {
    ARN: arn,
    Name: name,
    VersionId: version.versionId,
    SecretString: version.secretString,
    VersionStages: listStages(version),
    CreatedDate: version.createdDate,
  };
}

function putSecretValue(store: SecretsStore, body: unknown, now: number): PutSecretValueResponse {
  const request = checkRequest('PutSecretValue', body);
  const { SecretId = '', ClientRequestToken = '', SecretString = '', VersionStages = [] } = request;
  const version = store.put(SecretId, ClientRequestToken, SecretString, VersionStages, now);
  const { arn, name } = store.find(SecretId);
  return { ARN: arn, Name: name, VersionId: version.versionId, VersionStages: listStages(version) };
}

function describeSecret(store: SecretsStore, body: unknown): DescribeSecretResponse {
  const { SecretId = '' } = checkRequest('DescribeSecret', body);
  const secret = store.find(SecretId);
  const labelled = secret.versions.filter((each) => each.stages.size > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: secret.createdDate,
    LastChangedDate: secret.lastChangedDate,
    DeletedDate: secret.deletedDate,
    VersionIdsToStages:
      labelled.length === 0
        ? undefined
        : Object.fromEntries(labelled.map((each) => [each.versionId, listStages(each) ?? []])),
  };
}

function updateSecretVersionStage(store: SecretsStore, body: unknown, now: number): UpdateSecretVersionStageResponse {
  const request = checkRequest('UpdateSecretVersionStage', body);
  const { SecretId = '', VersionStage = '', RemoveFromVersionId, MoveToVersionId } = request;
  store.moveStage(SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId, now);
  const { arn, name } = store.find(SecretId);
  return { ARN: arn, Name: name };
}

const operations: Record<SecretsOperation, (store: SecretsStore, body: unknown, now: number) => SecretsResponse> = {
  GetSecretValue: getSecretValue,
  PutSecretValue: putSecretValue,
  DescribeSecret: describeSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
  CreateSecret: createSecret,
};

function createSecret(store: SecretsStore, body: unknown, now: number): CreateSecretResponse {
  const { Name = '', ClientRequestToken = '', SecretString } = checkRequest('CreateSecret', body);
  const first = SecretString === undefined ? undefined : { versionId: ClientRequestToken, secretString: SecretString };
  const { arn, name } = store.create(Name, first, now);
  return { ARN: arn, Name: name, VersionId: first?.versionId };
}
