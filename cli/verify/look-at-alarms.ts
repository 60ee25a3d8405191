import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import type { Account } from '../place/account.ts';
import { attempt, differs, type Finding, holds, judge, notTried } from './finding.ts';
import type { Subject } from './subject.ts';

/** Of CloudWatch, for one question. */
const mostNames = 100;

/** The alarms that the stack makes, those of the connections first. */
function alarmNames({ secretPrefix, all }: Subject): readonly string[] {
  return [
    ...all.map(({ name }) => lifeAlarmName(secretPrefix, name)),
    ...refresherAlarmSubjects.map((about) => refresherAlarmName(secretPrefix, about)),
  ];
}

/** The alarm on missing ticks; `undefined` if there is none. */
export async function findHeartbeat(
  { metrics }: Account,
  { secretPrefix }: Subject,
): Promise<MetricAlarm | undefined> {
  const AlarmNames = [refresherAlarmName(secretPrefix, 'heartbeat')];
  return (await metrics.send(new DescribeAlarmsCommand({ AlarmNames }))).MetricAlarms?.[0];
}

/**
 * Whether every alarm exists, is enabled, has its actions, and judges.
 *
 * @returns The topics that the alarms publish to, beside the findings.
 */
export async function lookAtAlarms(
  { metrics }: Account,
  subject: Subject,
): Promise<{ readonly findings: readonly Finding[]; readonly topics: readonly string[] }> {
  const topics = new Set<string>();
  const findings = await attempt(
    ['alarm.there', 'alarm.enabled', 'alarm.actions', 'alarm.fill'],
    async () => {
      const names = alarmNames(subject);
      const alarms: MetricAlarm[] = [];
      for (let from = 0; from < names.length; from += mostNames) {
        const AlarmNames = names.slice(from, from + mostNames);
        const answer = await metrics.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: mostNames }));
        alarms.push(...(answer.MetricAlarms ?? []));
      }
      return names.flatMap((name) => {
        const alarm = alarms.find(({ AlarmName }) => AlarmName === name);
        if (alarm === undefined) return [differs('alarm.there', 'an alarm', 'none', name)];
        const { ActionsEnabled, AlarmActions = [], OKActions = [], StateValue = '' } = alarm;
        for (const arn of AlarmActions) if (arn.includes(':sns:')) topics.add(arn);
        const counts = `${AlarmActions.length} for ALARM, ${OKActions.length} for OK`;
        const hasActions = AlarmActions.length > 0 && OKActions.length > 0;
        const isHeartbeat = name.endsWith('/heartbeat');
        return [
          holds('alarm.there', '', name),
          judge('alarm.enabled', ActionsEnabled === true, ['enabled actions', 'disabled ones'], name),
          judge('alarm.actions', hasActions, ['an action for ALARM and for OK', counts], name),
          ...(isHeartbeat ? [judgeFill(StateValue, name)] : []),
        ];
      });
    },
  );
  return { findings, topics: [...topics] };
}

/** In the quarter of an hour after a deploy the alarm warms up. */
function judgeFill(state: string, name: string): Finding {
  return state === 'INSUFFICIENT_DATA'
    ? notTried('alarm.fill', 'the alarm has not judged yet: it warms up for 15 minutes', name)
    : judge('alarm.fill', state === 'OK', ['state OK', `state ${state}`], name);
}
