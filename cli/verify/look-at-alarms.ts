import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import { attempt, differs, type Finding, type Findings, holds, judge, notTried } from './finding.ts';
import type { Deployment } from './subject.ts';

/** The alarms that the stack makes, those of the connections first. */
export function alarmNames({ secretPrefix, all }: Pick<Deployment, 'secretPrefix' | 'all'>): readonly string[] {
  return [
    ...all.map(({ name }) => lifeAlarmName(secretPrefix, name)),
    ...refresherAlarmSubjects.map((about) => refresherAlarmName(secretPrefix, about)),
  ];
}

/** A stack has at most 50 connections: its alarms fit one answer. */
async function findAlarms({ metrics }: Deployment, names: readonly string[]): Promise<readonly MetricAlarm[]> {
  const answer = await metrics.describeAlarms({ AlarmNames: [...names], MaxRecords: 100 });
  return answer.MetricAlarms ?? [];
}

export async function findHeartbeat(on: Deployment): Promise<MetricAlarm | undefined> {
  const [alarm] = await findAlarms(on, [refresherAlarmName(on.secretPrefix, 'heartbeat')]);
  return alarm;
}

/** @param hasTick - Without one the heartbeat alarm is right to speak. @returns Also the topics that alarms publish to. */
export async function lookAtAlarms(on: Deployment, hasTick: boolean) {
  const topics = new Set<string>();
  const ids = ['alarm.there', 'alarm.enabled', 'alarm.actions', 'alarm.fill'];
  const findings = await attempt(ids, undefined, async () => {
    const names = alarmNames(on);
    const alarms = await findAlarms(on, names);
    return names.flatMap((where) => {
      const alarm = alarms.find(({ AlarmName }) => AlarmName === where);
      for (const arn of alarm?.AlarmActions ?? []) if (arn.includes(':sns:')) topics.add(arn);
      const found = alarm === undefined ? [differs('alarm.there', 'an alarm', 'none')] : judgeAlarm(alarm, hasTick);
      return found.map((finding) => ({ ...finding, where }));
    });
  });
  return { findings, topics: [...topics] };
}

function judgeAlarm(alarm: MetricAlarm, hasTick: boolean): Findings {
  const { AlarmName, ActionsEnabled, AlarmActions = [], OKActions = [], StateValue } = alarm;
  const counts = `${AlarmActions.length} for ALARM, ${OKActions.length} for OK`;
  const hasActions = AlarmActions.length > 0 && OKActions.length > 0;
  return [
    holds('alarm.there'),
    judge('alarm.enabled', ActionsEnabled === true, 'enabled actions', 'disabled ones'),
    judge('alarm.actions', hasActions, 'an action for ALARM and for OK', counts),
    ...(AlarmName?.endsWith('/heartbeat') ? [judgeFill(StateValue, hasTick)] : []),
  ];
}

function judgeFill(state: string | undefined, hasTick: boolean): Finding {
  if (!hasTick) return notTried('alarm.fill', 'no tick was seen');
  if (state === 'INSUFFICIENT_DATA')
    return notTried('alarm.fill', 'the alarm has not judged yet: it warms up for 15 minutes');
  return judge('alarm.fill', state === 'OK', 'state OK', `state ${state}`);
}
