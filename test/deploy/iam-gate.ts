import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Moto } from './moto.ts';
import { type Call, isAllowed, type Statement } from './policy.ts';

/** A way to moto that lets through only what a role's policy allows, and remembers every call. */
export type IamGate = {
  readonly url: string;
  readonly allowed: Call[];
  readonly refused: Call[];
  close(): Promise<void>;
};

/**
 * Starts a gate in front of moto, which itself cannot enforce the resources of a statement.
 *
 * @param arnOf - The ARN of a secret by name, as moto gave it.
 */
export async function startIamGate(
  moto: Moto,
  statements: readonly Statement[],
  arnOf: ReadonlyMap<string, string>,
): Promise<IamGate> {
  const allowed: Call[] = [];
  const refused: Call[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const call = readCall(request, body.toString(), arnOf);
    if (!isAllowed(statements, call)) {
      refused.push(call);
      refuse(request, response, call);
      return;
    }
    allowed.push(call);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${moto.url}${request.url}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => server.emit('error', error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A test that fails before it closes its gate must not keep the process alive.
  server.unref();
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the gate found no free port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    allowed,
    refused,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Reads action and resource: AWS's JSON protocol names the action in a header, its query protocol in the form. */
function readCall(request: IncomingMessage, body: string, arnOf: ReadonlyMap<string, string>): Call {
  // ".../Credential=KEY/DATE/REGION/SERVICE/aws4_request, ..."
  const service = request.headers.authorization?.split(',')[0]?.split('/').at(-2) ?? 'unknown';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const { SecretId } = JSON.parse(body);
    return {
      action: `${service}:${target.split('.').at(-1)}`,
      resource: SecretId === undefined ? '*' : (arnOf.get(SecretId) ?? String(SecretId)),
    };
  }
  const form = new URLSearchParams(body);
  return {
    action: `${service}:${form.get('Action') ?? `${request.method} ${request.url}`}`,
    resource: form.get('TopicArn') ?? '*',
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, { action, resource }: Call): void {
  const message = `User is not authorized to perform: ${action} on resource: ${resource}`;
  if (request.headers['x-amz-target'] === undefined) {
    response.writeHead(403, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
    return;
  }
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify({ __type: 'AccessDeniedException', Message: message }));
}
