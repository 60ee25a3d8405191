import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openCliStage, test } from '../support/cli/cli-stage.ts';
import { startProgram } from '../support/cli/start-program.ts';
import { certificate, key } from '../support/loopback-certificate.ts';

/** A proxy on loopback that remembers where it was asked to go. Every tunnel ends at one port, whatever host it names. */
async function startProxy(tunnelPort: number) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', (request, client: Socket) => {
    asked.push(request.url ?? '');
    const onward = connect(tunnelPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    sockets.add(onward);
    for (const socket of [client, onward]) socket.on('error', () => undefined);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${await portOf(server)}` };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('calls to the real hosts go over TLS through a tunnel of the proxy', async ({ cli }) => {
  await cli.tick(new Date());
  const hosts = createTlsServer({ key, cert: certificate }, (request, answer) => {
    const { host = '' } = request.headers;
    const url = host.startsWith('secretsmanager.') ? cli.secretsManager.url : `${cli.zoho.url}/${host}`;
    const { method, headers } = request;
    const onward = forward(`${url}${request.url}`, { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    request.pipe(onward);
  });
  onTestFinished(() => void hosts.close());
  const proxy = await startProxy(await portOf(hosts));
  const run = (more: Readonly<Record<string, string>>) =>
    startProgram(['check', 'desk'], {
      folder: cli.folder,
      variables: {
        PATH: process.env.PATH ?? '',
        HOME: cli.folder,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_REGION: 'ap-south-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        HTTPS_PROXY: proxy.url,
        ...more,
      },
    }).ended;
  const authority = cli.write('authority.pem', certificate);
  const trusting = await run({ NODE_EXTRA_CA_CERTS: join(cli.folder, authority) });
  expect(trusting).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ Callback Creation') });
  expect(new Set(proxy.asked)).toEqual(new Set(['secretsmanager.ap-south-1.amazonaws.com:443', 'desk.zoho.in:443']));
  const { code, stderr } = await run({});
  expect(code).toBe(1);
  expect(stderr).toMatch(/DEPTH_ZERO_SELF_SIGNED_CERT\n.*NODE_EXTRA_CA_CERTS/);
});

test('a host that NO_PROXY names is asked without the proxy', async ({ cli }) => {
  await cli.tick(new Date());
  const behind = { ...cli.account, HTTP_PROXY: 'http://127.0.0.1:9' };
  expect((await cli.runElsewhere(['check', 'desk'], behind)).code).toBe(1);
  expect((await cli.runElsewhere(['check', 'desk'], { ...behind, NO_PROXY: '127.0.0.1' })).code).toBe(0);
});

test('a proxy that is not an address is refused by the name of its variable, without its value', async ({ cli }) => {
  const { code, stdout, stderr } = await cli.runElsewhere(['status'], {
    ...cli.account,
    HTTPS_PROXY: 'socks://user:hunter2@proxy',
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: HTTPS_PROXY: expected an address such as http:\/\/proxy\.example:3128\n/);
  expect(stderr).not.toContain('hunter2');
});

test.each([
  ['a host that nobody knows', 'http://nobody.invalid', /(ENOTFOUND|EAI_AGAIN) nobody\.invalid\n.*HTTPS_PROXY/],
  ['a port where nobody listens', 'http://127.0.0.1:9', /ECONNREFUSED 127\.0\.0\.1:9\n.*HTTPS_PROXY/],
])('%s is named, with what to do', async (_, endpoint, words) => {
  const cli = await openCliStage();
  const { code, stdout } = await cli.runElsewhere(['status'], {
    ...cli.account,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    AWS_ENDPOINT_URL: endpoint,
  });
  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringMatching(words) });
  expect(stdout).toMatch(/the last tick is not known: E[A-Z_]+ [\w.:]+\n/);
});

test.each([
  ['cannot be reached', { ZOHO_ENDPOINT_URL: 'http://127.0.0.1:9' }],
  ['is behind a proxy at which nobody listens', { ZOHO_ENDPOINT_URL: '', HTTPS_PROXY: 'http://127.0.0.1:9' }],
])('a Zoho that %s is named, with what to do here', async (_, more) => {
  const cli = await openCliStage();
  await cli.tick(new Date());
  const { code, stdout } = await cli.runElsewhere(['check', 'desk'], { ...cli.account, ...more });
  expect(code).toBe(1);
  expect(stdout).toMatch(/no answer from desk\.zoho\.in: ECONNREFUSED\n.*HTTPS_PROXY/);
});
