import { randomUUID } from 'node:crypto';
import { AwsError, attempt } from './aws-error.ts';
import { type Answer, type Exchange, unansweredOutcome } from './loopback-server.ts';
import type { ReceivedRequest } from './received-request.ts';
import { carryOutSecretsOperation, type SecretsResponse } from './secrets-operations.ts';
import { isSecretsOperation } from './secrets-requests.ts';
import type { SecretsStore } from './secrets-store.ts';
import { readSignedRegion } from './signature.ts';

/** One request as the stand-in saw it: never with a value. */
export interface SecretsManagerCall {
  /** AWS name, e.g. `PutSecretValue`; whatever was sent if the stand-in knows no such operation. */
  operation: string;
  /** As sent, a name or an ARN; empty if none could be read. */
  secretId: string;
  /** Epoch milliseconds of arrival. */
  at: number;
  /** `ok`, the error's name, or how the connection was broken; `unanswered` until the operation was carried out. */
  outcome: 'ok' | string;
  /** Labels asked for, put or moved; AWSCURRENT if that is the default. */
  stages?: string[];
}

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

/** The one content type of AWS's JSON 1.1 protocol, both ways. */
const jsonContentType = 'application/x-amz-json-1.1';
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
  if (request.headers['content-type'] !== jsonContentType)
    throw new AwsError('SerializationException', `The content type must be ${jsonContentType}.`);
  if (request.method !== 'POST' || request.path !== '/' || !isSecretsOperation(operation))
    throw new AwsError('UnknownOperationException', 'The operation is unknown.');
  if (body === undefined) throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  const now = service.now();
  if (operation === 'PutSecretValue' || operation === 'UpdateSecretVersionStage') countWrite(service, now);
  return carryOutSecretsOperation(service.store, operation, body, now);
}

function countWrite(service: SecretsService, now: number): void {
  service.writes = service.writes.filter((at) => now - at < 1_000);
  if (service.writes.length >= service.writesPerSecond) throw new AwsError('ThrottlingException', 'Rate exceeded');
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
  const isDefault = operation === 'PutSecretValue' || (operation === 'GetSecretValue' && VersionId === undefined);
  return isDefault ? ['AWSCURRENT'] : undefined;
}

/** Writes an answer as AWS does: instants as epoch seconds, errors without a namespace, absent members left out. */
export function renderSecretsAnswer(result: SecretsResponse | AwsError): Answer {
  const isError = result instanceof AwsError;
  const fields = isError
    ? { __type: result.name, Message: result.message }
    : Object.fromEntries(
        Object.entries(result).map(([name, value]) => [name, value instanceof Date ? value.getTime() / 1000 : value]),
      );
  return {
    status: isError ? result.status : 200,
    headers: { 'content-type': jsonContentType, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(fields),
    outcome: isError ? result.name : 'ok',
  };
}
