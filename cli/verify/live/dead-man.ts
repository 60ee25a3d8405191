import { faultName } from '../../../lambda/aws/fault-name.ts';
import { readStored } from '../../stored/stored.ts';
import { attempt, CannotTry, differs, type Findings, judge, Stopped } from '../attempt.ts';
import { findHeartbeat } from '../look-at-alarms.ts';
import { findSchedules, isLeftDisabled, setSchedule } from '../look-at-stack.ts';
import { type Deployment, span } from '../subject.ts';
import type { Cleanup } from './cleanup.ts';

const minute = 60_000;
const promisedMinutes = 15;
const longestMinutes = 25;
const neededMinutes = longestMinutes + 5;
const lookAgainMilliseconds = 20_000;

/** What to do if this program is killed while the schedule is disabled. */
export const byHand =
  'if this program is killed meanwhile, run `npx --no-install zoho-tokens verify --live --yes`, which enables a schedule that was left disabled before anything else, or enable it in the console of EventBridge Scheduler';

/** Enables schedules that an earlier run left disabled. @returns What it could not do, for a person. */
export async function enableLeftOver(on: Deployment): Promise<readonly string[]> {
  try {
    for (const schedule of (await findSchedules(on)).filter(isLeftDisabled)) {
      await setSchedule(on, schedule, 'ENABLED');
      on.say('an earlier verify had left the schedule disabled: it is enabled again');
    }
    return [];
  } catch (fault) {
    if (fault instanceof Stopped) throw fault;
    const what = `see whether an earlier verify left the schedule disabled, and enable it (${faultName(fault)})`;
    on.say(`could not be done; by hand: ${what}`);
    return [what];
  }
}

/** Disables the schedule, counts the minutes until the heartbeat alarm speaks, and enables it again whatever happens. */
export function tryDeadMan(on: Deployment, cleanup: Cleanup): Promise<Findings> {
  const id = 'dead_man.minutes';
  return attempt([id], undefined, async () => {
    const [schedule, another] = await findSchedules(on);
    const before = await findHeartbeat(on);
    if (schedule?.State !== 'ENABLED' || another !== undefined || before?.StateValue !== 'OK')
      throw new CannotTry('it needs one enabled schedule and a heartbeat alarm in state OK');
    await refuseIfDangerous(on);
    const what = `enable the schedule ${schedule.GroupName}/${schedule.Name}: ${byHand}`;
    const undo = cleanup.add(what, () => setSchedule(on, schedule, 'ENABLED'));
    await setSchedule(on, schedule, 'DISABLED');
    const minutes = await untilAlarm(on);
    await undo();
    const expected = `at most ${promisedMinutes} minutes`;
    if (minutes === undefined) return differs(id, expected, `no alarm in ${longestMinutes} minutes`);
    const found = `${minutes.toFixed(1)} minutes after the schedule was disabled`;
    return judge(id, minutes <= promisedMinutes, expected, found, found);
  });
}

/** Dangerous is a token that ends meanwhile, and credentials that cannot enable the schedule again. */
async function refuseIfDangerous(on: Deployment): Promise<void> {
  const refuse = (why: string) => new CannotTry(`the schedule was not touched: ${why}`);
  const isTooSoon = (end: Date | undefined, now: number) =>
    end !== undefined && end.getTime() - now < neededMinutes * minute;
  const { expiration } = await on.scheduler.config.credentials();
  if (isTooSoon(expiration, Date.now()))
    throw refuse(`your credentials end within ${neededMinutes} minutes: sign in again`);
  for (const connection of on.all) {
    const { token, record } = await readStored(on.place, connection);
    if (record.incident !== undefined) throw refuse(`${connection.name} has an open incident`);
    if (isTooSoon(token.document?.expiresAt, on.now().getTime()))
      throw refuse(`the token of ${connection.name} ends within ${neededMinutes} minutes`);
  }
}

async function untilAlarm(on: Deployment): Promise<number | undefined> {
  const start = on.now().getTime();
  for (let said = -1; ; ) {
    const passed = on.now().getTime() - start;
    if ((await findHeartbeat(on))?.StateValue === 'ALARM') return passed / minute;
    if (passed > longestMinutes * minute) return undefined;
    if (Math.floor(passed / minute) > said) {
      said = Math.floor(passed / minute);
      on.say(`the schedule is disabled; waiting for the heartbeat alarm: ${span(passed)}`);
    }
    await on.wait(lookAgainMilliseconds);
  }
}
