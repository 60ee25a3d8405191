import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { lifeAlarmName, refresherAlarmName, refresherAlarmSubjects } from '../../infra/alarm-names.ts';
import { at, attempt, differs, type Finding, type Findings, holds, judge, notTried } from './finding.ts';
import type { Deployment } from './subject.ts';

const mostNames = 100;

/** The alarms that the stack makes, those of the connections first. */
export function alarmNames({ secretPrefix, all }: Pick<Deployment, 'secretPrefix' | 'all'>): readonly string[] {
  return [
    ...all.map(({ name }) => lifeAlarmName(secretPrefix, name)),
    ...refresherAlarmSubjects.map((about) => refresherAlarmName(secretPrefix, about)),
  ];
}

async function findAlarms({ metrics }: Deployment, names: readonly string[]): Promise<MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  for (let from = 0; from < names.length; from += mostNames) {
    const AlarmNames = names.slice(from, from + mostNames);
    const answer = await metrics.describeAlarms({ AlarmNames, MaxRecords: mostNames });
    found.push(...(answer.MetricAlarms ?? []));
  }
  return found;
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
    return names.flatMap((name) => {
      const alarm = alarms.find(({ AlarmName }) => AlarmName === name);
      for (const arn of alarm?.AlarmActions ?? []) if (arn.includes(':sns:')) topics.add(arn);
      return at(name, judgeAlarm(alarm, name.endsWith('/heartbeat'), hasTick));
    });
  });
  return { findings, topics: [...topics] };
}

function judgeAlarm(alarm: MetricAlarm | undefined, isHeartbeat: boolean, hasTick: boolean): Findings {
  if (alarm === undefined) return [differs('alarm.there', 'an alarm', 'none')];
  const { ActionsEnabled, AlarmActions = [], OKActions = [], StateValue = '' } = alarm;
  const counts = `${AlarmActions.length} for ALARM, ${OKActions.length} for OK`;
  const hasActions = AlarmActions.length > 0 && OKActions.length > 0;
  return [
    holds('alarm.there'),
    judge('alarm.enabled', ActionsEnabled === true, 'enabled actions', 'disabled ones'),
    judge('alarm.actions', hasActions, 'an action for ALARM and for OK', counts),
    ...(isHeartbeat ? [judgeFill(StateValue, hasTick)] : []),
  ];
}

function judgeFill(state: string, hasTick: boolean): Finding {
  if (!hasTick) return notTried('alarm.fill', 'no tick was seen');
  return state === 'INSUFFICIENT_DATA'
    ? notTried('alarm.fill', 'the alarm has not judged yet: it warms up for 15 minutes')
    : judge('alarm.fill', state === 'OK', 'state OK', `state ${state}`);
}
