import { describe, expect, it } from 'vitest';
import {
  type AlarmRule,
  droppedTicksAlarmRule,
  errorsAlarmRule,
  heartbeatAlarmRule,
  lifeAlarmRule,
} from '../../../infra/alarm-rules.ts';
import { showAlarm } from '../../../local/console/alarm-mail.ts';
import type { Datapoint } from '../../../local/console/evaluate-alarm.ts';

const minute = 60_000;
const at = Date.parse('2026-03-01T22:15:00Z');
const topicArn = 'arn:aws:sns:ap-south-1:123456789012:zoho-alerts';
const show = (rule: AlarmRule, isAlarm: boolean, datapoints: readonly Datapoint[] = []) =>
  showAlarm({ rule, isAlarm, at, datapoints }, topicArn);

describe('the mail of an alarm', () => {
  it('says what the alarm is, in what state, since when and why', () => {
    const spoken = show(lifeAlarmRule('zoho', 'desk'), true, [{ at, value: 599 }]);
    const subject = 'ALARM: "zoho/desk/token-life" in Asia Pacific (Mumbai)';
    expect(spoken).toMatchObject({ source: 'CloudWatch', level: 'critical', at, subject, sms: subject });
    for (const part of [
      'The Zoho token of desk ends within 12 minutes',
      'State Change:               OK -> ALARM',
      '1 out of the last 13 datapoints [599.0 (01/03/26 22:15:00)] was less than or equal to the threshold (1200.0)',
      'MetricExpression:                    FILL(m1, 0)',
    ])
      expect(spoken.email).toContain(part);
    expect(spoken.email).not.toMatch(/undefined|NaN|\[object/);
  });

  it('counts how many periods it takes to speak, and how many to be silent again', () => {
    const rule = errorsAlarmRule('zoho');
    const values = [2, 1, 0].map((back) => ({ at: at - back * 5 * minute, value: 1 }));
    expect(show(rule, true, values).email).toContain(
      'were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition)',
    );
    const calm = values.map((each) => ({ ...each, value: 0 }));
    expect(show(rule, false, calm)).toMatchObject({ level: 'good', subject: expect.stringMatching(/^OK: /) });
    expect(show(rule, false, calm).email).toContain(
      'were not greater than or equal to the threshold (1.0) (minimum 2 datapoints for ALARM -> OK transition)',
    );
  });

  it('says how missing data was treated', () => {
    expect(show(lifeAlarmRule('zoho', 'desk'), true).email).toContain(
      'no datapoints were received for 13 periods and 13 missing datapoints were treated as [Breaching]',
    );
    expect(show(errorsAlarmRule('zoho'), false).email).toContain(
      'no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching]',
    );
  });

  it.each([
    [lifeAlarmRule('zoho', 'desk'), 'ZohoTokenRefresher', '[Connection = desk] [SecretPrefix = zoho]'],
    [heartbeatAlarmRule('zoho'), 'ZohoTokenRefresher', '[SecretPrefix = zoho]'],
    [errorsAlarmRule('zoho'), 'AWS/Lambda', '[FunctionName = zoho-token-refresher]'],
    [droppedTicksAlarmRule('zoho'), 'AWS/Scheduler', '[ScheduleGroup = zoho-token-refresher]'],
  ])('$name names its metric, and its topic in both directions', (rule, namespace, dimensions) => {
    const { email } = show(rule, true, [{ at, value: 1 }]);
    expect(email).toContain(`MetricNamespace:                     ${namespace}\n`);
    expect(email).toContain(`Dimensions:                          ${dimensions}\n`);
    expect(email).toContain(
      `Alarm Arn:                  arn:aws:cloudwatch:ap-south-1:123456789012:alarm:${rule.name}`,
    );
    expect(email).toContain(`- OK: [${topicArn}]\n- ALARM: [${topicArn}]`);
  });
});
