import type { Account } from '../../place/account.ts';
import { attempt, differs, type Finding, judge, notTried } from '../finding.ts';
import { findHeartbeat } from '../look-at-alarms.ts';
import { findSchedules, isLeftDisabled, setSchedule } from '../look-at-schedule.ts';
import type { Deployed } from '../look-at-stack.ts';
import { type Subject, span } from '../subject.ts';
import type { Cleanup } from './cleanup.ts';

const promisedMinutes = 15;
const longestMinutes = 25;
const lookAgainMilliseconds = 20_000;
const minute = 60_000;

/** What to do if this program is killed while the schedule is disabled. */
export const byHand =
  'if this program is killed meanwhile, run `npx --no-install zoho-tokens verify --live --yes`, which enables a schedule that was left disabled before anything else, or enable it in the console of EventBridge Scheduler';

/** Enables schedules that an earlier run left disabled. @returns How many. */
export async function enableLeftOver(account: Account, deployed: Deployed): Promise<number> {
  const left = (await findSchedules(account, deployed)).filter(isLeftDisabled);
  for (const schedule of left) await setSchedule(account, schedule, 'ENABLED');
  return left.length;
}

/** Disables the schedule, counts the minutes until the heartbeat alarm speaks, and enables it again whatever happens. */
export function tryDeadMan(
  account: Account,
  subject: Subject,
  deployed: Deployed,
  cleanup: Cleanup,
): Promise<readonly Finding[]> {
  return attempt(['dead_man.minutes'], async () => {
    const [schedule, another] = await findSchedules(account, deployed);
    const before = await findHeartbeat(account, subject);
    if (schedule?.State !== 'ENABLED' || another !== undefined || before?.StateValue !== 'OK') {
      return [
        notTried('dead_man.minutes', 'it needs one enabled schedule and a heartbeat alarm in state OK'),
      ];
    }
    const { GroupName, Name } = schedule;
    const undo = cleanup.add(`enable the schedule ${GroupName}/${Name}: ${byHand}`, () =>
      setSchedule(account, schedule, 'ENABLED'),
    );
    await setSchedule(account, schedule, 'DISABLED');
    const minutes = await untilAlarm(account, subject);
    await undo();
    const expected = `at most ${promisedMinutes} minutes`;
    if (minutes === undefined) {
      return [differs('dead_man.minutes', expected, `no alarm in ${longestMinutes} minutes`)];
    }
    const found = `${minutes.toFixed(1)} minutes after the schedule was disabled`;
    const finding = judge('dead_man.minutes', minutes <= promisedMinutes, [expected, found]);
    return [finding.outcome === 'as documented' ? { ...finding, says: found } : finding];
  });
}

/** Minutes until the heartbeat alarm is in ALARM; `undefined` if it never is. */
async function untilAlarm(account: Account, subject: Subject): Promise<number | undefined> {
  const start = subject.now().getTime();
  for (let said = -1; ; ) {
    const passed = subject.now().getTime() - start;
    if ((await findHeartbeat(account, subject))?.StateValue === 'ALARM') return passed / minute;
    if (passed > longestMinutes * minute) return undefined;
    if (Math.floor(passed / minute) > said) {
      said = Math.floor(passed / minute);
      subject.say(`the schedule is disabled; waiting for the heartbeat alarm: ${span(passed)}`);
    }
    await subject.wait(lookAgainMilliseconds);
  }
}
