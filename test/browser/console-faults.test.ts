import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultEntry, isPerConnection } from '../../local/faults/fault-entry.ts';
import { faultGroups } from '../../local/faults/fault-table.ts';
import { type ConsoleNight, cardOf, startConsoleNight } from './console-night.ts';

let night: ConsoleNight;
beforeAll(async () => {
  night = await startConsoleNight();
  await night.page.goto(night.console.url);
  await night.ticks(1);
});
afterAll(() => night.close());
afterEach(async () => {
  if (night.console.breakage.list().length === 0) return;
  // A test that failed must not fail the next one.
  night.console.breakage.healAll();
  await night.ticks(ticksAfterFailedTest);
});

/** Faults of a service that no connection of this night has are not on the page. */
const entries = faultGroups
  .flatMap((group) => group.entries)
  .filter(({ service }) => service === undefined || ['salesiq', 'desk'].includes(service));
/** A run under this one lasts for ten seconds and fails: two failed ones make the alarm. */
const costsRealSeconds = 'secrets/slow_drip';
const ticksUntilTold = 9;
/** Well again with the next tick, but for a throttle, which is waited out, and a setting, which a probe has to see. */
const ticksUntilHealed = ({ judged }: FaultEntry) =>
  judged === 'rate_limited' ? 7 : judged === 'setting_mismatch' ? 5 : 1;
/** Alarms look at the last three ticks. */
const ticksUntilCalm = 4;
const ticksAfterFailedTest = 8;

/** Lets enough time pass; where a try waits for a time-out, with as few of them as show the same. */
async function untilTold({ id }: FaultEntry): Promise<void> {
  if (id === costsRealSeconds) await night.ticks(4);
  else if (/^token.*(hang|slow)/.test(id)) await night.ticks(2, 22);
  else if (/hang|slow/.test(id)) await night.ticks(3);
  else await night.ticks(ticksUntilTold);
}

/** The alarm that speaks where the refresher cannot. */
function alarmOf({ id }: FaultEntry): string {
  if (id === costsRealSeconds) return 'refresher/errors';
  return id === 'schedule/dropped' ? 'refresher/dropped-ticks' : 'desk/token-life';
}

/** The connection that a fault is tried on. */
function subject({ service }: FaultEntry): string {
  return service ?? 'desk';
}

async function press(name: string): Promise<void> {
  await night.page.getByRole('button', { name, exact: true }).first().click();
}

/** The table is made when it is opened. */
async function openTable(): Promise<void> {
  const { page } = night;
  if (await page.locator('#marks table').isVisible()) await page.locator('#marks summary').click();
  await page.locator('#marks summary').click();
}

/** The page is told at most half a second after something happened. */
async function eventually(look: () => Promise<void>): Promise<void> {
  await expect
    .poll(async () => look().then(() => 'as expected', String), { timeout: 5_000 })
    .toBe('as expected');
}

describe('each fault of the stand-ins', () => {
  it.each(entries)('$id: can be broken and healed, and card, chart and inbox follow', async (entry) => {
    const { page } = night;
    const connection = subject(entry);
    const card = cardOf(page, connection);
    const row = page.locator(`[data-fault="${entry.id}"]`);
    const before = await night.newestMail();
    await page.locator('#find-fault').fill(entry.id);
    await page.locator('#scope').selectOption(isPerConnection(entry) ? connection : '');
    expect((await row.locator('p').textContent())?.length).toBeGreaterThan(20);

    await row.getByRole('button').click();
    if (entry.judged === 'healed') {
      await eventually(async () => expect(await card.textContent()).toContain('a token that Zoho rejects'));
    } else {
      await eventually(async () => {
        expect(await row.getByRole('button').textContent()).toBe('Heal');
        expect(await page.locator(`[data-broken="${entry.id}"]`).count()).toBe(1);
      });
    }
    await untilTold(entry);
    await openTable();
    const fresh = async () => (await night.mailsAfter(before)).join('\n');
    switch (entry.judged) {
      case 'nothing':
      case 'healed':
        await eventually(async () => expect(await card.getAttribute('data-level')).toBe('good'));
        expect(await fresh()).toBe('');
        break;
      case 'alarm':
        await eventually(async () => expect(await fresh()).toContain(`ALARM: "zoho/${alarmOf(entry)}"`));
        break;
      case 'secret_store_failed':
      case 'secret_store_refused':
        await eventually(async () => expect(await fresh()).toContain('ALARM: "zoho/refresher/errors"'));
        await eventually(async () => expect(await card.getAttribute('data-level')).not.toBe('good'));
        break;
      default: {
        const { judged } = entry;
        await eventually(async () =>
          expect(await fresh()).toMatch(new RegExp(`zoho/${connection} .*\\(${judged}\\)`)),
        );
        await eventually(async () => {
          expect(await card.locator('dl').textContent()).toContain(judged);
          expect(await page.locator('#marks tbody').textContent()).toContain(judged);
          expect(await page.locator('#chart').getAttribute('aria-label')).not.toContain(' 0 failures');
        });
      }
    }

    if (entry.judged !== 'healed') {
      await row.getByRole('button').click();
      await eventually(async () => expect(await page.locator('#broken').isHidden()).toBe(true));
    }
    await night.ticks(ticksUntilHealed(entry));
    await eventually(async () => {
      expect(await card.getAttribute('data-level')).toBe('good');
      expect(await card.textContent()).toContain('a token that Zoho accepts');
    });
    if (new RegExp(`zoho/${connection} .*\\(${entry.judged}\\)`).test(await fresh())) {
      expect(await fresh()).toContain(`RESOLVED: zoho/${connection}`);
    }
    await night.ticks(ticksUntilCalm);
  });

  it('leaves nothing broken, no complaint in the browser, and asks no other host', async () => {
    await press('Send a test alert');
    await eventually(async () => expect((await night.mailsAfter(0)).join()).toContain('TEST: zoho/all'));
    expect(night.console.breakage.list()).toEqual([]);
    expect(night.complaints).toEqual([]);
    expect([...night.hosts]).toEqual([new URL(night.console.url).host]);
  });
});
