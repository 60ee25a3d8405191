import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startConsole } from '../../local/console/start-console.ts';
import { onlyStageName } from '../../local/only-stage.ts';
import { setBareStage } from '../support/stage.ts';
import { startChromium } from './chromium.ts';

/** The evening on which every night of the console begins. */
export const evening = Date.parse('2026-03-01T22:00:05Z');

export type ConsoleNight = Awaited<ReturnType<typeof startConsoleNight>>;

/**
 * The stage, its console and a browser, with a clock that stands still until the test moves it.
 *
 * Whatever the browser asks of another host, complains about or throws is kept: a test ends by looking at it.
 */
export async function startConsoleNight(options: { connectionsText?: string; page?: BrowserContextOptions } = {}) {
  const { page: ofPage, ...ofStage } = options;
  const stage = await setBareStage({ start: evening, stageName: onlyStageName('.'), ...ofStage });
  let ticks = 0;
  const onTick = () => {
    ticks += 1;
  };
  const console = await startConsole(stage, { port: 0, onTick });
  const browser = await startChromium();
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, ...ofPage });
  const complaints: string[] = [];
  const hosts = new Set<string>();
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  const untilTicks = async (wanted: number) => {
    while (ticks < wanted) await wait(5);
  };
  await untilTicks(1);

  return {
    stage,
    console,
    page,
    complaints,
    hosts,
    /** Lets that many ticks pass, each at once, or only time if the schedule has stopped. */
    async ticks(count: number): Promise<void> {
      for (let index = 0; index < count; index += 1) {
        const before = ticks;
        stage.pass(5);
        console.ticker.wake();
        if (console.breakage.delivery() === 'once') await untilTicks(before + 1);
        else await wait(30);
      }
    },
    async close() {
      await browser.close();
      await console.close();
      await stage.close();
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page as it is: each rule with the elements that break it. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => [impact, id, ...nodes.slice(0, 5).map(({ target }) => target)].join(" ")))',
  );
}
