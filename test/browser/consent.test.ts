import { expect, test } from 'vitest';
import { openCliStage } from '../support/cli/cli-stage.ts';
import { startChromium } from './chromium.ts';

// What becomes of other answers is tried in test/integration/cli-consent.test.ts and test/unit/cli/callback-server.test.ts.

test('consent in a real browser: the page says that it worked, is not kept, and loads nothing; the credentials work', async ({
  onTestFinished,
}) => {
  const cli = await openCliStage({ hasCredentials: false });
  const running = cli.startProcess(['authorize', 'desk', ...cli.withoutBrowser], '\n\n');
  const [startUrl] = await running.says(/http:\/\/localhost:\d+\/start/);
  const browser = await startChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const hosts = new Set<string>();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(startUrl);
  const scopes = ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.basic.READ'];
  expect(await page.locator('li').allTextContents()).toEqual(scopes);
  const answered = page.waitForResponse(/\/callback\?/);
  await page.getByRole('button', { name: 'Accept' }).click();
  expect((await answered).headers()).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
  expect(await page.getByRole('heading').textContent()).toBe('✓ Consent for desk is stored');
  expect(await page.getByText('You can close this window.').isVisible()).toBe(true);
  expect((await running.ended).code).toBe(0);
  expect((await cli.run(['refresh', 'desk'])).stdout).toMatch(/desk +refreshed/);
  expect(hosts).toEqual(new Set([`localhost:${cli.callbackPort}`, new URL(cli.zoho.url).host]));
});
