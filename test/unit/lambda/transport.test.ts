/** The calls to Zoho and to AWS over undici, as an invocation makes them, at servers that answer as neither would. */
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent, errors } from 'undici';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { clientConfiguration } from '../../../lambda/aws/client-configuration.ts';
import { createPublish } from '../../../lambda/aws/publish.ts';
import { createSecretVersions } from '../../../lambda/aws/secrets-manager.ts';
import { awsConnections, zohoConnections } from '../../../lambda/settings.ts';
import { createCallZoho } from '../../../lambda/zoho/call-zoho.ts';
import { freePort } from '../../support/free-port.ts';
import { certificate, expiredCertificate } from '../../support/loopback-certificate.ts';
import { cuts, drip, openRawServers } from '../../support/raw-servers.ts';
import { accessTokenText } from './examples.ts';

const request = {
  host: 'accounts.zoho.in',
  method: 'POST',
  path: '/oauth/v2/token',
  headers: {},
  body: 'a=b',
} as const;
const variables = { AWS_REGION: 'ap-south-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
/** What no fault may quote. */
const made = accessTokenText();
const never = new AbortController().signal;
/** The SDK tries three times, and pauses for some tenths of a second between. */
const boundMilliseconds = 5_000;

const servers = openRawServers();
const { serve, serveTls } = servers;
const dispatchers: Agent[] = [];

/** Each test ends as an invocation does: by destroying what is open. */
afterEach(async () => {
  for (const dispatcher of dispatchers.splice(0)) await dispatcher.destroy();
  servers.close();
  servers.requestsOverTls.length = 0;
});

function agent(options: object): Agent {
  const dispatcher = new Agent(options);
  dispatchers.push(dispatcher);
  return dispatcher;
}

function awsAt(endpoint: string, limits: object) {
  const handler = new UndiciHttpHandler();
  handler.updateHttpClientConfig('dispatcher', agent({ ...awsConnections, ...limits }));
  return { ...clientConfiguration(variables, handler), endpoint };
}

const zohoAt = (url: string, signal: AbortSignal = never, limits = {}) =>
  createCallZoho(agent({ ...zohoConnections, ...limits }), url, signal);

/** A call to the server at an address. The limits stand in for production's, so that a test need not wait for seconds. */
type Call = (url: string, signal?: AbortSignal, limits?: object) => Promise<unknown>;

const callZoho: Call = (...at) => zohoAt(...at)(request);
const read: Call = (url, signal = never, limits = {}) =>
  createSecretVersions(new SecretsManagerClient(awsAt(url, limits)), signal).get('zoho/desk/token', 'AWSCURRENT');
const publish: Call = (url, signal = never, limits = {}) =>
  createPublish(
    new SNSClient(awsAt(url, limits)),
    'arn:aws:sns:ap-south-1:123456789012:alerts',
    signal,
  )({
    subject: 'a',
    message: '{"default":"a"}',
    attributes: {},
  });

/** Waits for what a call throws, which comes in bounded time and quotes no answer. */
async function faultOf(call: Promise<unknown>): Promise<Error & { code?: string }> {
  const startedAt = performance.now();
  const fault = await call.then(
    () => expect.unreachable('the call succeeded'),
    (error: Error) => error,
  );
  expect(performance.now() - startedAt).toBeLessThan(boundMilliseconds);
  expect(inspect(fault, { depth: null, showHidden: true })).not.toContain(made.slice(5, 17));
  return fault;
}

const hangs: [stage: string, hang: (socket: Socket) => void][] = [
  ['before the answer', () => undefined],
  ['within the head', (socket) => socket.write('HTTP/1.1 200 OK\r\nConte')],
  ['within the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{')],
];
const garbled = `HTTP/1.1 200 OK\r\nno header\r\n\r\n{"access_token":"${made}"}`;
const servername = 'accounts.zoho.test';

describe.each<[name: string, call: Call, code: string | undefined, says: string]>([
  ['Zoho', callZoho, 'zoho_unavailable', 'no answer from accounts.zoho.in: '],
  ['Secrets Manager', read, 'secret_store_failed', 'GetSecretValue of zoho/desk/token failed: '],
  ['SNS', publish, undefined, 'SNS did not take the alert: '],
])('a call to %s', (_, call, code, says) => {
  /** What the fault says after its beginning; it is judged as one that may pass. */
  async function reasonOf(calling: Promise<unknown>): Promise<string> {
    const fault = await faultOf(calling);
    expect(fault.code).toBe(code);
    expect(fault.message.slice(0, says.length)).toBe(says);
    return fault.message.slice(says.length);
  }

  it.each(cuts)('fails if the connection is cut %s', async (_, cut) => {
    expect(await reasonOf(call(await serve(cut)))).toMatch(/^[A-Z][A-Za-z_ ]+$|^the answer has no /);
  });

  it('fails if nobody listens', async () => {
    expect(await reasonOf(call(`http://127.0.0.1:${await freePort()}`))).toMatch(/^ECONNREFUSED/);
  });

  it('keeps nothing of an answer in what it throws', async () => {
    const short = `HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"SecretString":"${made}`;
    for (const answer of [garbled, short]) await reasonOf(call(await serve((socket) => socket.end(answer))));
  });

  it.each([...hangs, ['drop by drop', drip] as const])('ends with the run if the server hangs %s', async (_, hang) => {
    expect(await reasonOf(call(await serve(hang), AbortSignal.timeout(200)))).toMatch(/^(Abort|Timeout)Error$/);
  });

  it('waits for a connection no longer than its limit, and hardly past the end of the run', async () => {
    const url = (await serve(() => undefined)).replace('http:', 'https:');
    const short = reasonOf(call(url, never, { connect: { timeout: 20 } }));
    const reasons = await Promise.all([short, reasonOf(call(url, AbortSignal.timeout(200)))]);
    expect(reasons.join()).toMatch(/^(TimeoutError|UND_ERR_CONNECT_TIMEOUT),(Abort|Timeout)Error$/);
  });

  it.each([
    ['nobody trusts', certificate, { servername }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['names another host', certificate, { ca: certificate, servername: 'zoho.in' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['ended', expiredCertificate, { ca: expiredCertificate, servername }, 'CERT_HAS_EXPIRED'],
  ])('sends nothing to a host whose certificate %s', async (_, shown, connect, reason) => {
    expect(await reasonOf(call(await serveTls(shown, '{}'), never, { connect }))).toBe(reason);
    expect(servers.requestsOverTls).toEqual([]);
  });

  it('follows no redirect', async () => {
    let visitors = 0;
    const elsewhere = await serve((socket) => {
      visitors += 1;
      socket.end();
    });
    const redirect = `HTTP/1.1 302 Found\r\nLocation: ${elsewhere}/\r\nContent-Length: 0\r\n\r\n`;
    await call(await serve((socket) => socket.end(redirect))).catch(() => undefined);
    expect(visitors).toBe(0);
  });
});

it.each<[call: Call, message: RegExp]>([
  [callZoho, /^the answer of accounts.zoho.in is larger than any of Zoho's$/],
  [read, /: ResponseExceededMaxSizeError$/],
  [publish, /: ResponseExceededMaxSizeError$/],
])('reads no more than any answer has: %o', async (call, message) => {
  const url = await serve((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n{"SecretString":"');
    socket.write('x'.repeat(zohoConnections.maxResponseSize + 1));
  });
  expect(await faultOf(call(url))).toMatchObject({ message: expect.stringMatching(message) });
});

it('takes the answer of a host whose certificate is trusted and names it', async () => {
  const trusting = { connect: { ca: certificate, servername } };
  const answer = JSON.stringify({ Name: 'zoho/desk/token', VersionId: 'v', SecretString: made });
  const url = await serveTls(certificate, answer);
  expect(await callZoho(url, never, trusting)).toEqual({ status: 200, body: answer });
  expect(await read(url, never, trusting)).toEqual({ versionId: 'v', text: made });
});

it('waits no longer for AWS than its limit if the server hangs at any stage', async () => {
  const limits = { headersTimeout: 100, bodyTimeout: 100 };
  const faults = await Promise.all(hangs.map(async ([, hang]) => faultOf(read(await serve(hang), never, limits))));
  for (const { message } of faults) expect(message).toMatch(/failed: (Body)?TimeoutError$/);
});

it.each([
  ['Secrets Manager', read, '{}'],
  ['SNS', publish, '<PublishResponse><PublishResult/></PublishResponse>'],
])('an answer of %s without its id is not taken for success', async (_, call, body) => {
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  await expect(call(await serve((socket) => socket.end(answer)))).rejects.toThrow(/(failed|alert): Error$/);
});

describe('an answer of Zoho', () => {
  it('comes to a body that was sent once, and the connection ends with it', async () => {
    let received = '';
    let hasEnded = false;
    const url = await serve((socket, text) => {
      received = text.toLowerCase();
      socket.once('close', () => {
        hasEnded = true;
      });
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    });
    expect(await callZoho(url)).toEqual({ status: 200, body: '{}' });
    expect(received).toMatch(/^post \/accounts\.zoho\.in\/oauth\/v2\/token http\/1\.1\r\n/);
    for (const header of ['connection: close', 'content-length: 3']) expect(received).toContain(`\r\n${header}\r\n`);
    await expect.poll(() => hasEnded).toBe(true);
  });

  it('may be a redirect, which is given back as it is', async () => {
    const redirect = 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n';
    const url = await serve((socket) => socket.end(redirect));
    expect(await callZoho(url)).toEqual({ status: 302, body: '' });
  });

  it('may come in pieces, cut within a character', async () => {
    const bytes = Buffer.from('{"a":"é"}');
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.write(bytes.subarray(0, 7), () => setTimeout(() => socket.end(bytes.subarray(7)), 20));
    });
    expect(await callZoho(url)).toMatchObject({ body: '{"a":"é"}' });
  });

  it('that is not HTTP leaves the name of its fault, and not the parser’s copy of it', async () => {
    const fault = await faultOf(callZoho(await serve((socket) => socket.end(garbled))));
    expect(fault.message).toContain('HTTPParserError');
    expect(fault.cause).not.toHaveProperty('rawPacket');
  });

  it('that hangs is waited for no longer than ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const fault = faultOf(callZoho(await serve(() => resolve())));
    await asked;
    vi.advanceTimersByTime(10_000);
    expect((await fault).message).toBe('no answer from accounts.zoho.in: TimeoutError');
  });

  it('is not needed to tell a fault of the program, whatever undici calls it', async () => {
    const call = zohoAt(await serve(() => undefined))({ ...request, headers: { 'bad name': 'x' } });
    await expect(call).rejects.toThrow(errors.InvalidArgumentError);
  });
});
