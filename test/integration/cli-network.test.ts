import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openCliStage } from './cli-stage.ts';

/** A proxy on loopback that remembers where it was asked to go. */
async function startProxy() {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, answer) => {
    // Plain HTTP: the request line names the whole address.
    const { hostname, port, pathname, search } = new URL(request.url ?? '');
    asked.push(hostname);
    const { method, headers } = request;
    const onward = forward({ method, headers, hostname, port, path: `${pathname}${search}` }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    request.pipe(onward);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', (request, client: Socket) => {
    const { hostname, port } = new URL(`http://${request.url}`);
    asked.push(hostname);
    const onward = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    sockets.add(onward);
    for (const socket of [client, onward]) socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function openAccount() {
  const cli = await openCliStage();
  return {
    cli,
    account: {
      AWS_REGION: 'ap-south-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: cli.stage.secretsManager.url,
      ZOHO_ENDPOINT_URL: cli.zoho.url,
    },
  };
}

test('calls go to AWS and to Zoho through the proxy that the environment names', async () => {
  const { cli, account } = await openAccount();
  await cli.stage.tick(new Date());
  const proxy = await startProxy();
  expect((await cli.runElsewhere(['check', 'desk'], { ...account, HTTP_PROXY: proxy.url })).code).toBe(0);
  expect(proxy.asked.length).toBeGreaterThan(1);
  const before = proxy.asked.length;
  const past = await cli.runElsewhere(['check', 'desk'], {
    ...account,
    HTTP_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1',
  });
  expect(past.code).toBe(0);
  expect(proxy.asked).toHaveLength(before);
});

test.each([
  [
    'a host that nobody knows',
    'http://nobody.invalid',
    /(ENOTFOUND|EAI_AGAIN) nobody\.invalid\n.*HTTPS_PROXY/,
  ],
  ['a port where nobody listens', 'http://127.0.0.1:9', /ECONNREFUSED 127\.0\.0\.1:9\n.*HTTPS_PROXY/],
])('%s is named, with what to do', async (_, endpoint, words) => {
  const { cli, account } = await openAccount();
  const { code, stdout } = await cli.runElsewhere(['status'], {
    ...account,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  });
  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringMatching(words) });
});

test('a Zoho that cannot be reached is named, with what to do', async () => {
  const { cli, account } = await openAccount();
  await cli.stage.tick(new Date());
  const { code, stdout, stderr } = await cli.runElsewhere(['check', 'desk'], {
    ...account,
    ZOHO_ENDPOINT_URL: 'http://127.0.0.1:9',
  });
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/no answer from desk\.zoho\.in: ECONNREFUSED/);
});

test('without a Region the command says so', async () => {
  const { cli, account } = await openAccount();
  const { AWS_REGION: _, ...rest } = account;
  expect(await cli.runElsewhere(['status'], rest)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no AWS Region is set\n.*--region/),
  });
  const asOthers = await cli.runElsewhere(['status'], { ...rest, AWS_DEFAULT_REGION: 'ap-south-1' });
  expect(asOthers.stderr).not.toContain('no AWS Region');
});
