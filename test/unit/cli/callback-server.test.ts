import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { type CallbackServer, startCallbackServer } from '../../../cli/authorize/callback-server.ts';
import { freePort } from '../../free-port.ts';

const state = 'the-right-state';
const consentUrl = new URL(`https://accounts.zoho.in/oauth/v2/auth?state=${state}`);

async function startWaiting() {
  const port = await freePort();
  const server = await startCallbackServer(port);
  onTestFinished(() => server.finish({ isGood: false, title: 'over', lines: [] }));
  return { port, server, received: server.receive(consentUrl, 5_000) };
}

/** Sends bytes as they are, and gives the whole answer. */
async function send(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return await text(socket).catch(() => '');
}

const request = (line: string, port: number, headers: readonly string[] = []) =>
  `${[line, `Host: localhost:${port}`, 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;

/** What programs and web pages of this machine can send; none knows the state. */
const hostile: readonly [title: string, bytes: (port: number) => string, status: string][] = [
  ['no HTTP', () => 'hello\r\n\r\n', '400'],
  ['an address that is none', (port) => request('GET //[ HTTP/1.1', port), '400'],
  ['a whole address that is none', (port) => request('GET http://[::1/ HTTP/1.1', port), '400'],
  ['an address of a proxy', (port) => request('GET http://a:b:c/start HTTP/1.1', port), '400'],
  ['an address with a host in it', (port) => request('GET //x/start HTTP/1.1', port), '400'],
  [
    'a foreign Host',
    (port) => request('GET /start HTTP/1.1', port).replace('localhost', 'rebound.example'),
    '400',
  ],
  [
    'a foreign Host with the callback',
    (port) =>
      request(`GET /callback?code=c&state=${state} HTTP/1.1`, port).replace('localhost', 'rebound.example'),
    '400',
  ],
  [
    'an image of a web page',
    (port) => request('GET /start HTTP/1.1', port, ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors']),
    '400',
  ],
  [
    'a link of a web page',
    (port) =>
      request('GET /start HTTP/1.1', port, ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']),
    '400',
  ],
  [
    'a page on another port',
    (port) => request('GET /start HTTP/1.1', port, ['Sec-Fetch-Site: same-site']),
    '400',
  ],
  ['a form', (port) => request('POST /callback HTTP/1.1', port), '405'],
  [
    'a preflight',
    (port) => request('OPTIONS /callback HTTP/1.1', port, ['Origin: https://evil.example']),
    '405',
  ],
  ['another path', (port) => request('GET / HTTP/1.1', port), '404'],
  ['a callback without a state', (port) => request('GET /callback?code=c HTTP/1.1', port), '400'],
  ['a callback with an empty state', (port) => request('GET /callback?code=c&state= HTTP/1.1', port), '400'],
  [
    'a callback with another state',
    (port) => request('GET /callback?code=c&state=guessed HTTP/1.1', port),
    '400',
  ],
  [
    'a refusal with another state',
    (port) => request('GET /callback?error=access_denied&state=guessed HTTP/1.1', port),
    '400',
  ],
];

test('what others send ends nothing and learns nothing, and the right answer is taken afterwards', async () => {
  const { port, received } = await startWaiting();
  for (const [title, bytes, status] of hostile) {
    const answer = await send(port, bytes(port));
    expect.soft(answer.split(' ')[1], title).toBe(status);
    expect.soft(answer, title).not.toContain(state);
    expect.soft(answer.toLowerCase(), title).not.toContain('access-control-allow');
  }
  const start = await send(port, request('GET /start HTTP/1.1', port, ['Sec-Fetch-Site: none']));
  expect(start).toContain(`location: ${consentUrl.href}`);
  // The consent page of another site sends the browser here.
  const callback = `GET /callback?code=right&state=${state} HTTP/1.1`;
  void send(port, request(callback, port, ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']));
  expect((await received).get('code')).toBe('right');
});

test('the consent page is shown once', async () => {
  const { port, received } = await startWaiting();
  received.catch(() => undefined);
  expect(await send(port, request('GET /start HTTP/1.1', port))).toContain('302');
  const second = await send(port, request('GET /start HTTP/1.1', port));
  expect(second.split(' ')[1]).toBe('400');
  expect(second).not.toContain(state);
});

test('nothing is shown before there is a consent to wait for', async () => {
  const port = await freePort();
  const server: CallbackServer = await startCallbackServer(port);
  onTestFinished(() => server.finish({ isGood: false, title: 'over', lines: [] }));
  for (const path of ['/start', '/callback?code=c&state=']) {
    expect((await send(port, request(`GET ${path} HTTP/1.1`, port))).split(' ')[1]).toBe('404');
  }
});
