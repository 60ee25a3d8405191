import { type GetScheduleOutput, paginateListSchedules } from '@aws-sdk/client-scheduler';
import { attempt, differs, type Findings, judge } from './finding.ts';
import type { Deployment } from './subject.ts';

/** What stands at the end of the description of a schedule that `--dead-man` has disabled. */
const mark = ' [disabled by zoho-tokens verify]';
const expression = 'rate(5 minutes)';

/** The schedules that invoke the function, whatever their names. */
export async function findSchedules({ scheduler, functionArn }: Deployment): Promise<GetScheduleOutput[]> {
  const found: GetScheduleOutput[] = [];
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, {})) {
    for (const { Name, GroupName, Target } of Schedules)
      if (Target?.Arn === functionArn) found.push(await scheduler.getSchedule({ Name, GroupName }));
  }
  return found;
}

export function isLeftDisabled({ State, Description }: GetScheduleOutput): boolean {
  return State === 'DISABLED' && Description?.endsWith(mark) === true;
}

/** Whether the schedule is as the stack makes it, and enabled. */
export function lookAtSchedule(on: Deployment): Promise<Findings> {
  return attempt(['schedule.enabled'], undefined, async () => {
    const schedules = await findSchedules(on);
    const [first] = schedules;
    if (first === undefined) return [differs('schedule.enabled', 'one schedule', 'none')];
    if (schedules.some(isLeftDisabled)) {
      const found =
        'one that an earlier verify left DISABLED: `npx --no-install zoho-tokens verify --live` enables it before anything else';
      return [differs('schedule.enabled', 'an enabled schedule', found)];
    }
    const { State, ScheduleExpression } = first;
    const isGood = schedules.length === 1 && State === 'ENABLED' && ScheduleExpression === expression;
    const found = `${schedules.length} of state ${State} and ${ScheduleExpression}`;
    return [judge('schedule.enabled', isGood, [`one of state ENABLED and ${expression}`, found])];
  });
}

/**
 * Enables or disables a schedule, and leaves everything else of it as it is now: an update replaces the whole, and
 * somebody may have deployed meanwhile.
 */
export async function setSchedule(
  { scheduler }: Deployment,
  { Name, GroupName }: GetScheduleOutput,
  State: 'ENABLED' | 'DISABLED',
): Promise<void> {
  const found = await scheduler.getSchedule({ Name, GroupName });
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, Description = '' } = found;
  const { FlexibleTimeWindow, Target, KmsKeyArn, ActionAfterCompletion } = found;
  // A start that has passed may be refused.
  const start = StartDate !== undefined && StartDate.getTime() > Date.now() ? { StartDate } : {};
  const plain = Description.replace(mark, '');
  await scheduler.updateSchedule({
    ...{ Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, EndDate, ...start },
    ...{ FlexibleTimeWindow, Target, KmsKeyArn, ActionAfterCompletion, State },
    Description: State === 'DISABLED' ? `${plain}${mark}` : plain || undefined,
  });
}
