import { type AlarmRule, describeAlarm } from '../../infra/alarm-rules.ts';
import type { JudgedAlarm } from './alarms.ts';
import { isBreaching } from './evaluate-alarm.ts';
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
  const [state, oldState] = isAlarm ? ['ALARM', 'OK'] : ['OK', 'ALARM'];
  const subject = `${state}: "${rule.name}" in ${regionName}`;
  return {
    at,
    source: 'CloudWatch',
    level: isAlarm ? 'critical' : 'good',
    subject,
    email: mail(alarm, topicArn, { state, oldState }),
    sms: subject,
  };
}

type States = { readonly state: string; readonly oldState: string };

function mail(alarm: JudgedAlarm, topicArn: string, { state, oldState }: States): string {
  const { rule, at } = alarm;
  const { region, account, alarmArn } = namesOf(rule, topicArn);
  const { namespace, dimensions } = metricOf(rule);
  const reason = reasonOf(alarm);
  const when = new Date(at).toUTCString().replace('GMT', 'UTC');
  return [
    `You are receiving this email because your Amazon CloudWatch Alarm "${rule.name}" in the ${regionName} region has entered the ${state} state, because "${reason}" at "${when}".`,
    '',
    'View this alarm in the AWS Management Console:',
    `https://${region}.console.aws.amazon.com/cloudwatch/deeplink.js?region=${region}#alarmsV2:alarm/${encodeURIComponent(rule.name)}`,
    '',
    'Alarm Details:',
    `- Name:                       ${rule.name}`,
    `- Description:                ${describeAlarm(rule)}`,
    `- State Change:               ${oldState} -> ${state}`,
    `- Reason for State Change:    ${reason}`,
    `- Timestamp:                  ${when}`,
    `- AWS Account:                ${account}`,
    `- Alarm Arn:                  ${alarmArn}`,
    '',
    'Threshold:',
    `- The alarm is in the ALARM state when the metric is ${rule.comparisonOperator} ${decimal(rule.threshold)} for at least ${rule.datapointsToAlarm} of the last ${rule.evaluationPeriods} period(s) of ${rule.periodSeconds} seconds.`,
    '',
    'Monitored Metric:',
    ...(rule.fillsWithZero ? [`- MetricExpression:                    ${fill}`] : []),
    `- MetricNamespace:                     ${namespace}`,
    `- MetricName:                          ${rule.metricName}`,
    `- Dimensions:                          ${dimensions}`,
    `- Period:                              ${rule.periodSeconds} seconds`,
    `- Statistic:                           ${rule.statistic}`,
    `- TreatMissingData:                    ${rule.treatMissingData}`,
    '',
    'State Change Actions:',
    `- OK: [${topicArn}]`,
    `- ALARM: [${topicArn}]`,
    '- INSUFFICIENT_DATA:',
    '',
  ].join('\n');
}

const fill = 'FILL(m1, 0)';

/** Why the state changed, in CloudWatch's terms. */
function reasonOf({ rule, isAlarm, datapoints }: JudgedAlarm): string {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  if (datapoints.length === 0) {
    const treated = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${evaluationPeriods} period${evaluationPeriods === 1 ? '' : 's'} and ${evaluationPeriods} missing datapoint${evaluationPeriods === 1 ? ' was' : 's were'} treated as [${treated}].`;
  }
  const told = datapoints.filter(({ value }) => isBreaching(rule, value) === isAlarm);
  const values = told.map(({ at, value }) => `${decimal(value)} (${instant(at)})`).join(', ');
  const verb = `${told.length === 1 ? 'was' : 'were'} ${isAlarm ? '' : 'not '}`;
  const [from, to] = isAlarm ? ['OK', 'ALARM'] : ['ALARM', 'OK'];
  const least = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  return `Threshold Crossed: ${told.length} out of the last ${evaluationPeriods} datapoints [${values}] ${verb}${comparison(rule)} the threshold (${decimal(rule.threshold)}) (minimum ${least} datapoint${least === 1 ? '' : 's'} for ${from} -> ${to} transition).`;
}

function comparison({ comparisonOperator }: AlarmRule): string {
  return {
    LessThanThreshold: 'less than',
    LessThanOrEqualToThreshold: 'less than or equal to',
    GreaterThanOrEqualToThreshold: 'greater than or equal to',
  }[comparisonOperator];
}

function namesOf({ name }: AlarmRule, topicArn: string) {
  const [, partition = '', , region = '', account = ''] = topicArn.split(':');
  return { region, account, alarmArn: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}` };
}

/** Where the stack's metrics are. */
function metricOf({ metricName, name }: AlarmRule): { namespace: string; dimensions: string } {
  const parts = name.split('/');
  const prefix = `[SecretPrefix = ${parts.slice(0, -2).join('/')}]`;
  const own = 'ZohoTokenRefresher';
  const [namespace, dimensions] = {
    SecondsToExpiry: [own, `[Connection = ${parts.at(-2)}] ${prefix}`] as const,
    Ticks: [own, prefix] as const,
    Errors: ['AWS/Lambda', '[FunctionName = zoho-token-refresher]'] as const,
    InvocationDroppedCount: ['AWS/Scheduler', '[ScheduleGroup = zoho-token-refresher]'] as const,
  }[metricName];
  return { namespace, dimensions };
}

const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `01/03/26 22:15:00`: day, month and year as CloudWatch writes them. */
function instant(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split(/[T.]/);
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time}`;
}
