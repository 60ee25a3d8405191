import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClock, setClock } from '../../local/runtime/shared-clock.ts';
import { connectionsText } from '../support/stage.ts';
import { type ConsoleNight, findBarriers, startConsoleNight } from './console-night.ts';

const connections = 50;
const ticksOfADay = 288;

let night: ConsoleNight;
beforeAll(async () => {
  const file = JSON.parse(connectionsText()) as { connections: object[] };
  const many = Array.from({ length: connections }, (_, index) => ({
    ...file.connections[index % file.connections.length],
    name: `connection-${String(index + 1).padStart(2, '0')}`,
  }));
  night = await startConsoleNight({ connectionsText: JSON.stringify({ ...file, connections: many }) });
  await night.ticks(ticksOfADay);
}, 600_000);
afterAll(() => night.close());

const measured = (name: string, value: number) => process.stdout.write(`${name}: ${Math.round(value)} ms\n`);

describe(`${connections} connections with a day of history`, () => {
  it('are shown within two seconds', async () => {
    const { page } = night;
    const startedAt = performance.now();
    await page.goto(night.console.url);
    await page.locator('[data-connection=connection-50]').waitFor();
    await page
      .locator('#ticks button')
      .nth(ticksOfADay - 1)
      .waitFor({ state: 'attached' });
    const shown = performance.now() - startedAt;
    measured('shown after', shown);
    expect(shown).toBeLessThan(2_000);
    await page.getByRole('button', { name: 'connection-07' }).click();
    await page.screenshot({ path: 'test/artefacts/console-large.png' });
    expect(await findBarriers(page)).toEqual([]);
  });

  it('stay smooth while time runs 60 times faster: no task of the page lasts longer than a tenth of a second', async () => {
    const { page } = night;
    await page.getByRole('button', { name: '24 h' }).click();
    await page.evaluate(
      "window.tasks = [0]; new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] })",
    );
    setClock(night.stage.clock, readClock(night.stage.clock), 60);
    night.console.ticker.wake();
    await page.waitForTimeout(15_000);
    night.console.breakage.break('token/http_500');
    await page.waitForTimeout(5_000);
    setClock(night.stage.clock, readClock(night.stage.clock), 0);
    const longest = (await page.evaluate('Math.max(...tasks)')) as number;
    measured('longest task', longest);
    expect(longest).toBeLessThan(100);
    expect(night.complaints).toEqual([]);
    // Lists that only tests need whole; what else is kept is bounded by history.ts, and `npm run prove -- soak` watches the heap.
    const { secretsManager, zoho, sns } = night.stage;
    expect(Math.max(secretsManager.calls.length, zoho.requests.length, sns.inbox.length)).toBeLessThan(1_500);
  });
});
