import { describe, expect, it, type onTestFinished } from 'vitest';
import { createWatch } from '../../local/console/stage-watch.ts';
import { createBreakage } from '../../local/faults/breakage.ts';
import { type FaultEntry, isPerConnection } from '../../local/faults/fault-entry.ts';
import { faultGroups } from '../../local/faults/fault-table.ts';
import { giveConsent } from '../../local/stage.ts';
import { setBareStage } from '../support/stage.ts';
import { evening } from './console-night.ts';

// What the page shows of each fault: its model, without a browser. console-page.test.ts sees a few of them in one.
// What the Lambda makes of SNS under each kind of fault is tried by the fault matrix.

async function openNight(finish: typeof onTestFinished) {
  const stage = await setBareStage({ start: evening });
  finish(() => stage.close());
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
  const { whole } = watch.history;
  return {
    stage,
    breakage,
    pass,
    cardOf: (name: string) => watch.look().cards.find((card) => card.name === name),
    tickCount: () => whole().ticks.length,
    latestFailure: () => whole().marks.findLast(({ kind }) => kind === 'failure'),
    subjects: () =>
      whole()
        .messages.flatMap(({ subject }) => `${subject}\n`)
        .join(''),
  };
}

/** Well again with the next tick, but for a throttle, which is waited out, and a setting, which a probe has to see. */
const ticksUntilHealed: Partial<Record<FaultEntry['judged'], number>> = { rate_limited: 7, setting_mismatch: 5 };
/** A run under this one lasts for ten seconds and fails: two failed ones make the alarm. */
const failsSlowly = 'secrets/slow_drip';

/** Enough time to be told; if a try waits for a time-out, with as few of them as show the same. */
function timeUntilTold({ id }: FaultEntry): [ticks: number, everyMinutes?: number] {
  if (id === failsSlowly) return [4];
  if (/^token.*(hang|slow)/.test(id)) return [2, 22];
  return [/hang|slow/.test(id) ? 3 : 9];
}

/** What a mail must say; `undefined` if none may come. */
function mailOf({ id, judged, service = 'desk' }: FaultEntry): RegExp | undefined {
  if (judged === 'nothing' || judged === 'healed') return undefined;
  if (id === 'schedule/dropped') return /ALARM: "zoho\/refresher\/dropped-ticks"/;
  if (id === failsSlowly || judged.startsWith('secret_store')) return /ALARM: "zoho\/refresher\/errors"/;
  return judged === 'alarm' ? /ALARM: "zoho\/desk\/token-life"/ : new RegExp(`zoho/${service} .*${judged}`);
}

/** No connection is CRM's. Those of SNS do nothing without an incident. */
const entries = faultGroups
  .flatMap((group) => group.entries)
  .filter(({ id, service }) => service !== 'crm' && !/^sns\/(?!slow$)/.test(id));

describe.concurrent('each on a stage of its own', () => {
  it.for(entries)('$id is shown, alerted and healed', async (entry, context) => {
    const { breakage, pass, cardOf, latestFailure, subjects } = await openNight(context.onTestFinished);
    const { id, judged, service = 'desk' } = entry;
    const mail = mailOf(entry);
    breakage.break(id, isPerConnection(entry) ? service : undefined);
    if (judged === 'healed') expect(cardOf(service)?.app.text).toBe('a token that Zoho rejects');
    else expect(breakage.list()).toMatchObject([{ id }]);
    await pass(...timeUntilTold(entry));
    if (mail === undefined) {
      expect(cardOf(service)).toMatchObject({ level: 'good', isUnheard: false });
      expect(subjects()).toBe('');
    } else expect(subjects()).toMatch(mail);
    if (judged.startsWith('secret_store')) expect(cardOf(service)?.level).not.toBe('good');
    const isIncident = mail?.source.endsWith(judged) === true;
    if (isIncident) {
      expect(cardOf(service)?.incident).toMatchObject({ code: judged, isTold: true });
      expect(latestFailure()).toMatchObject({ connection: service, text: expect.stringContaining(judged) });
    }
    breakage.heal(id);
    expect(breakage.list()).toEqual([]);
    await pass(ticksUntilHealed[judged] ?? 1);
    expect(cardOf(service)).toMatchObject({ level: 'good', app: { text: 'a token that Zoho accepts' } });
    if (isIncident) expect(subjects()).toContain(`RESOLVED: zoho/${service}`);
  });

  it('a slot has two ticks or none if the schedule delivers it so', async (context) => {
    const { breakage, pass, tickCount } = await openNight(context.onTestFinished);
    for (const delivery of ['twice', 'never', 'dropped']) {
      breakage.break(`schedule/${delivery}`);
      await pass(1);
      expect(tickCount(), delivery).toBe(3);
    }
  });

  it('SNS refuses: nobody could be alerted until it takes mails on again', async (context) => {
    const { breakage, pass, cardOf, subjects } = await openNight(context.onTestFinished);
    const incident = 'zoho/desk has a wrong client secret (invalid_client_secret)';
    breakage.break('sns/access_denied');
    breakage.break('connection/rotate-secret', 'desk');
    // Until the token is due, and two runs of three have failed.
    await pass(9);
    expect(subjects()).toContain('ALARM: "zoho/refresher/errors"');
    expect(subjects()).not.toContain(incident);
    expect(cardOf('desk')?.isUnheard).toBe(true);
    breakage.heal('sns/access_denied');
    // While SNS fails, a mail is tried again every 30 minutes.
    await pass(7);
    expect(subjects()).toContain(incident);
    breakage.healAll();
    await pass(1);
    expect(subjects()).toContain('RESOLVED: zoho/desk');
    expect(cardOf('desk')).toMatchObject({ level: 'good', isUnheard: false });
  });

  it.for(['token/wrong_prefix', 'token/throttle_400', 'connection/spoil-credentials'])(
    'an operator’s own consent ends %s',
    async (fault, context) => {
      const { stage, breakage, pass, cardOf } = await openNight(context.onTestFinished);
      breakage.break(fault, 'desk');
      await pass(9);
      const granted = giveConsent(stage.zoho, stage.connectionNamed('desk'));
      stage.secretsManager.put('zoho/desk/credentials', JSON.stringify(granted));
      await pass(1);
      expect(breakage.list()).toEqual([]);
      expect(cardOf('desk')?.level).toBe('good');
    },
  );
});
