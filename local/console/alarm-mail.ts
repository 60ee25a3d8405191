import { randomUUID } from 'node:crypto';
import { type AlarmRule, describeAlarm } from '../../infra/alarm-rules.ts';
import type { JudgedAlarm } from './alarms.ts';
import { wrap } from './inbox.ts';
import type { MessageView } from './view.ts';

/** Where the stage says that it runs. */
export type AlarmPlace = {
  /** Topic to which the alarms publish; its ARN names region and account, too. */
  readonly topicArn: string;
  readonly tickIntervalMilliseconds: number;
};

const regionName = 'Asia Pacific (Mumbai)';
const runbookUrl = 'docs/runbook.md';

/**
 * Shows what CloudWatch publishes when an alarm changes its state, in the form that it has for mails and for machines.
 *
 * @see {@link https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html | Notifying users on alarm changes}
 */
export function showAlarm(alarm: JudgedAlarm, at: number, place: AlarmPlace): Omit<MessageView, 'id'> {
  const { rule, isAlarm } = alarm;
  const [state, oldState] = isAlarm ? ['ALARM', 'OK'] : ['OK', 'ALARM'];
  const subject = `${state}: "${rule.name}" in ${regionName}`;
  const json = JSON.stringify(event(alarm, at, place, { state, oldState }), undefined, 2);
  return {
    at,
    source: 'CloudWatch',
    level: isAlarm ? 'critical' : 'good',
    subject,
    email: mail(alarm, at, place, { state, oldState }),
    sms: subject,
    json,
    envelope: wrap(json, { messageId: randomUUID(), topicArn: place.topicArn, subject, at }),
  };
}

type States = { readonly state: string; readonly oldState: string };

function mail(alarm: JudgedAlarm, at: number, place: AlarmPlace, { state, oldState }: States): string {
  const { rule } = alarm;
  const { region, account, alarmArn } = namesOf(rule, place);
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
    `- Description:                ${describeAlarm(rule, runbookUrl)}`,
    `- State Change:               ${oldState} -> ${state}`,
    `- Reason for State Change:    ${reason}`,
    `- Timestamp:                  ${when}`,
    `- AWS Account:                ${account}`,
    `- Alarm Arn:                  ${alarmArn}`,
    '',
    'Threshold:',
    `- The alarm is in the ALARM state when the metric is ${rule.comparisonOperator} ${decimal(rule.threshold)} for at least ${rule.datapointsToAlarm} of the last ${rule.evaluationPeriods} period(s) of ${periodSeconds(rule, place)} seconds.`,
    '',
    'Monitored Metric:',
    `- MetricNamespace:                     ${namespace}`,
    `- MetricName:                          ${rule.metricName}`,
    `- Dimensions:                          ${dimensions.map(({ name, value }) => `[${name} = ${value}]`).join(' ')}`,
    `- Period:                              ${periodSeconds(rule, place)} seconds`,
    `- Statistic:                           ${rule.statistic}`,
    `- TreatMissingData:                    ${rule.treatMissingData}`,
    '',
    'State Change Actions:',
    `- OK: [${place.topicArn}]`,
    `- ALARM: [${place.topicArn}]`,
    '- INSUFFICIENT_DATA:',
    '',
  ].join('\n');
}

/** What SQS, HTTPS and Lambda subscriptions get. */
function event(alarm: JudgedAlarm, at: number, place: AlarmPlace, { state, oldState }: States) {
  const { rule } = alarm;
  const { account, alarmArn } = namesOf(rule, place);
  const { namespace, dimensions } = metricOf(rule);
  return {
    AlarmName: rule.name,
    AlarmDescription: describeAlarm(rule, runbookUrl),
    AWSAccountId: account,
    NewStateValue: state,
    NewStateReason: reasonOf(alarm),
    StateChangeTime: new Date(at).toISOString().replace('Z', '+0000'),
    Region: regionName,
    AlarmArn: alarmArn,
    OldStateValue: oldState,
    OKActions: [place.topicArn],
    AlarmActions: [place.topicArn],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: rule.metricName,
      Namespace: namespace,
      StatisticType: 'Statistic',
      Statistic: rule.statistic.toUpperCase(),
      Unit: null,
      Dimensions: dimensions,
      Period: periodSeconds(rule, place),
      EvaluationPeriods: rule.evaluationPeriods,
      DatapointsToAlarm: rule.datapointsToAlarm,
      ComparisonOperator: rule.comparisonOperator,
      Threshold: rule.threshold,
      TreatMissingData: rule.treatMissingData,
      EvaluateLowSampleCountPercentile: '',
    },
  };
}

/** Why the state changed, in CloudWatch's terms. */
function reasonOf({ rule, isAlarm, datapoints }: JudgedAlarm): string {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  if (datapoints.length === 0) {
    const treated = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${evaluationPeriods} period${evaluationPeriods === 1 ? '' : 's'} and ${evaluationPeriods} missing datapoint${evaluationPeriods === 1 ? ' was' : 's were'} treated as [${treated}].`;
  }
  const values = datapoints.map(({ at, value }) => `${decimal(value)} (${instant(at)})`).join(', ');
  const verb = `${datapoints.length === 1 ? 'was' : 'were'} ${isAlarm ? '' : 'not '}`;
  const [from, to] = isAlarm ? ['OK', 'ALARM'] : ['ALARM', 'OK'];
  const least = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  return `Threshold Crossed: ${datapoints.length} out of the last ${evaluationPeriods} datapoints [${values}] ${verb}${comparison(rule)} the threshold (${decimal(rule.threshold)}) (minimum ${least} datapoint${least === 1 ? '' : 's'} for ${from} -> ${to} transition).`;
}

function comparison({ comparisonOperator }: AlarmRule): string {
  return comparisonOperator === 'LessThanThreshold' ? 'less than' : 'greater than or equal to';
}

function namesOf({ name }: AlarmRule, { topicArn }: AlarmPlace) {
  const [, partition = '', , region = '', account = ''] = topicArn.split(':');
  return { region, account, alarmArn: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}` };
}

/** Where the stack's metrics are. */
function metricOf({ metricName, name }: AlarmRule): {
  namespace: string;
  dimensions: readonly { value: string; name: string }[];
} {
  switch (metricName) {
    case 'SecondsToExpiry':
      return {
        namespace: 'ZohoTokenRefresher',
        dimensions: [{ value: name.split('/').at(-2) ?? '', name: 'Connection' }],
      };
    case 'Errors':
      return {
        namespace: 'AWS/Lambda',
        dimensions: [{ value: 'zoho-token-refresher', name: 'FunctionName' }],
      };
    case 'InvocationDroppedCount':
      return {
        namespace: 'AWS/Scheduler',
        dimensions: [{ value: 'zoho-token-refresher', name: 'ScheduleGroup' }],
      };
  }
}

const periodSeconds = ({ periodTicks }: AlarmRule, { tickIntervalMilliseconds }: AlarmPlace) =>
  (periodTicks * tickIntervalMilliseconds) / 1000;

const decimal = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** `01/03/26 22:15:00`: day, month and year as CloudWatch writes them. */
function instant(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split(/[T.]/);
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time}`;
}
