import { Client } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startConsole } from '../../local/console/start-console.ts';
import { searchForSecrets, secretsHeldBy } from '../support/secrets-search.ts';
import { type ConsoleNight, startConsoleNight } from './console-night.ts';

// What may be asked is decided by guard.ts and tried in its own test; here it is seen that the server asks it.

let night: ConsoleNight;
let port: number;
beforeAll(async () => {
  night = await startConsoleNight();
  port = Number(new URL(night.console.url).port);
});
afterAll(() => night.close());

/** A request with whatever path and headers; `fetch` would not let a test forge Host and Origin. */
async function ask(path: string, headers: Record<string, string> = {}, sent?: string) {
  const client = new Client(night.console.url);
  const method = sent === undefined ? 'GET' : 'POST';
  const { statusCode: status, body } = await client.request({ path, method, headers, body: sent ?? null });
  let text = '';
  for await (const chunk of body) {
    text += chunk;
    if (path === '/events' && text.includes('\n\n')) break;
  }
  await client.destroy();
  return { status, body: text };
}

const order = (body: string, headers: Record<string, string> = {}) =>
  ask('/orders', { origin: night.console.url, 'content-type': 'application/json', ...headers }, body);

it('listens on 127.0.0.1 and no other address', async () => {
  const code = expect.stringMatching(/^(ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT)$/);
  // A server that listens on every address of the machine answers on these, too.
  for (const host of ['127.0.0.2', '[::1]'])
    await expect(fetch(`http://${host}:${port}`)).rejects.toMatchObject({ cause: { code } });
});

it('sends a page whose script and style are small', async () => {
  const [script, style] = await Promise.all([ask('/page.js'), ask('/page.css')]);
  expect(script.body.length).toBeGreaterThan(10_000);
  expect(script.body.length + style.body.length).toBeLessThan(150_000);
});

it('fails for an unknown order and for one from another page, and does nothing', async () => {
  const wish = JSON.stringify({ do: 'break', fault: 'token/http_500' });
  expect((await order(wish, { origin: 'https://somewhere.example' })).status).toBe(403);
  expect((await ask('/orders', {}, wish)).status).toBe(403);
  expect((await order(wish, { 'content-type': 'text/plain' })).status).toBe(400);
  for (const body of [
    '',
    '{}',
    '{"do":"speed","speed":61}',
    '{"do":"speed","speed":"1"}',
    '{"do":"break","fault":"token/nonsense"}',
    '{"do":"break","fault":"token/http_500","connection":"nobody"}',
    '{"do":"heal all","more":1}',
    `{"do":"break","fault":"${'x'.repeat(5_000)}"}`,
  ]) {
    const refused = await order(body);
    expect([refused.status, JSON.parse(refused.body)]).toEqual([400, { error: expect.stringMatching(/./) }]);
  }
  expect([night.console.breakage.list(), night.console.ticker.speed()]).toEqual([[], 0]);
});

it('fails for unknown addresses, for another name of the server, and for a port that is taken', async () => {
  for (const path of ['/nothing', '/ticks/999', '/ticks/x', '/../package.json'])
    expect((await ask(path)).status).toBe(404);
  for (const path of ['/', '/events', '/page.js', '/ticks/1'])
    expect((await ask(path, { host: 'rebound.example' })).status).toBe(403);
  await expect(startConsole(night.stage, { port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
});

it('lets no secret out: not in any answer, not on the page, whatever is broken', async () => {
  const { stage, page, console } = night;
  const secrets = new Set<string>();
  const seen: string[] = [];
  await page.goto(console.url);
  for (const fault of [
    'token/echo_secret',
    'token/echo_secret_error',
    'token/new_refresh_token',
    'connection/revoke',
  ]) {
    console.breakage.break(fault);
    for (let tick = 0; tick < 6; tick += 1) {
      await night.ticks(1);
      for (const secret of secretsHeldBy(stage)) secrets.add(secret);
    }
    await page.waitForTimeout(700);
    const { body } = await ask('/events');
    const ids = [...body.matchAll(/"id":(\d+)/g)].map(([, id]) => id);
    const lines = await Promise.all(ids.map((id) => ask(`/ticks/${id}`)));
    seen.push(body, ...lines.map((answer) => answer.body), await page.content());
    console.breakage.healAll();
    await night.ticks(1);
  }
  expect(seen.join('\n')).toContain('"masked":"1005.…');
  expect(secrets.size).toBeGreaterThan(10);
  expect(searchForSecrets(seen, secrets)).toBeUndefined();
});
