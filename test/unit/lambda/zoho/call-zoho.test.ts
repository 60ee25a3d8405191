import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { Agent, errors } from 'undici';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RefreshError } from '../../../../lambda/failure.ts';
import { zohoConnections } from '../../../../lambda/settings.ts';
import { createCallZoho } from '../../../../lambda/zoho/call-zoho.ts';
import { certificate, expiredCertificate } from '../../../support/loopback-certificate.ts';
import { cuts, drip, openRawServers } from '../../../support/raw-servers.ts';

const host = 'accounts.zoho.in';
const request = { host, method: 'POST', path: '/oauth/v2/token', headers: {}, body: 'a=b' } as const;

describe('a call to Zoho', () => {
  const servers = openRawServers();
  const { serve, serveTls } = servers;
  const dispatchers: Agent[] = [];

  afterEach(async () => {
    for (const dispatcher of dispatchers.splice(0)) await dispatcher.destroy();
    servers.close();
  });

  /** Each test ends as an invocation does: by destroying what is open. */
  function callZohoAt(url: string, signal = new AbortController().signal, options = {}) {
    const dispatcher = new Agent({ ...zohoConnections, ...options });
    dispatchers.push(dispatcher);
    return createCallZoho(dispatcher, url, signal);
  }

  const call = (url: string, signal?: AbortSignal, options?: object) => callZohoAt(url, signal, options)(request);
  const faultOf = async (url: string, signal?: AbortSignal, options?: object) => {
    const fault = await call(url, signal, options).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(RefreshError);
    return fault as RefreshError;
  };

  it('sends the body once, on a connection that ends with the answer', async () => {
    let received = '';
    let hasEnded = false;
    const url = await serve((socket, text) => {
      received = text;
      socket.once('close', () => {
        hasEnded = true;
      });
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    });
    expect(await call(url)).toEqual({ status: 200, body: '{}' });
    expect(received).toMatch(/^POST \/accounts\.zoho\.in\/oauth\/v2\/token HTTP\/1\.1\r\n/);
    expect(received.toLowerCase()).toContain('\r\nconnection: close\r\n');
    expect(received.toLowerCase()).toContain('\r\ncontent-length: 3\r\n');
    await expect.poll(() => hasEnded).toBe(true);
  });

  it('gives a redirect back as it is', async () => {
    const url = await serve((socket) =>
      socket.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n'),
    );
    expect(await call(url)).toEqual({ status: 302, body: '' });
  });

  it('reads an answer that comes in pieces, cut within a character', async () => {
    const bytes = Buffer.from('{"a":"é"}');
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.write(bytes.subarray(0, 7), () => setTimeout(() => socket.end(bytes.subarray(7)), 20));
    });
    expect((await call(url)).body).toBe('{"a":"é"}');
  });

  it('keeps nothing of an answer in what it throws', async () => {
    const made = '1000.0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210';
    const url = await serve((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\nno header\r\n\r\n{"access_token":"${made}"}`);
    });
    const fault = await faultOf(url);
    expect(fault.message).toContain('HTTPParserError');
    expect(inspect(fault, { depth: null, showHidden: true })).not.toContain('access_token');
    expect((fault.cause as { rawPacket?: unknown }).rawPacket).toBeUndefined();
  });

  it.each(cuts)('is zoho_unavailable if the connection is cut %s', async (_, cut) => {
    const fault = await faultOf(await serve(cut));
    expect(fault.code).toBe('zoho_unavailable');
    expect(fault.message).toMatch(/^no answer from accounts\.zoho\.in: [A-Z]/);
  });

  it('is zoho_unavailable if nobody listens', async () => {
    expect((await faultOf(await servers.serveNobody())).message).toBe('no answer from accounts.zoho.in: ECONNREFUSED');
  });

  it('waits for a connection, TLS included, no longer than it has to', async () => {
    const url = (await serve(() => undefined)).replace('http:', 'https:');
    const startedAt = performance.now();
    const fault = await faultOf(url, undefined, { connect: { timeout: 20 } });
    expect(fault.message).toBe('no answer from accounts.zoho.in: UND_ERR_CONNECT_TIMEOUT');
    // undici's clock for time-outs ticks twice a second.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  describe('over TLS', () => {
    it('takes the answer of a host whose certificate is trusted and names it', async () => {
      const trusting = { connect: { ca: certificate, servername: 'accounts.zoho.test' } };
      expect(await callZohoAt(await serveTls(certificate, '{}'), undefined, trusting)(request)).toEqual({
        status: 200,
        body: '{}',
      });
      expect(servers.requestsOverTls.splice(0)).toHaveLength(1);
    });

    const servername = 'accounts.zoho.test';
    it.each([
      ['nobody trusts', certificate, { servername }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      [
        'names another host',
        certificate,
        { ca: certificate, servername: 'accounts.zoho.in' },
        'ERR_TLS_CERT_ALTNAME_INVALID',
      ],
      ['ended', expiredCertificate, { ca: expiredCertificate, servername }, 'CERT_HAS_EXPIRED'],
    ])('sends nothing to a host whose certificate %s', async (_, shown, connect, code) => {
      const fault = await faultOf(await serveTls(shown, '{}'), undefined, { connect });
      expect(fault.code).toBe('zoho_unavailable');
      expect(fault.message).toBe(`no answer from accounts.zoho.in: ${code}`);
      expect(servers.requestsOverTls).toEqual([]);
    });

    it('ends with the run if the connection hangs', async () => {
      const startedAt = performance.now();
      const url = (await serve(() => undefined)).replace('http:', 'https:');
      const fault = await faultOf(url, AbortSignal.timeout(200));
      expect(fault.message).toBe('no answer from accounts.zoho.in: TimeoutError');
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['hangs', () => undefined],
    ['drips', (socket) => drip(socket)],
  ])('ends with the run where the answer %s', async (_, answer) => {
    const startedAt = performance.now();
    const fault = await faultOf(await serve(answer), AbortSignal.timeout(200));
    expect(fault.message).toBe('no answer from accounts.zoho.in: TimeoutError');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('ends after ten seconds if the answer hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const fault = faultOf(await serve(() => resolve()));
    await asked;
    vi.advanceTimersByTime(10_000);
    expect((await fault).message).toBe('no answer from accounts.zoho.in: TimeoutError');
  });

  it('reads no more than any answer of Zoho has', async () => {
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.write('x'.repeat(zohoConnections.maxResponseSize + 1));
    });
    const fault = await faultOf(url);
    expect(fault.code).toBe('unexpected_response');
    expect(fault.message).toContain('larger than any');
  });

  it('lets a fault of its own through', async () => {
    const url = await serve(() => undefined);
    const callZoho = callZohoAt(url);
    // A header that no HTTP message may have is a programming error, whatever undici calls it.
    await expect(callZoho({ ...request, headers: { 'bad name': 'x' } })).rejects.toThrow(errors.InvalidArgumentError);
  });
});
