import { describe, expect, test } from 'vitest';
import { openCliStage } from '../support/cli/stage.ts';
import { hasBrowser, openBrowser, withoutBrowser } from './chromium.ts';

// What becomes of each answer is tried in test/integration/cli-consent.test.ts; here a browser gives it.

/** Starts `authorize` with the practice client, and opens the page that it names. */
async function authorize() {
  const cli = await openCliStage({ hasCredentials: false });
  const running = cli.startProcess(['authorize', 'desk', ...cli.withoutBrowser], '\n\n');
  const [startUrl] = await running.says(/http:\/\/localhost:\d+\/start/);
  const page = await (await openBrowser()).newPage();
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(startUrl);
  return { cli, running, page, hosts, heading: () => page.getByRole('heading').textContent() };
}

describe.skipIf(!hasBrowser)(`consent in a real browser${withoutBrowser}`, () => {
  test('granted: the page says that it worked, is not kept, and loads nothing; the credentials work', async () => {
    const { cli, running, page, hosts, heading } = await authorize();
    const scopes = ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.basic.READ'];
    expect(await page.locator('li').allTextContents()).toEqual(scopes);
    const answered = page.waitForResponse(/\/callback\?/);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect((await answered).headers()).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(await heading()).toBe('✓ Consent for desk is stored');
    expect(await page.getByText('You can close this window.').isVisible()).toBe(true);
    expect((await running.ended).code).toBe(0);
    expect((await cli.run(['refresh', 'desk'])).stdout).toMatch(/desk +refreshed/);
    expect(hosts).toEqual(new Set([`localhost:${cli.callbackPort}`, new URL(cli.zoho.url).host]));
  });

  test('denied: the page and the terminal say why, and nothing is stored', async () => {
    const { cli, running, page, heading } = await authorize();
    const before = cli.everythingStored();
    await page.getByRole('button', { name: 'Reject' }).click();
    expect(await heading()).toBe('✗ Nothing was stored for desk');
    expect(await page.locator('main').textContent()).toContain('consent was declined on the page');
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('consent was declined')]);
    expect(cli.everythingStored()).toBe(before);
  });

  test('another state: the answer is refused, the command goes on waiting, and nothing is stored', async () => {
    const { cli, running, page, heading } = await authorize();
    const before = cli.everythingStored();
    const forged = new URL(page.url());
    forged.searchParams.set('state', 'of-an-attacker');
    await page.goto(forged.href);
    await page.getByRole('button', { name: 'Accept' }).click();
    expect(await heading()).toContain('belongs to another consent');
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(130);
    expect(cli.everythingStored()).toBe(before);
  });
});
