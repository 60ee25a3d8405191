import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole } from '../../local/console/start-console.ts';
import { type ConsoleNight, findBarriers, startConsoleNight } from './console-night.ts';

const artefacts = 'test/artefacts';
let night: ConsoleNight;
let page: ConsoleNight['page'];
beforeAll(async () => {
  mkdirSync(artefacts, { recursive: true });
  night = await startConsoleNight({ page: { permissions: ['clipboard-read', 'clipboard-write'] } });
  ({ page } = night);
  await page.goto(night.console.url);
  await night.ticks(10);
});
afterAll(() => night.close());

/** The page learns of anything within half a second. */
const soon = { timeout: 5_000 };
const textOf = (selector: string) => page.locator(selector).first().textContent();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const buttonOf = (fault: string) => page.locator(`[data-fault="${fault}"]`).getByRole('button');
const mail = (text: string | RegExp) => page.locator('#messages button', { hasText: text }).first();
const shows = (selector: string, text: string | RegExp, timeout = 5_000) =>
  expect.poll(() => textOf(selector), { timeout }).toMatch(text);
const isBroken = (...ids: string[]) =>
  expect.poll(() => night.console.breakage.list().map(({ id }) => id), soon).toEqual(ids);
const allIsWell = 'All three connections are healthy';

/** Both colour schemes and both ends of each layout. */
const views = [
  [360, 'light'],
  [960, 'dark'],
  [1280, 'light'],
  [1600, 'dark'],
] as const;

function looksRight(mood: string, turn: 0 | 1) {
  it.each(views)(`has no barrier, no overflow and no hole at %d px, ${mood}`, async (width, scheme) => {
    const colorScheme = turn === 0 ? scheme : scheme === 'light' ? 'dark' : 'light';
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate('scrollTo(0, 0)');
    await page.waitForTimeout(600);
    const path = `${artefacts}/console-${mood}-${width}-${colorScheme}.png`;
    await page.screenshot({ path, fullPage: width < 960 });
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    if (width < 960) return;
    const bottoms = (await page.evaluate(
      "['#chart', '#log', '#inbox', '#ticks'].map((each) => document.querySelector(each).getBoundingClientRect().bottom)",
    )) as [number, number, number, number];
    const [chart, log, inbox, list] = bottoms;
    expect(chart).toBeLessThan(900);
    expect(Math.abs(log - inbox)).toBeLessThan(1);
    expect(log - list).toBeLessThan(20);
  });
}

describe('a calm night', () => {
  looksRight('calm', 0);

  it('is said in one sentence and in the title of the tab', async () => {
    expect(await textOf('#status')).toBe(`${allIsWell}, next refresh 23:05.`);
    expect(await page.title()).toBe('Healthy · Zoho tokens');
    expect(await textOf('#inbox')).toContain('No mail. That is how most nights look.');
    expect(await page.getByText('refresh 23:05', { exact: true }).count()).toBe(3);
    expect(await page.getByText('expires 23:40', { exact: true }).count()).toBe(3);
  });
});

describe('a revoked consent', () => {
  it('is one button away, and time runs faster with it', async () => {
    await press('Consent revoked');
    await isBroken('connection/revoke');
    expect(night.console.breakage.list()[0]?.connections).toEqual(['desk']);
    expect(night.console.ticker.speed()).toBe(30);
    await night.ticks(5);
    await expect.poll(() => page.title(), soon).toBe('FAILING: desk · Zoho tokens');
  });

  looksRight('broken', 1);

  it('is a red band with what apps feel, and a command to copy', async () => {
    expect(await page.locator('#status').getAttribute('data-level')).toBe('critical');
    expect(await textOf('#status')).toContain(
      'Apps of desk have no usable token.desk: apps get a token that Zoho rejects.',
    );
    await page.getByRole('button', { name: /^Copy:/ }).click();
    await page.getByText('Copied').waitFor();
    const command = 'npx --no-install zoho-tokens authorize desk --local';
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command);
    expect(await page.locator('[data-connection=desk]').textContent()).toContain('token dead, on-call alerted');
    const inWords = await page.locator('#chart').getAttribute('aria-label');
    expect(inWords).toMatch(/desk: 0 min left.* minutes without a token/);
  });

  it('opens the inbox on the mail of the product, with those of CloudWatch below it', async () => {
    expect(await textOf('#reader h3')).toContain('FAILING NOW: zoho/desk lost its consent (invalid_code)');
    expect(await mail('ALARM: "zoho/desk/token-life"').isVisible()).toBe(false);
    await page.getByText('1 mail from CloudWatch').click();
    await mail('ALARM: "zoho/desk/token-life"').click();
    expect(await textOf('#panel')).toContain('Reason for State Change');
    await mail('FAILING NOW').click();
  });

  it('is read in each form with the arrow keys', async () => {
    await page.getByRole('tab', { name: 'E-mail' }).click();
    expect(await textOf('#panel')).toContain('authorize desk --stage production --region ap-south-1\n');
    await page.keyboard.press('ArrowRight');
    expect(await textOf('#panel')).toMatch(/\d+ characters, 1 part/);
    await page.keyboard.press('ArrowRight');
    const json = JSON.parse((await textOf('#panel > pre')) ?? '') as { code: string };
    const envelope = JSON.parse((await textOf('#panel details pre')) ?? '') as { Message: string };
    expect(json.code).toBe('invalid_code');
    expect(JSON.parse(envelope.Message)).toEqual(json);
    expect(await findBarriers(page)).toEqual([]);
  });

  it('shows the lines of the tick that is chosen: events first and readable, metrics behind them', async () => {
    await page.locator('#ticks button', { hasText: '1 failed' }).first().click();
    await shows('#lines .event[open] summary', /connection · desk · failed · invalid_code/);
    expect(await textOf('#lines .event[open] pre')).toContain('  "code": "invalid_code",\n');
    expect(await textOf('#lines > :last-child > summary')).toBe('4 lines of metrics');
    expect(await page.locator('#follow').isChecked()).toBe(false);
    await page.locator('#follow').check();
    await page.locator('#chart').click({ position: { x: 9, y: 50 } });
    await expect.poll(() => page.locator('#follow').isChecked(), soon).toBe(false);
  });

  it('is over with the command, or with the button', async () => {
    await press('Heal everything');
    await isBroken();
    await night.ticks(1);
    await shows('#reader h3', 'RESOLVED: zoho/desk');
    await shows('#status', allIsWell);
  });
});

it('says that nobody is alerted while ticks have stopped', async () => {
  night.console.breakage.break('schedule/never');
  await shows('#status', 'healthy, but ticks have stopped');
  await expect.poll(() => page.title(), soon).toBe('Ticks stopped · Zoho tokens');
  night.console.breakage.healAll();
});

describe('all faults', () => {
  it('are found by a word; those of SNS are one entry', async () => {
    await page.locator('#all-faults summary').click();
    await page.locator('#find-fault').fill('KMS');
    expect(await page.locator('#faults section:visible').count()).toBe(2);
    await page.locator('#find-fault').fill('');
    expect(await page.locator('[data-fault^="sns/"]').count()).toBe(1);
    await page.getByLabel('Which of them').selectOption('sns/throttled');
    expect(await page.locator('#faults').evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0);
    await buttonOf('sns/throttled').click();
    await isBroken('sns/throttled');
    await press('Heal everything');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('are broken and healed without a mouse, of one connection and then of the others', async () => {
    const button = buttonOf('token/html_502');
    const says = (label: string) => expect.poll(() => button.textContent(), soon).toBe(label);
    await page.locator('#find-fault').fill('HTML with status 502');
    await page.locator('#scope').selectOption('desk');
    await button.press('Enter');
    await says('Heal');
    await page.locator('#scope').selectOption('');
    await says('Break');
    await button.press('Enter');
    await says('Heal');
    expect(night.console.breakage.list()[0]?.connections).toHaveLength(3);
    await button.press('Enter');
    await isBroken();
  });

  it('say why if they cannot be had', async () => {
    await page.locator('#find-fault').fill('client');
    await buttonOf('connection/delete-client').click();
    await isBroken('connection/delete-client');
    await buttonOf('connection/rotate-secret').click();
    await shows('#answer', 'Not done: heal “Delete the OAuth client” of salesiq first.');
    await press('Heal everything');
    await isBroken();
    // The tokens died with their client: a probe finds that, and new ones are fetched.
    await night.ticks(4);
    await shows('#status', allIsWell);
  });
});

it('a test alert goes out once in ten minutes', async () => {
  await press('Send a test alert');
  await shows('#answer', 'the test alert is in the inbox.');
  await mail('TEST: zoho/all').waitFor();
  await press('Send a test alert');
  await shows('#answer', 'less than ten minutes ago');
});

it('an outage that lasts for an hour is seen in a minute', async () => {
  await press('Zoho down');
  await mail(/^WATCH UNTIL/).waitFor({ timeout: 90_000 });
  const clock = await textOf('#clock');
  await page.waitForTimeout(300);
  expect(await textOf('#clock')).not.toBe(clock);
  await press('Heal everything');
  await shows('#status', allIsWell, 30_000);
});

describe('the connection of the page', () => {
  it('never complained, and asked no other host', () => {
    expect(night.complaints.filter((complaint) => !complaint.includes('status of 400'))).toEqual([]);
    expect([...night.hosts]).toEqual([new URL(night.console.url).host]);
  });

  it('rests while nobody sees the page, and catches up when somebody does', async () => {
    const setHidden = (isHidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await night.ticks(1);
    await wait(600);
    const before = await textOf('#ticks button');
    await setHidden(true);
    await night.ticks(2);
    await wait(1_200);
    expect(await textOf('#ticks button')).toBe(before);
    await setHidden(false);
    await expect.poll(() => textOf('#ticks button'), soon).not.toBe(before);
  });

  it('says so when npm start has ended, and shows nothing of it once it was started anew', async () => {
    const { console, stage } = night;
    await console.close();
    await page.locator('#offline').waitFor();
    const again = await startConsole(stage, { port: Number(new URL(console.url).port) });
    try {
      await page.locator('#offline').waitFor({ state: 'hidden' });
      await expect.poll(() => page.locator('#ticks button').count(), { timeout: 15_000 }).toBe(1);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the connections');
    } finally {
      await again.close();
    }
  });
});
