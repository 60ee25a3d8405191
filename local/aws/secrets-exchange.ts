import { AwsError, attempt } from './aws-error.ts';
import { type Exchange, type ReceivedRequest, unansweredOutcome } from './loopback-server.ts';
import { answerSecretsFault } from './secrets-faults.ts';
import type { SecretsManagerCall } from './secrets-manager.ts';
import { carryOutSecretsOperation, type SecretsResponse } from './secrets-operations.ts';
import { isSecretsOperation } from './secrets-requests.ts';
import type { SecretsStore } from './secrets-store.ts';
import { jsonContentType, renderSecretsAnswer } from './secrets-wire.ts';
import { readSignedRegion } from './signature.ts';

/** What the requests of one stand-in share. */
export interface SecretsService {
  store: SecretsStore;
  now: () => number;
  /** Whether clients with another clock are served all the same. */
  ignoresClocks: boolean;
  /** If given, only requests that are signed with it are served. */
  secretAccessKey: string | undefined;
  /** Quota for all writes together. */
  writesPerSecond: number;
  /** When the writes of the last second were; kept here between requests. */
  writes: number[];
}

const targetPrefix = 'secretsmanager.';

/**
 * Reads one request in AWS's JSON 1.1 protocol into what the server needs.
 *
 * Malformed requests get a line in the list of calls, too. What is not JSON is never repeated: it may be a secret.
 */
export function receiveSecretsRequest(
  request: ReceivedRequest,
  service: SecretsService,
): Exchange & { call: SecretsManagerCall } {
  const target = String(request.headers['x-amz-target'] ?? '');
  const operation = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : '';
  const body = parseJson(request.body);
  const members = (body ?? {}) as Record<string, unknown>;
  const stages = readStages(operation, members);
  const call: SecretsManagerCall = {
    operation,
    secretId: String(members.SecretId ?? members.Name ?? ''),
    at: service.now(),
    outcome: unansweredOutcome,
    ...(stages && { stages }),
  };
  return {
    call,
    carryOut: () => renderSecretsAnswer(attempt(() => carryOut(request, operation, body, service))),
    answerFault: (kind) => answerSecretsFault(kind, call),
  };
}

function carryOut(
  request: ReceivedRequest,
  operation: string,
  body: unknown,
  service: SecretsService,
): SecretsResponse {
  readSignedRegion(
    request,
    service.ignoresClocks ? undefined : service.now(),
    'secretsmanager',
    {
      missing: 'MissingAuthenticationTokenException',
      wrong: 'InvalidSignatureException',
      status: 400,
    },
    service.secretAccessKey,
  );
  if (request.headers['content-type'] !== jsonContentType) {
    throw new AwsError('SerializationException', `The content type must be ${jsonContentType}.`);
  }
  if (request.method !== 'POST' || request.path !== '/' || !isSecretsOperation(operation)) {
    throw new AwsError('UnknownOperationException', 'The operation is unknown.');
  }
  if (body === undefined) throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  const now = service.now();
  if (operation === 'PutSecretValue' || operation === 'UpdateSecretVersionStage') countWrite(service, now);
  return carryOutSecretsOperation(service.store, operation, body, now);
}

function countWrite(service: SecretsService, now: number): void {
  service.writes = service.writes.filter((at) => now - at < 1_000);
  if (service.writes.length >= service.writesPerSecond)
    throw new AwsError('ThrottlingException', 'Rate exceeded');
  service.writes.push(now);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readStages(operation: string, members: Record<string, unknown>): string[] | undefined {
  const { VersionStages, VersionStage, VersionId } = members;
  if (Array.isArray(VersionStages)) return VersionStages.map(String);
  if (VersionStage !== undefined) return [String(VersionStage)];
  const isDefault =
    operation === 'PutSecretValue' || (operation === 'GetSecretValue' && VersionId === undefined);
  return isDefault ? ['AWSCURRENT'] : undefined;
}
