import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClock, setClock } from '../../local/runtime/shared-clock.ts';
import { type ConsoleNight, cardOf, startConsoleNight } from './console-night.ts';

let night: ConsoleNight;
beforeAll(async () => {
  night = await startConsoleNight();
  setClock(night.clock, readClock(night.clock), 1);
  await night.page.goto(night.console.url);
});
afterAll(() => night.close());

describe('time that runs 60 times faster', () => {
  it('lets the whole life of an incident fit into two minutes', async () => {
    const { page } = night;
    const startedAt = performance.now();
    await page.getByRole('radio', { name: '60×' }).check();
    await page.locator('#scope').selectOption('desk');
    await page.locator('#find-fault').fill('HTML with status 502');
    await page.locator('[data-fault="token/html_502"] button').click();
    const mail = (text: string | RegExp) => page.locator('#messages button', { hasText: text }).first();
    await page.locator('#marks summary').click();
    await page.locator('#marks tbody', { hasText: 'zoho_unavailable' }).waitFor({ timeout: 60_000 });
    await mail(/^WATCH UNTIL \d\d:\d\d UTC: zoho\/desk/).waitFor({ timeout: 60_000 });
    await mail(/^WATCH UNTIL .* MIN LEFT: zoho\/desk/).waitFor({ timeout: 60_000 });
    await mail('FAILING NOW: zoho/desk').waitFor({ timeout: 60_000 });
    expect(await cardOf(page, 'desk').textContent()).toContain('a token that has expired');
    await page.locator('#broken button', { hasText: 'Heal everything' }).click();
    await mail('RESOLVED: zoho/desk').waitFor({ timeout: 60_000 });
    await expect.poll(() => cardOf(page, 'desk').getAttribute('data-level')).toBe('good');
    expect(performance.now() - startedAt).toBeLessThan(120_000);
    expect(night.complaints).toEqual([]);
  });

  it('moves the clock and the bars of the page between what the server tells', async () => {
    const { page } = night;
    const clock = page.locator('#clock');
    const before = await clock.textContent();
    await page.waitForTimeout(600);
    expect(await clock.textContent()).not.toBe(before);
    const bar = cardOf(page, 'salesiq').locator('.fill');
    const widths = new Set<string | null>();
    for (let look = 0; look < 6; look += 1) {
      widths.add(await bar.getAttribute('style'));
      await page.waitForTimeout(200);
    }
    expect(widths.size).toBeGreaterThan(2);
  });
});
