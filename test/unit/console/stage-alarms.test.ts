import { expect, test } from 'vitest';
import { errorsAlarmRule, heartbeatAlarmRule, lifeAlarmRule } from '../../../infra/alarm-rules.ts';
import { createThreads } from '../../../local/console/inbox.ts';
import { createAlarms } from '../../../local/console/stage-alarms.ts';

// That the alarms on errors and on dropped ticks speak is seen in test/browser/console-faults.test.ts.

test('the alarms tell a change of state once in each direction, with the minute in which CloudWatch saw it', () => {
  const minute = 60_000;
  const alarms = createAlarms('zoho', ['desk'], 0);
  for (const at of [0, 30 * minute])
    alarms.note({ lives: [{ connection: 'desk', at, secondsToExpiry: 3_000 }], ticks: [at], at, isFailed: false });
  const { changed } = alarms.judge(40 * minute);
  expect(changed.map(({ rule, isAlarm, at }) => [rule.name, isAlarm, at / minute])).toEqual([
    ['zoho/desk/token-life', true, 13],
    ['zoho/refresher/heartbeat', true, 13],
    ['zoho/desk/token-life', false, 30],
    ['zoho/refresher/heartbeat', false, 30],
  ]);
  expect(alarms.judge(41 * minute).changed).toEqual([]);
});

test('the inbox puts the mails of an incident, and of the alarms that it makes speak, into one thread', () => {
  const threads = createThreads();
  const alarm = (rule: ReturnType<typeof lifeAlarmRule>, isAlarm: boolean, at: number) =>
    threads.ofAlarm({ rule, isAlarm, at, datapoints: [] });
  const mail = (state: string, at: number, connection = 'desk') => threads.ofMail({ connection, state }, at);

  const alone = alarm(heartbeatAlarmRule('zoho'), true, 1);
  const first = mail('open', 2);
  expect(alarm(lifeAlarmRule('zoho', 'desk'), true, 3)).toBe(first);
  expect(alarm(errorsAlarmRule('zoho'), true, 4)).toBe(first);
  expect(alarm(lifeAlarmRule('zoho', 'salesiq'), true, 5)).not.toBe(first);
  expect(mail('test', 6, 'all')).not.toBe(first);
  expect(mail('resolved', 7)).toBe(first);
  // An alarm is quiet again some time after its incident, and belongs to it all the same.
  expect(alarm(lifeAlarmRule('zoho', 'desk'), false, 8)).toBe(first);
  expect(alarm(heartbeatAlarmRule('zoho'), false, 9)).toBe(alone);
  expect(mail('open', 10)).not.toBe(first);
});
