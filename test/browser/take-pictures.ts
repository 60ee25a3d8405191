import { setTimeout as wait } from 'node:timers/promises';
import { cardOf, startConsoleNight } from './console-night.ts';

// Takes the pictures of docs/drill.md, so that they show the page as it is: node test/browser/take-pictures.ts
const night = await startConsoleNight({ page: { viewport: { width: 1480, height: 1010 } } });
const { page, console: stage } = night;

/** The chart is drawn at most every quarter of a second. */
async function take(name: string): Promise<void> {
  await wait(1_000);
  await page.screenshot({ path: `docs/pictures/${name}.png` });
}

try {
  await page.goto(stage.url);
  await page.getByRole('radio', { name: '3 h' }).check();
  await night.ticks(32);
  stage.breakage.break('token/html_502', 'salesiq');
  await night.ticks(12);
  stage.breakage.break('connection/revoke', 'desk');
  await night.ticks(4);
  await cardOf(page, 'desk').and(page.locator('[data-level=critical]')).waitFor();
  await page.getByRole('radio', { name: '1×' }).check();
  await page.getByRole('button').filter({ hasText: 'FAILING NOW: zoho/desk' }).click();
  await take('console-incident');
  stage.breakage.healAll();
  await night.ticks(4);
  await page.getByRole('button').filter({ hasText: 'RESOLVED: zoho/desk' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('radio', { name: '1×' }).check();
  await take('console-healed-dark');
} finally {
  await night.close();
}
