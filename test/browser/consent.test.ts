import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type CliStage, openCliStage } from '../support/cli/stage.ts';
import { hasBrowser, openBrowser, withoutBrowser } from './chromium.ts';

/** Starts `authorize` with the practice client, and waits until it has a page to open. */
async function authorize(cli: CliStage, more: readonly string[] = []) {
  const line = ['authorize', 'desk', '--no-browser', '--port', `${cli.callbackPort}`, ...more];
  const running = cli.startProcess(line, '\n\n');
  const [startUrl] = await running.says(/http:\/\/localhost:\d+\/start/);
  return { running, startUrl };
}

describe.skipIf(!hasBrowser)(`consent in a real browser${withoutBrowser}`, () => {
  test('granted: the page says that it worked, and the credentials work', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const browser = await openBrowser();
    const { running, startUrl } = await authorize(cli);
    const page = await browser.newPage();
    await page.goto(startUrl);
    expect(await page.locator('li').allTextContents()).toEqual([
      'Desk.calls.CREATE',
      'Desk.calls.READ',
      'Desk.basic.READ',
    ]);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect(await page.getByRole('heading').textContent()).toBe('✓ Consent for desk is stored');
    expect(await page.getByText('You can close this window.').isVisible()).toBe(true);
    expect((await running.ended).code).toBe(0);
    expect((await cli.run(['refresh', 'desk'])).stdout).toMatch(/desk +refreshed/);
  });

  test('denied: the page and the terminal say why, and nothing is stored', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const before = cli.everythingStored();
    const browser = await openBrowser();
    const { running, startUrl } = await authorize(cli);
    const page = await browser.newPage();
    await page.goto(startUrl);
    await page.getByRole('button', { name: 'Reject' }).click();
    expect(await page.getByRole('heading').textContent()).toBe('✗ Nothing was stored for desk');
    expect(await page.locator('main').textContent()).toContain('consent was declined on the page');
    expect(await running.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('consent was declined'),
    });
    expect(cli.everythingStored()).toBe(before);
  });

  test('another state: the answer is refused, the command goes on waiting, and nothing is stored', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const before = cli.everythingStored();
    const browser = await openBrowser();
    const { running, startUrl } = await authorize(cli);
    const page = await browser.newPage();
    await page.goto(startUrl);
    const forged = new URL(page.url());
    forged.searchParams.set('state', 'of-an-attacker');
    await page.goto(forged.href);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect(await page.getByRole('heading').textContent()).toContain('belongs to another consent');
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(130);
    expect(cli.everythingStored()).toBe(before);
  });

  test('window closed: the command ends by itself and says so', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const before = cli.everythingStored();
    const browser = await openBrowser();
    const { running, startUrl } = await authorize(cli, ['--timeout', '4']);
    const page = await browser.newPage();
    await page.goto(startUrl);
    await page.close();
    expect(await running.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was the window closed?'),
    });
    expect(cli.everythingStored()).toBe(before);
  });

  test('two answers: the first is stored, the second is told that it came too late', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const browser = await openBrowser();
    const { running, startUrl } = await authorize(cli);
    const page = await browser.newPage();
    await page.goto(startUrl);
    const exchange = cli.zoho.gate(({ kind }) => kind === 'token');
    const called = page.waitForRequest(/\/callback\?/);
    await page.getByRole('button', { name: 'Accept' }).click({ noWaitAfter: true });
    const callback = (await called).url();
    await exchange.arrived;
    const second = await browser.newPage();
    await second.goto(callback);
    expect(await second.getByRole('heading').textContent()).toBe('✗ This consent was answered already');
    exchange.release();
    await page.getByText('Consent for desk is stored').waitFor();
    expect((await running.ended).code).toBe(0);
    expect(cli.stage.secretsManager.versions('zoho/desk/credentials')).toHaveLength(1);
  });

  test('port taken: the command says so at once, and no consent is asked for', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const other = createServer((_, response) => response.end('another program')).listen(
      cli.callbackPort,
      '127.0.0.1',
    );
    await once(other, 'listening');
    const line = ['authorize', 'desk', '--no-browser', '--port', `${cli.callbackPort}`];
    const ran = await cli.run(line);
    other.close();
    expect(ran).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is taken by another program: choose another with --port'),
    });
    expect(cli.zoho.requests).toEqual([]);
  });

  test('the page that the code came to is not kept, runs no script and loads nothing', async () => {
    const cli = await openCliStage({ hasCredentials: false });
    const browser = await openBrowser();
    const { running, startUrl } = await authorize(cli);
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).host));
    await page.goto(startUrl);
    const answered = page.waitForResponse(/\/callback\?/);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect((await answered).headers()).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(new Set(asked)).toEqual(new Set([`localhost:${cli.callbackPort}`, new URL(cli.zoho.url).host]));
    expect((await running.ended).code).toBe(0);
  });
});
