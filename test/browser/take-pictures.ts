import { startConsoleNight } from './console-night.ts';

// Takes the pictures of README.md and docs/drill.md, so that they show the page as it is: node test/browser/take-pictures.ts
const night = await startConsoleNight({
  page: { viewport: { width: 960, height: 740 }, deviceScaleFactor: 1.5 },
});
const { page, console: stage } = night;

/** @param part - Only this element, with a margin. */
async function take(name: string, part?: string): Promise<void> {
  // At a standstill no speed is pressed; the page says that of a program that has just been started.
  await page.evaluate("document.querySelector('header button').ariaPressed = 'true'; scrollTo(0, 0)");
  await page.waitForTimeout(800);
  const box = part === undefined ? null : await page.locator(part).boundingBox();
  const clip = box && { x: box.x - 12, y: box.y - 4, width: box.width + 24, height: box.height + 16 };
  await page.screenshot({ path: `docs/pictures/${name}.png`, ...(clip ? { clip, fullPage: true } : {}) });
}

try {
  await page.goto(stage.url);
  await night.ticks(10);
  await take('console');
  stage.breakage.break('token/invalid_code', 'desk');
  await night.ticks(5);
  await page.setViewportSize({ width: 800, height: 900 });
  await page.getByRole('heading', { name: /^ACT BY.*zoho\/desk/ }).waitFor();
  await take('mail-open', '#reader');
  stage.breakage.break('connection/revoke', 'desk');
  await night.ticks(4);
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.getByText('Apps of desk have no usable token').waitFor();
  await take('console-incident');
} finally {
  await night.close();
}
