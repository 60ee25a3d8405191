import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultKinds } from '../../local/faults/aws-faults.ts';
import { isTakenOn } from '../../local/faults/fault-table.ts';
import { type ConsoleNight, cardOf, startConsoleNight } from './console-night.ts';

// By themselves the faults of SNS do nothing; what they are there for is seen with an incident.

let night: ConsoleNight;
beforeAll(async () => {
  night = await startConsoleNight();
  await night.page.goto(night.console.url);
});
afterAll(() => night.close());
afterEach(async () => {
  // A test that failed must not fail the next one.
  night.console.breakage.healAll();
  await night.ticks(ticksUntilCalm);
});

/** While SNS fails, a mail is tried again every 30 minutes. */
const ticksUntilTriedAgain = 7;
/** Alarms look at the last three ticks. */
const ticksUntilCalm = 4;
const soon = { timeout: 5_000 };
const incident = 'zoho/desk has a wrong client secret (invalid_client_secret)';

describe('with an incident, while SNS fails', () => {
  it.each(faultKinds)('%s: runs fail, CloudWatch speaks, and the mail gets out in the end', async (kind) => {
    const { page, console } = night;
    const before = await night.newestMail();
    console.breakage.break(`sns/${kind}`);
    console.breakage.break('connection/rotate-secret', 'desk');
    // Until the token is due, and two runs of three have failed; a slow one takes real seconds.
    for (let ticks = 0; ticks < 12; ticks += 1) {
      await night.ticks(1);
      if ((await night.mailsAfter(before)).some((subject) => subject.includes('refresher/errors'))) break;
      await page.waitForTimeout(600);
    }
    expect((await night.mailsAfter(before)).join('\n')).toContain('ALARM: "zoho/refresher/errors"');
    const arrived = (await night.mailsAfter(before)).filter((subject) => subject.includes(incident)).length;
    if (isTakenOn(kind)) expect(arrived).toBeGreaterThan(1);
    else expect(arrived).toBe(0);

    console.breakage.heal(`sns/${kind}`);
    await night.ticks(ticksUntilTriedAgain);
    await expect.poll(async () => (await night.mailsAfter(before)).join('\n'), soon).toContain(incident);
    console.breakage.healAll();
    await night.ticks(1);
    await expect
      .poll(async () => (await night.mailsAfter(before)).join('\n'), soon)
      .toContain('RESOLVED: zoho/desk');
    await expect.poll(() => cardOf(page, 'desk').getAttribute('data-level'), soon).toBe('good');
  });
});
