import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWatch } from '../../local/console/stage-watch.ts';
import { type FaultKind, faultKinds } from '../../local/faults/aws-faults.ts';
import { createBreakage } from '../../local/faults/breakage.ts';
import type { FaultEntry } from '../../local/faults/fault-entry.ts';
import { faultGroups, isTakenOn } from '../../local/faults/fault-table.ts';
import { giveConsent } from '../../local/stage.ts';
import { setBareStage } from '../support/stage.ts';
import { evening } from './console-night.ts';

// What the page shows of each fault: its model, without a browser. console-page.test.ts sees a few of them in one.

type Night = Awaited<ReturnType<typeof openNight>>;

async function openNight() {
  const stage = await setBareStage({ start: evening });
  const breakage = createBreakage(stage);
  const watch = createWatch(stage, breakage);
  /** Lets ticks pass as the schedule delivers them. */
  async function pass(ticks: number, everyMinutes = 5): Promise<void> {
    for (let index = 0; index < ticks; index += 1) {
      stage.pass(everyMinutes);
      await watch.deliver(new Date(stage.now()));
      watch.look();
    }
  }
  await pass(1);
  return {
    stage,
    breakage,
    pass,
    marks: () => watch.history.whole().marks,
    cardOf: (name: string) => watch.look().cards.find((card) => card.name === name),
    newest: () => watch.history.whole().messages.at(-1)?.id ?? 0,
    /** Of the mails after one. */
    subjectsAfter(before: number) {
      const mails = watch.history.whole().messages.filter(({ id }) => id > before);
      return mails.map(({ subject }) => subject).join('\n');
    },
  };
}

/** Alarms look at the last three ticks. */
const ticksUntilCalm = 4;
/** While SNS fails, a mail is tried again every 30 minutes. */
const ticksUntilTriedAgain = 7;
/** Well again with the next tick, but for a throttle, which is waited out, and a setting, which a probe has to see. */
const ticksUntilHealed = ({ judged }: FaultEntry) =>
  judged === 'rate_limited' ? 7 : judged === 'setting_mismatch' ? 5 : 1;
/** A run under this one lasts for ten seconds and fails: two failed ones make the alarm. */
const failsSlowly = 'secrets/slow_drip';

/** Lets enough time pass; if a try waits for a time-out, with as few of them as show the same. */
function untilTold({ pass }: Night, { id }: FaultEntry): Promise<void> {
  if (id === failsSlowly) return pass(4);
  if (/^token.*(hang|slow)/.test(id)) return pass(2, 22);
  return pass(/hang|slow/.test(id) ? 3 : 9);
}

/** The alarm that speaks if the refresher cannot. */
function alarmOf({ id }: FaultEntry): string {
  if (id === failsSlowly) return 'refresher/errors';
  return id === 'schedule/dropped' ? 'refresher/dropped-ticks' : 'desk/token-life';
}

/** Breaks and heals; card, chart and inbox must follow. */
async function tryFault(night: Night, entry: FaultEntry): Promise<void> {
  const { breakage, cardOf, subjectsAfter } = night;
  const { id, judged, service = 'desk' } = entry;
  const isPerConnection = !/^(schedule|sns|zoho)\//.test(id) && !id.endsWith('/slow');
  const before = night.newest();
  breakage.break(id, isPerConnection ? service : undefined);
  if (judged === 'healed') expect(cardOf(service)?.app.text).toBe('a token that Zoho rejects');
  else expect(breakage.list()).toMatchObject([{ id }]);
  await untilTold(night, entry);
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
    const failure = night.marks().findLast(({ kind }) => kind === 'failure');
    expect(failure).toMatchObject({ connection: service, text: expect.stringContaining(judged) });
  }
  breakage.heal(id);
  expect(breakage.list()).toEqual([]);
  await night.pass(ticksUntilHealed(entry));
  expect(cardOf(service)).toMatchObject({ level: 'good', app: { text: 'a token that Zoho accepts' } });
  if (told.test(subjectsAfter(before))) expect(subjectsAfter(before)).toContain(`RESOLVED: zoho/${service}`);
}

/** With an incident, the card says that nobody could be alerted, CloudWatch speaks, and the mail gets out in the end. */
async function trySns({ breakage, pass, cardOf, ...night }: Night, kind: FaultKind): Promise<void> {
  const before = night.newest();
  const subjects = () => night.subjectsAfter(before);
  const incident = 'zoho/desk has a wrong client secret (invalid_client_secret)';
  breakage.break(`sns/${kind}`);
  breakage.break('connection/rotate-secret', 'desk');
  // Until the token is due, and two runs of three have failed; a slow one takes real seconds.
  for (let tick = 0; tick < 12 && !subjects().includes('refresher/errors'); tick += 1) await pass(1);
  expect(subjects()).toContain('ALARM: "zoho/refresher/errors"');
  expect(cardOf('desk')?.isUnheard).toBe(true);
  const arrived = subjects().split(incident).length - 1;
  if (isTakenOn(kind)) expect(arrived).toBeGreaterThan(1);
  else expect(arrived).toBe(0);
  breakage.heal(`sns/${kind}`);
  await pass(ticksUntilTriedAgain);
  expect(subjects()).toContain(incident);
  breakage.healAll();
  await pass(1);
  expect(subjects()).toContain('RESOLVED: zoho/desk');
  expect(cardOf('desk')).toMatchObject({ level: 'good', isUnheard: false });
}

/** No connection is CRM's. Those of SNS do nothing without an incident. */
const entries = faultGroups
  .flatMap((group) => group.entries)
  .filter(({ id, service }) => service !== 'crm' && !/^sns\/(?!slow$)/.test(id));
const isSlow = (name: string) => /hang|slow|secrets\/throttled/.test(name);

describe('one after the other', () => {
  let night: Night;
  beforeAll(async () => {
    night = await openNight();
  });
  afterAll(() => night.stage.close());
  const rested = async (run: () => Promise<void>) => {
    try {
      await run();
    } finally {
      // A test that failed must not fail the next one.
      night.breakage.healAll();
      await night.pass(ticksUntilCalm);
    }
  };

  it.each(entries.filter(({ id }) => !isSlow(id)))('$id is shown, alerted and healed', (entry) =>
    rested(() => tryFault(night, entry)),
  );

  it.each(faultKinds.filter((kind) => !isSlow(kind)))('SNS and %s: nobody could be alerted', (kind) =>
    rested(() => trySns(night, kind)),
  );

  it.each(['token/wrong_prefix', 'token/throttle_400', 'connection/spoil-credentials'])(
    'an operator’s own consent ends %s',
    (fault) =>
      rested(async () => {
        const { breakage, stage, pass } = night;
        breakage.break(fault, 'desk');
        await pass(9);
        const granted = giveConsent(stage.zoho, stage.connectionNamed('desk'));
        stage.secretsManager.put('zoho/desk/credentials', JSON.stringify(granted));
        await pass(1);
        expect(breakage.list()).toEqual([]);
        expect(night.cardOf('desk')?.level).toBe('good');
      }),
  );
});

describe.concurrent('those that take real seconds, each on a stage of its own', () => {
  const alone = async (run: (night: Night) => Promise<void>) => {
    const night = await openNight();
    await run(night).finally(() => night.stage.close());
  };

  it.each(entries.filter(({ id }) => isSlow(id)))('$id is shown, alerted and healed', (entry) =>
    alone((night) => tryFault(night, entry)),
  );

  it.each(faultKinds.filter(isSlow))('SNS and %s: nobody could be alerted', (kind) =>
    alone((night) => trySns(night, kind)),
  );
});
