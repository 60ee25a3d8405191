import { expect, test } from 'vitest';
import {
  type AlarmRule,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  heartbeatAlarmRule,
  lifeAlarmRule,
} from '../../../infra/alarm-rules.ts';
import { showAlarm } from '../../../local/console/alarm-mail.ts';

const at = Date.parse('2026-03-01T22:15:00Z');
const topicArn = 'arn:aws:sns:ap-south-1:123456789012:zoho-alerts';
const errors = errorsAlarmRule('zoho');
const thrice = (value: number) => [at, at - 300_000, at - 600_000].map((each) => ({ at: each, value }));

test('the mails of alarms say word for word what alarm-mails.txt holds', async () => {
  const cases: [AlarmRule, isAlarm: boolean, values: { at: number; value: number }[]][] = [
    [lifeAlarmRule('zoho', 'desk'), true, [{ at, value: 599 }]],
    [heartbeatAlarmRule('zoho'), true, []],
    [errors, true, thrice(1)],
    [errors, false, thrice(0)],
    [errors, false, []],
    [droppedTicksAlarmRule('zoho'), true, [{ at, value: 1 }]],
  ];
  const mails = cases.map(([rule, isAlarm, datapoints]) => {
    const { email, ...mail } = showAlarm({ rule, isAlarm, at, datapoints }, topicArn);
    const { subject } = mail;
    expect(mail).toEqual({ source: 'CloudWatch', level: isAlarm ? 'critical' : 'good', at, subject, sms: subject });
    return `==== ${subject}\n\n${email}`;
  });
  await expect(mails.join('\n')).toMatchFileSnapshot('alarm-mails.txt');
});
