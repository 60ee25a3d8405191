import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole } from '../../local/console/start-console.ts';
import { type ConsoleNight, startConsoleNight } from './console-night.ts';

let night: ConsoleNight;
beforeAll(async () => {
  night = await startConsoleNight();
});
afterAll(() => night.close());

type Answer = { status: number; headers: NodeJS.Dict<string | string[]>; body: string };

/** A request with whatever headers; `fetch` would not let a test forge Host and Origin. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port, host } = new URL(night.console.url);
  const { method = 'GET', headers = {}, body = '' } = options;
  const sent = request({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
    let text = '';
    response.on('data', (chunk) => {
      text += chunk;
      if (path === '/events' && text.includes('event: history')) response.destroy();
    });
    response.on('close', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
    );
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function order(body: string, headers: Record<string, string> = {}) {
  const { origin } = new URL(night.console.url);
  return ask('/orders', {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('the server', () => {
  it('listens on 127.0.0.1 and no other address', async () => {
    const port = Number(new URL(night.console.url).port);
    const ends = (address: string) =>
      new Promise<string>((resolve) => {
        const socket = connect({ host: address, port });
        socket.once('connect', () => resolve('answered'));
        socket.once('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.message));
      });
    // A server that listens on every address of the machine answers on these, too.
    expect(await Promise.all(['127.0.0.1', '127.0.0.2', '::1'].map(ends))).toEqual([
      'answered',
      'ECONNREFUSED',
      expect.stringMatching(/^(ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT)$/),
    ]);
  });

  it('sends script and style of less than 150 kB together, from itself alone', async () => {
    const [page, script, style] = await Promise.all([ask('/'), ask('/console.js'), ask('/console.css')]);
    expect(script.body.length + style.body.length).toBeLessThan(150_000);
    expect(script.body.length).toBeGreaterThan(10_000);
    expect(page.body).not.toMatch(/<script(?![^>]*src="\/console\.js")|<style| style=| on\w+=|https?:/);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  });

  it.each(['/', '/events', '/console.js', '/ticks/1'])(
    'fails for %s asked under another name',
    async (path) => {
      const refused = await ask(path, { headers: { host: 'rebound.example' } });
      expect(refused.status).toBe(403);
      expect(refused.body).not.toContain('event:');
    },
  );

  it('fails for an order from another origin, and for one without any', async () => {
    const wish = JSON.stringify({ do: 'break', fault: 'token/http_500' });
    expect((await order(wish, { origin: 'https://somewhere.example' })).status).toBe(403);
    expect((await ask('/orders', { method: 'POST', body: wish })).status).toBe(403);
    expect((await order(wish, { 'content-type': 'text/plain' })).status).toBe(400);
    expect(night.console.breakage.list()).toEqual([]);
  });

  it.each([
    '',
    '{}',
    '{"do":"speed","speed":61}',
    '{"do":"speed","speed":"1"}',
    '{"do":"break","fault":"token/nonsense"}',
    '{"do":"break","fault":"token/http_500","connection":"nobody"}',
    '{"do":"heal all","more":1}',
    `{"do":"break","fault":"${'x'.repeat(5_000)}"}`,
  ])('fails for the order %#, says why and does nothing', async (body) => {
    const refused = await order(body);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toEqual({ error: expect.stringMatching(/./) });
    expect(night.console.breakage.list()).toEqual([]);
    expect(night.console.ticker.speed()).toBe(0);
  });

  it.each(['/nothing', '/ticks/999', '/ticks/x', '/../package.json'])(
    'fails for the unknown address %s',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  it('fails with node’s own error where the port is taken, and leaves no schedule behind', async () => {
    const port = Number(new URL(night.console.url).port);
    await expect(startConsole(night.stage, { port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  });
});

it('notices when somebody else has mended the credentials', async () => {
  const { stage, console } = night;
  console.breakage.break('connection/spoil-credentials', 'desk');
  console.breakage.break('token/http_500', 'salesiq');
  await night.ticks(1);
  expect(console.breakage.list().map(({ id }) => id)).toEqual([
    'connection/spoil-credentials',
    'token/http_500',
  ]);
  const [whole] = stage.secretsManager.versions('zoho/desk/credentials');
  stage.secretsManager.put('zoho/desk/credentials', whole?.secretString ?? '');
  await night.ticks(1);
  expect(console.breakage.list().map(({ id }) => id)).toEqual(['token/http_500']);
  console.breakage.healAll();
});

it('lets no secret out: not in any answer, not on the page, whatever is broken', async () => {
  const { stage, page, zoho, console } = night;
  const secrets = new Set<string>();
  const remember = () => {
    for (const { name } of stage.connections) {
      const text = stage.secretsManager.read(`zoho/${name}/credentials`) ?? '{}';
      const { client_secret: secret, refresh_token: refresh } = JSON.parse(text) as Record<string, string>;
      for (const each of [secret, refresh]) if (each !== undefined) secrets.add(each);
      for (const { accessToken } of zoho.liveTokens(refresh ?? '')) secrets.add(accessToken);
    }
  };
  await page.goto(night.console.url);
  const seen: string[] = [];
  for (const fault of [
    'token/echo_secret',
    'token/echo_secret_error',
    'token/new_refresh_token',
    'connection/revoke',
  ]) {
    console.breakage.break(fault);
    for (let tick = 0; tick < 6; tick += 1) {
      await night.ticks(1);
      remember();
    }
    await wait(700);
    const { body } = await ask('/events');
    const ids = [...body.matchAll(/"id":(\d+)/g)].map(([, id]) => id);
    const lines = await Promise.all(ids.map((id) => ask(`/ticks/${id}`)));
    seen.push(body, ...lines.map((answer) => answer.body), await page.content());
    console.breakage.healAll();
    await night.ticks(1);
    remember();
  }
  const everything = seen.join('\n');
  expect(everything).toContain('"masked":"1005.…');
  expect(secrets.size).toBeGreaterThan(10);
  for (const secret of secrets) {
    for (let at = 0; at + 12 <= secret.length; at += 1) {
      expect(everything.includes(secret.slice(at, at + 12)), 'a piece of a secret').toBe(false);
    }
  }
});
