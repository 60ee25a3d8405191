import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { Answer } from './loopback-server.ts';
import type { SecretsResponse } from './secrets-operations.ts';

/** The one content type of AWS's JSON 1.1 protocol, both ways. */
export const jsonContentType = 'application/x-amz-json-1.1';

/** Writes an answer as AWS does: instants as epoch seconds, errors without a namespace, absent members left out. */
export function renderSecretsAnswer(result: SecretsResponse | AwsError): Answer {
  const isError = result instanceof AwsError;
  const body = isError ? { __type: result.name, Message: result.message } : withEpochSeconds(result);
  return {
    status: isError ? result.status : 200,
    headers: { 'content-type': jsonContentType, 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
    outcome: isError ? result.name : 'ok',
  };
}

function withEpochSeconds(response: SecretsResponse): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(response).map(([name, value]) => [
      name,
      value instanceof Date ? value.getTime() / 1000 : value,
    ]),
  );
}
