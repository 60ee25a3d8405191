import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWatch, type Watch } from '../../local/console/stage-watch.ts';
import { faultKinds } from '../../local/faults/aws-faults.ts';
import { type Breakage, createBreakage } from '../../local/faults/breakage.ts';
import type { FaultEntry } from '../../local/faults/fault-entry.ts';
import { faultGroups, isTakenOn } from '../../local/faults/fault-table.ts';
import { createSharedClock, readClock, setClock } from '../../local/runtime/shared-clock.ts';
import { giveConsent, type Stage, setStage } from '../../local/stage.ts';

// What the page shows of each fault: its model, without a browser. console-page.test.ts sees a few of them in one.

const clock = createSharedClock();
let stage: Stage;
let breakage: Breakage;
let watch: Watch;
beforeAll(async () => {
  setClock(clock, Date.parse('2026-03-01T22:00:05Z'), 0);
  const bundle = new URL('../../dist/lambda/index.mjs', import.meta.url);
  stage = await setStage({ bundle, clock, connectionsText: readFileSync('connections.json', 'utf8') });
  breakage = createBreakage(stage);
  watch = createWatch(stage, breakage);
  await pass(1);
});
afterAll(() => stage.close());
afterEach(async () => {
  // A test that failed must not fail the next one.
  if (breakage.list().length > 0) breakage.healAll();
  await pass(ticksUntilCalm);
});

/** Lets ticks pass as the schedule delivers them. */
async function pass(ticks: number, everyMinutes = 5): Promise<void> {
  for (let index = 0; index < ticks; index += 1) {
    setClock(clock, readClock(clock) + everyMinutes * 60_000, 0);
    const delivery = breakage.delivery();
    if (delivery === 'dropped') watch.drop();
    for (let time = { once: 1, twice: 2, never: 0, dropped: 0 }[delivery]; time > 0; time -= 1)
      await watch.tick(new Date(stage.now()));
    watch.look();
  }
}

const cardOf = (name: string) => watch.look().cards.find((card) => card.name === name);
const newest = () => watch.history.whole().messages.at(-1)?.id ?? 0;
const subjectsAfter = (id: number) =>
  watch.history
    .whole()
    .messages.filter((message) => message.id > id)
    // A long subject is cut at its end, where the code is.
    .map(({ subject, json = '' }) => `${subject} ${/"code": "(\w+)"/.exec(json)?.[1]}`)
    .join('\n');

/** No connection is CRM's. Those of SNS do nothing by themselves: they are tried below, with an incident. */
const entries = faultGroups
  .flatMap((group) => group.entries)
  .filter(({ id, service }) => service !== 'crm' && !/^sns\/(?!slow)/.test(id));
/** A run under this one lasts for ten seconds and fails: two failed ones make the alarm. */
const costsRealSeconds = 'secrets/slow_drip';
/** Alarms look at the last three ticks. */
const ticksUntilCalm = 4;
/** While SNS fails, a mail is tried again every 30 minutes. */
const ticksUntilTriedAgain = 7;
/** Well again with the next tick, but for a throttle, which is waited out, and a setting, which a probe has to see. */
const ticksUntilHealed = ({ judged }: FaultEntry) =>
  judged === 'rate_limited' ? 7 : judged === 'setting_mismatch' ? 5 : 1;

/** Lets enough time pass; where a try waits for a time-out, with as few of them as show the same. */
function untilTold({ id }: FaultEntry): Promise<void> {
  if (id === costsRealSeconds) return pass(4);
  if (/^token.*(hang|slow)/.test(id)) return pass(2, 22);
  return pass(/hang|slow/.test(id) ? 3 : 9);
}

/** The alarm that speaks if the refresher cannot. */
function alarmOf({ id }: FaultEntry): string {
  if (id === costsRealSeconds) return 'refresher/errors';
  return id === 'schedule/dropped' ? 'refresher/dropped-ticks' : 'desk/token-life';
}

describe('each fault of the stand-ins', () => {
  it.each(entries)('$id: can be broken and healed, and card, chart and inbox follow', async (entry) => {
    const { id, judged, service = 'desk' } = entry;
    const isPerConnection = !/^(schedule|sns|zoho)\//.test(id) && !id.endsWith('/slow');
    const before = newest();
    breakage.break(id, isPerConnection ? service : undefined);
    if (judged === 'healed') expect(cardOf(service)?.app.text).toBe('a token that Zoho rejects');
    else expect(breakage.list()).toMatchObject([{ id }]);
    await untilTold(entry);
    const told = new RegExp(`zoho/${service} .*${judged}`);
    const card = cardOf(service);
    if (judged === 'nothing' || judged === 'healed') {
      expect(card).toMatchObject({ level: 'good', isUnheard: false });
      expect(subjectsAfter(before)).toBe('');
    } else if (judged === 'alarm') expect(subjectsAfter(before)).toContain(`ALARM: "zoho/${alarmOf(entry)}"`);
    else if (judged === 'secret_store_failed' || judged === 'secret_store_refused') {
      expect(subjectsAfter(before)).toContain('ALARM: "zoho/refresher/errors"');
      expect(card?.level).not.toBe('good');
    } else {
      expect(subjectsAfter(before)).toMatch(told);
      expect(card?.incident).toMatchObject({ code: judged, isTold: true });
      const failures = watch.history.whole().marks.filter(({ kind }) => kind === 'failure');
      expect(failures.at(-1)).toMatchObject({ connection: service, text: expect.stringContaining(judged) });
    }

    breakage.heal(id);
    expect(breakage.list()).toEqual([]);
    await pass(ticksUntilHealed(entry));
    expect(cardOf(service)).toMatchObject({ level: 'good', app: { text: 'a token that Zoho accepts' } });
    if (told.test(subjectsAfter(before)))
      expect(subjectsAfter(before)).toContain(`RESOLVED: zoho/${service}`);
  });
});

describe('while SNS fails, with an incident', () => {
  it.each(faultKinds)(
    '%s: the card says so, CloudWatch speaks, and the mail gets out in the end',
    async (kind) => {
      const before = newest();
      const incident = 'zoho/desk has a wrong client secret (invalid_client_secret)';
      breakage.break(`sns/${kind}`);
      breakage.break('connection/rotate-secret', 'desk');
      // Until the token is due, and two runs of three have failed; a slow one takes real seconds.
      for (let tick = 0; tick < 12 && !subjectsAfter(before).includes('refresher/errors'); tick += 1)
        await pass(1);
      expect(subjectsAfter(before)).toContain('ALARM: "zoho/refresher/errors"');
      expect(cardOf('desk')?.isUnheard).toBe(true);
      const arrived = subjectsAfter(before).split(incident).length - 1;
      if (isTakenOn(kind)) expect(arrived).toBeGreaterThan(1);
      else expect(arrived).toBe(0);

      breakage.heal(`sns/${kind}`);
      await pass(ticksUntilTriedAgain);
      expect(subjectsAfter(before)).toContain(incident);
      breakage.healAll();
      await pass(1);
      expect(subjectsAfter(before)).toContain('RESOLVED: zoho/desk');
      expect(cardOf('desk')).toMatchObject({ level: 'good', isUnheard: false });
    },
  );
});

describe('an operator’s own fix', () => {
  it.each([
    'token/wrong_prefix',
    'token/throttle_400',
    'service/desk:INVALID_OAUTH',
    'connection/spoil-credentials',
  ])('ends %s: it belonged to the old consent', async (fault) => {
    breakage.break(fault, 'desk');
    await pass(9);
    expect(breakage.list()).toMatchObject([{ id: fault }]);
    const desk = stage.connections.find(({ name }) => name === 'desk');
    if (desk === undefined || stage.zoho === undefined) throw new Error('a stage has Zoho and desk');
    stage.secretsManager.put('zoho/desk/credentials', JSON.stringify(giveConsent(stage.zoho, desk)));
    await pass(1);
    expect(breakage.list()).toEqual([]);
    expect(cardOf('desk')?.level).toBe('good');
  });
});
