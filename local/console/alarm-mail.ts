import { type AlarmRule, describeAlarm } from '../../infra/alarm-rules.ts';
import { isBreaching } from './evaluate-alarm.ts';
import { count } from './page/words.ts';
import type { JudgedAlarm } from './stage-alarms.ts';
import type { MessageView } from './view.ts';

const regionName = 'Asia Pacific (Mumbai)';

/**
 * Shows what CloudWatch publishes when an alarm changes its state, as its mail.
 *
 * @param topicArn - Topic to which the alarms publish; it names Region and account, too.
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html | Notifying users on alarm changes}
 */
export function showAlarm(alarm: JudgedAlarm, topicArn: string): Omit<MessageView, 'id' | 'thread'> {
  const { rule, isAlarm, at } = alarm;
  const subject = `${isAlarm ? 'ALARM' : 'OK'}: "${rule.name}" in ${regionName}`;
  const level = isAlarm ? 'critical' : 'good';
  return { at, source: 'CloudWatch', level, subject, email: mail(alarm, topicArn), sms: subject };
}

function mail(alarm: JudgedAlarm, topicArn: string): string {
  const { rule, isAlarm, at } = alarm;
  const { name, comparisonOperator, threshold, datapointsToAlarm, evaluationPeriods, periodSeconds } = rule;
  const [state, oldState] = isAlarm ? ['ALARM', 'OK'] : ['OK', 'ALARM'];
  const [, partition = '', , region = '', account = ''] = topicArn.split(':');
  const { namespace, dimensions } = metricOf(rule);
  const reason = reasonOf(alarm);
  const when = new Date(at).toUTCString().replace('GMT', 'UTC');
  return `You are receiving this email because your Amazon CloudWatch Alarm "${name}" in the ${regionName} region has entered the ${state} state, because "${reason}" at "${when}".

View this alarm in the AWS Management Console:
https://${region}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}

Alarm Details:
- Name:                       ${name}
- Description:                ${describeAlarm(rule)}
- State Change:               ${oldState} -> ${state}
- Reason for State Change:    ${reason}
- Timestamp:                  ${when}
- AWS Account:                ${account}
- Alarm Arn:                  arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}

Threshold:
- The alarm is in the ALARM state when the metric is ${comparisonOperator} ${decimal(threshold)} for at least ${datapointsToAlarm} of the last ${evaluationPeriods} period(s) of ${periodSeconds} seconds.

Monitored Metric:
${rule.fillsWithZero ? '- MetricExpression:                    FILL(m1, 0)\n' : ''}- MetricNamespace:                     ${namespace}
- MetricName:                          ${rule.metricName}
- Dimensions:                          ${dimensions}
- Period:                              ${periodSeconds} seconds
- Statistic:                           ${rule.statistic}
- TreatMissingData:                    ${rule.treatMissingData}

State Change Actions:
- OK: [${topicArn}]
- ALARM: [${topicArn}]
- INSUFFICIENT_DATA:
`;
}

const inWords: Record<AlarmRule['comparisonOperator'], string> = {
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
};

/** Why the state changed, in CloudWatch's terms. */
function reasonOf({ rule, isAlarm, datapoints }: JudgedAlarm): string {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, comparisonOperator, threshold } = rule;
  if (datapoints.length === 0) {
    const treated = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    const missing = count(evaluationPeriods, 'missing datapoint was', 'missing datapoints were');
    return `Threshold Crossed: no datapoints were received for ${count(evaluationPeriods, 'period')} and ${missing} treated as [${treated}].`;
  }
  const told = datapoints.filter(({ value }) => isBreaching(rule, value) === isAlarm);
  const values = told.map(({ at, value }) => `${decimal(value)} (${instant(at)})`).join(', ');
  const verb = `${told.length === 1 ? 'was' : 'were'} ${isAlarm ? '' : 'not '}${inWords[comparisonOperator]}`;
  const change = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  const least = count(isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1, 'datapoint');
  return `Threshold Crossed: ${told.length} out of the last ${evaluationPeriods} datapoints [${values}] ${verb} the threshold (${decimal(threshold)}) (minimum ${least} for ${change} transition).`;
}

/** Where the stack's metrics are. */
function metricOf({ metricName, name }: AlarmRule): { namespace: string; dimensions: string } {
  const parts = name.split('/');
  const prefix = `[SecretPrefix = ${parts.slice(0, -2).join('/')}]`;
  const namespace = 'ZohoTokenRefresher';
  return {
    SecondsToExpiry: { namespace, dimensions: `[Connection = ${parts.at(-2)}] ${prefix}` },
    Ticks: { namespace, dimensions: prefix },
    Errors: { namespace: 'AWS/Lambda', dimensions: '[FunctionName = zoho-token-refresher]' },
    InvocationDroppedCount: { namespace: 'AWS/Scheduler', dimensions: '[ScheduleGroup = zoho-token-refresher]' },
  }[metricName];
}

const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `01/03/26 22:15:00`: day, month and year as CloudWatch writes them. */
function instant(at: number): string {
  return new Date(at).toISOString().replace(/^..(..)-(..)-(..)T(.{8}).*$/, '$3/$2/$1 $4');
}
