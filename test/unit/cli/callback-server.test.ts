import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startCallbackServer } from '../../../cli/authorize/callback-server.ts';
import { freePort } from '../../support/free-port.ts';

const state = 'the-right-state';
const consentUrl = new URL(`https://accounts.zoho.in/oauth/v2/auth?state=${state}`);

async function startServer() {
  const port = await freePort();
  const server = await startCallbackServer(port);
  onTestFinished(() => server.finish({ isGood: false, title: 'over', lines: [] }));
  /** Sends bytes as they are, and gives the whole answer. */
  const send = async (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(bytes);
    return await text(socket).catch(() => '');
  };
  const ask = (line: string, headers: readonly string[] = [], host = 'localhost') => {
    const all = [`${line} HTTP/1.1`, `Host: ${host}:${port}`, 'Connection: close', ...headers];
    return send(`${all.join('\r\n')}\r\n\r\n`);
  };
  return { server, send, ask, wait: () => server.receive(consentUrl, 5_000) };
}

const statusOf = (answer: string) => answer.split(' ')[1];
const site = (of: string, mode: string) => [`Sec-Fetch-Site: ${of}`, `Sec-Fetch-Mode: ${mode}`];

/** What programs and web pages of this machine can send; none knows the state. */
const hostile: readonly [status: string, line: string, headers?: readonly string[], host?: string][] = [
  // Addresses that are none, that are meant for a proxy, or that hold a host.
  ['400', 'GET //['],
  ['400', 'GET http://[::1/'],
  ['400', 'GET http://a:b:c/start'],
  ['400', 'GET //x/start'],
  ['400', 'GET /start', [], 'rebound.example'],
  ['400', `GET /callback?code=c&state=${state}`, [], 'rebound.example'],
  // An image and a link of a web page, and a page on another port.
  ['400', 'GET /start', site('cross-site', 'no-cors')],
  ['400', 'GET /start', site('cross-site', 'navigate')],
  ['400', 'GET /start', ['Sec-Fetch-Site: same-site']],
  // A form and a preflight.
  ['405', 'POST /callback'],
  ['405', 'OPTIONS /callback', ['Origin: https://evil.example']],
  ['404', 'GET /'],
  ['400', 'GET /callback?code=c'],
  ['400', 'GET /callback?code=c&state='],
  ['400', 'GET /callback?code=c&state=guessed'],
  ['400', 'GET /callback?error=access_denied&state=guessed'],
];

test('what others send ends nothing and learns nothing, and the right answer is taken afterwards', async () => {
  const { send, ask, wait } = await startServer();
  const received = wait();
  expect(statusOf(await send('hello\r\n\r\n'))).toBe('400');
  for (const [status, ...request] of hostile) {
    const answer = await ask(...request);
    expect.soft(statusOf(answer), request.join(' ')).toBe(status);
    expect.soft(answer, request.join(' ')).not.toContain(state);
    expect.soft(answer.toLowerCase(), request.join(' ')).not.toContain('access-control-allow');
  }
  expect(await ask('GET /start', ['Sec-Fetch-Site: none'])).toContain(`location: ${consentUrl.href}`);
  // The consent page of another site sends the browser here.
  void ask(`GET /callback?code=right&state=${state}`, site('cross-site', 'navigate'));
  expect((await received).get('code')).toBe('right');
});

test('the consent page is shown once, and nothing before there is a consent to wait for', async () => {
  const { ask, wait } = await startServer();
  for (const path of ['/start', '/callback?code=c&state=']) expect(statusOf(await ask(`GET ${path}`))).toBe('404');
  wait().catch(() => undefined);
  expect(statusOf(await ask('GET /start'))).toBe('302');
  const second = await ask('GET /start');
  expect(statusOf(second)).toBe('400');
  expect(second).not.toContain(state);
});
