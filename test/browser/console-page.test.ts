import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers } from './axe.ts';
import { type ConsoleNight, cardOf, startConsoleNight } from './console-night.ts';

const artefacts = 'test/artefacts';
let night: ConsoleNight;
beforeAll(async () => {
  mkdirSync(artefacts, { recursive: true });
  night = await startConsoleNight();
  await night.page.goto(night.console.url);
  await night.ticks(16);
});
afterAll(() => night.close());

const widths = [360, 768, 1024, 1600];
const schemes = ['light', 'dark'] as const;

async function settle(): Promise<void> {
  // The chart is drawn at most every quarter of a second, and resized in the frame after.
  await night.page.waitForTimeout(700);
}

describe.each(['calm', 'incident'] as const)('the page in a %s night', (mood) => {
  beforeAll(async () => {
    if (mood === 'calm') return;
    night.console.breakage.break('connection/revoke', 'desk');
    await night.ticks(7);
    night.console.breakage.break('token/html_502', 'salesiq');
    await night.ticks(8);
    await cardOf(night.page, 'desk').and(night.page.locator('[data-level=critical]')).waitFor();
  });

  for (const scheme of schemes) {
    for (const width of widths) {
      it(`has no barrier and fits at ${width} px, ${scheme}`, async () => {
        const { page } = night;
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: 1000 });
        await page.evaluate('scrollTo(0, 0)');
        await settle();
        await page.screenshot({
          path: `${artefacts}/console-${mood}-${scheme}-${width}.png`,
          fullPage: width < 1600,
        });
        expect(await findBarriers(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        );
      });
    }
  }

  it('keeps cards and chart in sight while the last of the faults is looked at', async () => {
    const { page } = night;
    await page.setViewportSize({ width: 1600, height: 1000 });
    const closed = page.locator('#faults details:not([open]) > summary');
    while ((await closed.count()) > 0) await closed.first().click();
    await page.locator('#faults [data-fault]').last().scrollIntoViewIfNeeded();
    const { y, height } = (await page.locator('#chart').boundingBox()) ?? { y: 0, height: 0 };
    expect(y).toBeLessThan(1000);
    expect(y + height).toBeGreaterThan(0);
  });

  it('opens every part without a barrier', async () => {
    const { page } = night;
    await page.setViewportSize({ width: 1600, height: 1000 });
    const closed = page.locator('main details:not([open]) > summary:visible');
    while ((await closed.count()) > 0) await closed.first().click();
    if (mood === 'incident') {
      for (const tab of ['SMS', 'JSON']) {
        await page.getByRole('tab', { name: tab }).click();
        expect(await findBarriers(page)).toEqual([]);
      }
    }
    expect(await findBarriers(page)).toEqual([]);
  });
});

describe('the keyboard', () => {
  it('reaches the skip link first, then the speed of time', async () => {
    const { page } = night;
    await page.reload();
    await page.getByRole('radio', { name: '60×' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.name')).toBe('speed');
  });

  it('reads a message in each form with the arrow keys', async () => {
    const { page } = night;
    await page
      .locator('#messages button', { hasText: /zoho\/desk .*invalid_code/ })
      .first()
      .click();
    await page.getByRole('tab', { name: 'E-mail' }).click();
    expect(await page.locator('#panel').textContent()).toContain('DO THIS');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#panel').textContent()).toMatch(/\d+ characters, \d parts?/);
    await page.keyboard.press('ArrowRight');
    const json = JSON.parse((await page.locator('#panel > pre').textContent()) ?? '') as { code: string };
    expect(json.code).toBe('invalid_code');
    const envelope = JSON.parse((await page.locator('#panel details pre').textContent()) ?? '') as {
      Message: string;
    };
    expect(JSON.parse(envelope.Message)).toEqual(json);
  });

  it('breaks and heals without a mouse', async () => {
    const { page, console } = night;
    console.breakage.healAll();
    await page.locator('#broken').waitFor({ state: 'hidden' });
    await page.locator('#find-fault').focus();
    await page.keyboard.type('ticks stop');
    await page.keyboard.press('Tab');
    for (let presses = 0; presses < 3; presses += 1) {
      if ((await page.evaluate('document.activeElement.tagName')) === 'BUTTON') break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => console.breakage.list().map(({ id }) => id)).toEqual(['schedule/never']);
    await expect.poll(() => page.locator('#next-tick').textContent()).toBe('ticks have stopped');
    await page.keyboard.press('Enter');
    await expect.poll(() => console.breakage.list()).toEqual([]);
    await page.locator('#find-fault').fill('');
  });
});

describe('the log', () => {
  it('shows the lines of the tick that is chosen', async () => {
    const { page } = night;
    const tick = page.locator('#ticks button', { hasText: 'invalid_code' }).last();
    await tick.click();
    await expect.poll(() => page.locator('#lines').textContent()).toContain('"code":"invalid_code"');
    expect(await page.locator('#follow').isChecked()).toBe(false);
  });

  it('shows the tick of the moment that is clicked in the time line', async () => {
    const { page } = night;
    await page.locator('#follow').check();
    await page.locator('#chart .u-over').click({ position: { x: 5, y: 50 } });
    await expect.poll(() => page.locator('#ticks [aria-current]').count()).toBe(1);
    expect(await page.locator('#follow').isChecked()).toBe(false);
  });
});

it('never complained, and asked no other host', () => {
  expect(night.complaints).toEqual([]);
  expect([...night.hosts]).toEqual([new URL(night.console.url).host]);
});

it('says so when the local stage is gone, and connects again by itself', async () => {
  const { page } = night;
  await page.route('**/events', (route) => route.abort());
  await page.reload();
  await expect.poll(() => page.locator('#offline').isVisible()).toBe(true);
  await page.unroute('**/events');
  await expect.poll(() => page.locator('#offline').isHidden(), { timeout: 15_000 }).toBe(true);
});
