import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { clientConfiguration } from '../../../../lambda/aws/client-configuration.ts';
import { createPublish } from '../../../../lambda/aws/publish.ts';
import { createSecretVersions } from '../../../../lambda/aws/secrets-manager.ts';
import { RefreshError } from '../../../../lambda/failure.ts';
import { awsConnections } from '../../../../lambda/settings.ts';
import { certificate, expiredCertificate } from '../../../support/loopback-certificate.ts';
import { cuts, drip, openRawServers } from '../../../support/raw-servers.ts';

const variables = {
  AWS_REGION: 'ap-south-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: undefined,
};
const secretId = 'zoho/desk/token';
/** What no fault may quote. */
const madeUp = '1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210';
const never = new AbortController().signal;
/** The SDK tries three times, and pauses for some tenths of a second between. */
const boundMilliseconds = 5_000;

/** The SDK's clients over undici, as an invocation makes them, at a server that answers in no way that AWS would. */
describe('a call to AWS', () => {
  const servers = openRawServers();
  const { serve, serveTls } = servers;
  const dispatchers: Agent[] = [];

  afterEach(async () => {
    for (const dispatcher of dispatchers.splice(0)) await dispatcher.destroy();
    servers.close();
    servers.requestsOverTls.length = 0;
  });

  function configurationAt(endpoint: string, options: object) {
    const dispatcher = new Agent({ ...awsConnections, ...options });
    dispatchers.push(dispatcher);
    const handler = new UndiciHttpHandler();
    handler.updateHttpClientConfig('dispatcher', dispatcher);
    return { ...clientConfiguration(variables, handler), endpoint };
  }

  /** @param options - Limits in place of production's, so that a test need not wait for seconds. */
  const get = (endpoint: string, signal: AbortSignal = never, options = {}) =>
    createSecretVersions(new SecretsManagerClient(configurationAt(endpoint, options)), signal).get(
      secretId,
      'AWSCURRENT',
    );

  const publish = (endpoint: string, signal: AbortSignal = never, options = {}) =>
    createPublish(
      new SNSClient(configurationAt(endpoint, options)),
      'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts',
      signal,
    )({ subject: 'a', message: '{"default":"a"}', attributes: {} });

  /** Fails in bounded time, judged as the store's own passing fault, and quotes no answer. */
  async function expectStoreFault(read: Promise<unknown>, words: RegExp): Promise<void> {
    const fault = await faultWithinBound(read);
    expect(fault).toBeInstanceOf(RefreshError);
    expect(fault).toMatchObject({ code: 'secret_store_failed' });
    expect(String(fault)).toMatch(words);
  }

  async function faultWithinBound(call: Promise<unknown>): Promise<unknown> {
    const startedAt = performance.now();
    const fault = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(performance.now() - startedAt).toBeLessThan(boundMilliseconds);
    expect(inspect(fault, { depth: null, showHidden: true })).not.toContain(madeUp.slice(5, 17));
    return fault;
  }

  const answering = (text: string) => (socket: Socket) => socket.end(text);

  it.each(cuts)('is a fault of the store, or an alert not taken, if the connection is cut %s', async (_, cut) => {
    const url = await serve(cut);
    await expectStoreFault(get(url), /: GetSecretValue of zoho\/desk\/token failed: [A-Za-z_ ]+$/);
    expect(String(await faultWithinBound(publish(url)))).toMatch(/SNS did not take the alert: [A-Za-z_ ]+$/);
  });

  it('names a port at which nobody listens', async () => {
    const url = await servers.serveNobody();
    await expectStoreFault(get(url), /failed: ECONNREFUSED/);
    expect(String(await faultWithinBound(publish(url)))).toMatch(/ECONNREFUSED/);
  });

  it('follows no redirect', async () => {
    let visitors = 0;
    const elsewhere = await serve((socket) => {
      visitors += 1;
      socket.end();
    });
    const redirect = `HTTP/1.1 302 Found\r\nLocation: ${elsewhere}/\r\nContent-Length: 0\r\n\r\n`;
    await expectStoreFault(get(await serve(answering(redirect))), /failed: [A-Za-z]+$/);
    expect(String(await faultWithinBound(publish(await serve(answering(redirect)))))).toMatch(/did not take/);
    expect(visitors).toBe(0);
  });

  it('quotes nothing of an answer that is not HTTP, or not JSON', async () => {
    for (const text of [
      `HTTP/1.1 200 OK\r\nno header\r\n\r\n{"SecretString":"${madeUp}"}`,
      `HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"SecretString":"${madeUp}`.padEnd(141, 'x'),
    ]) {
      await expectStoreFault(get(await serve(answering(text))), /failed: [A-Za-z]+$/);
    }
  });

  it('reads no more than any answer of AWS has', async () => {
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n{"SecretString":"');
      socket.write('x'.repeat(awsConnections.maxResponseSize));
    });
    await expectStoreFault(get(url), /failed: ResponseExceededMaxSizeError$/);
    expect(String(await faultWithinBound(publish(url)))).toMatch(/ResponseExceededMaxSizeError$/);
  });

  const hangs: [string, (socket: Socket) => void][] = [
    ['before the answer', () => undefined],
    ['within the head', (socket) => socket.write('HTTP/1.1 200 OK\r\nConte')],
    ['within the body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{')],
  ];

  it('waits no longer than its limit if the server hangs at any stage', async () => {
    const limits = { headersTimeout: 100, bodyTimeout: 100 };
    await Promise.all(
      hangs.map(async ([, hang]) =>
        expectStoreFault(get(await serve(hang), never, limits), /failed: (Body)?TimeoutError$/),
      ),
    );
  });

  it('ends with the run if the server hangs at any stage, or drips', async () => {
    const hanging = [...hangs.map(([, hang]) => hang), drip].flatMap((hang) => [
      (async () => expectStoreFault(get(await serve(hang), AbortSignal.timeout(200)), /failed: AbortError$/))(),
      (async () =>
        expect(String(await faultWithinBound(publish(await serve(hang), AbortSignal.timeout(200))))).toMatch(
          /not take the alert: AbortError$/,
        ))(),
    ]);
    await Promise.all(hanging);
  });

  describe('over TLS', () => {
    const servername = 'accounts.zoho.test';
    const answer = JSON.stringify({ Name: secretId, VersionId: 'v', SecretString: madeUp });

    it('takes the answer of a host whose certificate is trusted and names it', async () => {
      const url = await serveTls(certificate, answer);
      const trusting = { connect: { ca: certificate, servername } };
      expect(await get(url, never, trusting)).toEqual({ versionId: 'v', text: madeUp });
    });

    it.each([
      ['nobody trusts', certificate, { servername }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [
        'names another host',
        certificate,
        { ca: certificate, servername: 'sns.ap-south-1.amazonaws.com' },
        'ERR_TLS_CERT_ALTNAME_INVALID',
      ],
      ['ended', expiredCertificate, { ca: expiredCertificate, servername }, 'CERT_HAS_EXPIRED'],
    ])('sends nothing to a host whose certificate %s', async (_, shown, connect, code) => {
      const url = await serveTls(shown, answer);
      await expectStoreFault(get(url, never, { connect }), new RegExp(`failed: ${code}$`));
      expect(String(await faultWithinBound(publish(url, never, { connect })))).toContain(code);
      expect(servers.requestsOverTls).toEqual([]);
    });

    it('waits for a connection no longer than its limit, and not past the end of the run by more', async () => {
      const url = (await serve(() => undefined)).replace('http:', 'https:');
      await Promise.all([
        expectStoreFault(get(url, never, { connect: { timeout: 20 } }), /failed: TimeoutError$/),
        // undici ends a call that waits for its connection only when that stands or its limit of a second is over.
        expectStoreFault(get(url, AbortSignal.timeout(200)), /failed: (Abort|Timeout)Error$/),
      ]);
    });
  });
});
