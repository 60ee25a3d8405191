import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole } from '../../local/console/start-console.ts';
import { giveConsent } from '../../local/stage.ts';
import { type ConsoleNight, cardOf, startConsoleNight } from './console-night.ts';

let night: ConsoleNight;
beforeAll(async () => {
  night = await startConsoleNight();
  await night.page.goto(night.console.url);
  await night.page.getByRole('radio', { name: '60×' }).waitFor();
});
afterAll(() => night.close());

const row = (id: string) => night.page.locator(`[data-fault="${id}"]`);
const answer = () => night.page.locator('#answer');
/** The page is told at most half a second after something happened. */
const soon = { timeout: 5_000 };

async function openGroups(): Promise<void> {
  const closed = night.page.locator('#faults details:not([open]) > summary');
  while ((await closed.count()) > 0) await closed.first().click();
}

describe('an order', () => {
  it('that cannot be carried out says why', async () => {
    await openGroups();
    await night.page.locator('#scope').selectOption('desk');
    await row('connection/delete-client').getByRole('button').click();
    await expect
      .poll(() => row('connection/delete-client').getByRole('button').textContent(), soon)
      .toBe('Heal');
    await row('connection/rotate-secret').getByRole('button').click();
    await expect
      .poll(() => answer().textContent(), soon)
      .toBe('Not done: heal “Delete the OAuth client” of desk first.');
    expect(await answer().getAttribute('role')).toBe('status');
    expect(night.console.breakage.list().map(({ id }) => id)).toEqual(['connection/delete-client']);
    night.console.breakage.healAll();
  });

  it('for a second test alert says that none went out', async () => {
    const button = night.page.getByRole('button', { name: 'Send a test alert' });
    await button.click();
    await expect.poll(() => answer().textContent(), soon).toBe('the test alert is in the inbox.');
    await button.click();
    await expect
      .poll(() => answer().textContent(), soon)
      .toContain('a test alert went out less than ten minutes ago');
    const mails = night.page.locator('#messages button', { hasText: 'TEST: zoho/all' });
    await expect.poll(() => mails.count(), soon).toBe(1);
  });

  it('for a test alert that SNS refuses says so', async () => {
    await night.ticks(3);
    night.console.breakage.break('sns/access_denied');
    await night.page.getByRole('button', { name: 'Send a test alert' }).click();
    await expect.poll(() => answer().textContent(), soon).toContain('SNS did not take the test alert on');
    night.console.breakage.healAll();
  });

  it('for all connections befalls those that are well where one is broken already', async () => {
    const { page, console } = night;
    console.breakage.break('token/http_500', 'desk');
    await page.locator('#scope').selectOption('desk');
    await expect.poll(() => row('token/http_500').getByRole('button').textContent(), soon).toBe('Heal');
    await page.locator('#scope').selectOption('');
    expect(await row('token/http_500').getByRole('button').textContent()).toBe('Break');
    await row('token/http_500').getByRole('button').click();
    await expect
      .poll(() => console.breakage.list(), soon)
      .toEqual([{ id: 'token/http_500', connections: ['desk', 'salesiq', 'salesiq-visitor'] }]);
    console.breakage.healAll();
  });
});

describe('an operator’s own fix', () => {
  it.each(['token/wrong_prefix', 'token/throttle_400', 'service/desk:INVALID_OAUTH'])(
    'ends %s: it belonged to the old consent',
    async (fault) => {
      const { console, stage, zoho } = night;
      console.breakage.break(fault, 'desk');
      await night.ticks(9);
      expect(console.breakage.list().map(({ id }) => id)).toEqual([fault]);
      const desk = stage.connections.find(({ name }) => name === 'desk');
      if (desk === undefined) throw new Error('no connection desk');
      stage.secretsManager.put('zoho/desk/credentials', JSON.stringify(giveConsent(zoho, desk)));
      await night.ticks(1);
      expect(console.breakage.list()).toEqual([]);
      await expect.poll(() => cardOf(night.page, 'desk').getAttribute('data-level'), soon).toBe('good');
    },
  );
});

describe('who looks for a fault', () => {
  it('finds the groups afterwards as they were', async () => {
    const { page } = night;
    await page.reload();
    await page.locator('#faults details').first().waitFor();
    const open = () => page.locator('#faults details.group[open]').count();
    expect(await open()).toBe(1);
    await page.locator('#find-fault').fill('KMS');
    expect(await open()).toBe(2);
    expect(await page.locator('#faults details.group:visible').count()).toBe(2);
    await page.locator('#find-fault').fill('');
    expect(await open()).toBe(1);
    expect(await page.locator('#faults details.group:visible').count()).toBeGreaterThan(5);
  });

  it('sees one connection alone in the time line by its card, and all of them again', async () => {
    const { page } = night;
    const legend = () => page.locator('#legend li').allTextContents();
    const button = page.getByRole('button', { name: 'desk', exact: true });
    expect(await legend()).toEqual(['salesiq', 'desk', 'salesiq-visitor']);
    await button.click();
    expect(await legend()).toEqual(['desk']);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await button.click();
    expect(await legend()).toEqual(['salesiq', 'desk', 'salesiq-visitor']);
    await page.locator('#drawn').selectOption('salesiq');
    expect(await legend()).toEqual(['salesiq']);
    await page.locator('#drawn').selectOption('');
  });
});

describe('the connection of the page', () => {
  it('rests while nobody sees the page, and catches up when somebody does', async () => {
    const { page } = night;
    const setHidden = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    const newest = () => page.locator('#ticks button').first().textContent();
    const before = await newest();
    await setHidden(true);
    await night.ticks(2);
    await wait(1_200);
    expect(await newest()).toBe(before);
    expect(await page.locator('#offline').isHidden()).toBe(true);
    await setHidden(false);
    await expect.poll(newest, soon).not.toBe(before);
  });

  it('comes back by itself after too many pages were open', async () => {
    const { page, console } = night;
    await page.goto('about:blank');
    await wait(300);
    const others = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 32 }, () => fetch(`${console.url}/events`, { signal: others.signal })),
    );
    expect(open.every(({ ok }) => ok)).toBe(true);
    await page.goto(console.url);
    await expect.poll(() => page.locator('#offline').isVisible(), { timeout: 10_000 }).toBe(true);
    others.abort();
    await expect.poll(() => page.locator('#offline').isHidden(), { timeout: 10_000 }).toBe(true);
    await cardOf(page, 'desk').waitFor();
  });

  it('shows nothing of the process before, where npm start was started anew', async () => {
    const { page, console, stage } = night;
    expect(await page.locator('#messages button').count()).toBeGreaterThan(1);
    const port = Number(new URL(console.url).port);
    await console.close();
    const again = await startConsole(stage, { port });
    try {
      await expect.poll(() => page.locator('#offline').isHidden(), { timeout: 15_000 }).toBe(true);
      await expect.poll(() => page.locator('#ticks button').count(), { timeout: 15_000 }).toBe(1);
      await expect.poll(() => page.locator('#lines').textContent(), soon).toContain('"event":"connection"');
    } finally {
      await again.close();
    }
  });
});

it('made the browser complain of nothing but the two refusals and the restart', () => {
  expect(
    night.complaints.filter(
      (complaint) =>
        !/status of (400|503)|ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING)/.test(complaint),
    ),
  ).toEqual([]);
});
