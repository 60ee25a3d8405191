import { expect, test } from 'vitest';
import { createAlarms } from '../../../local/console/alarms.ts';

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
