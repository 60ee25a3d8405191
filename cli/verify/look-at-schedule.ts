import {
  GetScheduleCommand,
  type GetScheduleOutput,
  ListSchedulesCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { Account } from '../place/account.ts';
import { attempt, differs, type Finding, judge } from './finding.ts';
import type { Deployed } from './look-at-stack.ts';

/** What stands at the end of the description of a schedule that `--dead-man` has disabled. */
const mark = ' [disabled by zoho-tokens verify]';
const expression = 'rate(5 minutes)';
/** More pages than any account has. */
const mostPages = 100;

/** The schedules that invoke the function, whatever their names. */
export async function findSchedules(
  { scheduler }: Account,
  { functionArn }: Deployed,
): Promise<readonly GetScheduleOutput[]> {
  const found: GetScheduleOutput[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await scheduler.send(new ListSchedulesCommand({ NextToken }));
    for (const { Name, GroupName, Target } of answer.Schedules ?? []) {
      if (Target?.Arn === functionArn)
        found.push(await scheduler.send(new GetScheduleCommand({ Name, GroupName })));
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  return found;
}

/** Whether an earlier `verify` disabled it and could not enable it again. */
export function isLeftDisabled({ State, Description }: GetScheduleOutput): boolean {
  return State === 'DISABLED' && Description?.endsWith(mark) === true;
}

/** Whether the schedule is as the stack makes it, and enabled. */
export function lookAtSchedule(account: Account, deployed: Deployed): Promise<readonly Finding[]> {
  return attempt(['schedule.enabled'], async () => {
    const schedules = await findSchedules(account, deployed);
    const [first] = schedules;
    if (first === undefined) return [differs('schedule.enabled', 'one schedule', 'none')];
    if (isLeftDisabled(first)) {
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

/** Enables or disables a schedule, and leaves everything else of it as it is: an update replaces the whole. */
export async function setSchedule(
  { scheduler }: Account,
  schedule: GetScheduleOutput,
  State: 'ENABLED' | 'DISABLED',
): Promise<void> {
  const { Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = schedule;
  const { FlexibleTimeWindow, Target, KmsKeyArn, ActionAfterCompletion, Description = '' } = schedule;
  // A start that has passed may be refused.
  const start = StartDate !== undefined && StartDate.getTime() > Date.now() ? { StartDate } : {};
  const plain = Description.replace(mark, '');
  await scheduler.send(
    new UpdateScheduleCommand({
      ...{ Name, GroupName, ScheduleExpression, ScheduleExpressionTimezone, EndDate },
      ...start,
      ...{ FlexibleTimeWindow, Target, KmsKeyArn, ActionAfterCompletion },
      Description: State === 'DISABLED' ? `${plain}${mark}` : plain || undefined,
      State,
    }),
  );
}
