import type {
  CreateSecretResponse,
  DescribeSecretResponse,
  GetSecretValueResponse,
  PutSecretValueResponse,
  UpdateSecretVersionStageResponse,
} from '@aws-sdk/client-secrets-manager';
import { checkRequest, type SecretsOperation, type SecretsRequests } from './secrets-requests.ts';
import type { SecretsStore } from './secrets-store.ts';
import { listStages } from './stored-versions.ts';

/** What the operations answer, in the SDK's own types. */
type SecretsResponses = {
  GetSecretValue: GetSecretValueResponse;
  PutSecretValue: PutSecretValueResponse;
  DescribeSecret: DescribeSecretResponse;
  UpdateSecretVersionStage: UpdateSecretVersionStageResponse;
  CreateSecret: CreateSecretResponse;
};

type Operations = {
  [O in SecretsOperation]: (store: SecretsStore, request: SecretsRequests[O], now: number) => SecretsResponses[O];
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
): SecretsResponses[O] {
  return operations[operation](store, checkRequest(operation, body), now);
}

function namesOf(store: SecretsStore, secretId: string) {
  const { arn, name } = store.find(secretId);
  return { ARN: arn, Name: name };
}
