import { expect, it } from 'vitest';
import { errorsAlarmRule, heartbeatAlarmRule, lifeAlarmRule } from '../../../infra/alarm-rules.ts';
import { createThreads } from '../../../local/console/inbox.ts';

it('puts the mails of an incident, and of the alarms that it makes speak, into one thread', () => {
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
