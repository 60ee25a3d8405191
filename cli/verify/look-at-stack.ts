import { type GetScheduleOutput, paginateListSchedules, type ScheduleState } from '@aws-sdk/client-scheduler';
import { faultName } from '../../lambda/aws/fault-name.ts';
import { Refusal } from '../faults.ts';
import type { Account } from '../place/account.ts';
import { attempt, CannotTry, differs, type Findings, ifThere, judge } from './finding.ts';
import type { Deployed, Deployment } from './subject.ts';

/** Reads the function's configuration. @throws {@link Refusal} if the function does not exist or cannot be read. */
export async function findDeployed({ lambda }: Account, functionName: string): Promise<Deployed> {
  const answer = await lambda.getFunctionConfiguration({ FunctionName: functionName }).catch((fault: unknown) => {
    throw new Refusal(
      `the function ${functionName} cannot be read: ${faultName(fault)}`,
      "look at --stage, --region, --profile and --function (the stack's output FunctionName); the role needs lambda:GetFunctionConfiguration",
      'no_function',
    );
  });
  const { FunctionArn: functionArn = '', LoggingConfig, Environment } = answer;
  const [, partition = '', , region = '', account = ''] = functionArn.split(':');
  const logGroup = LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`;
  const alertTopic = Environment?.Variables?.ALERT_TOPIC_ARN ?? '';
  return { functionArn, partition, region, account, logGroup, alertTopic };
}

export function lookAtStack({ stack, stackName, version }: Deployment): Promise<Findings> {
  return attempt(['stack.there', 'stack.version'], undefined, async () => {
    if (stackName === undefined) throw new CannotTry('no deployment.json names the stack');
    const answer = await ifThere(stack.describeStacks({ StackName: stackName }));
    const { StackStatus = `no stack ${stackName}`, Outputs = [] } = answer?.Stacks?.[0] ?? {};
    const found = Outputs.find(({ OutputKey }) => OutputKey === 'Version')?.OutputValue;
    const isGood = /^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(StackStatus);
    return [
      judge('stack.there', isGood, 'CREATE_COMPLETE or UPDATE_COMPLETE', StackStatus),
      judge('stack.version', found === version, version, found ?? 'no output Version: deploy again'),
    ];
  });
}

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
  const id = 'schedule.enabled';
  return attempt([id], undefined, async () => {
    const schedules = await findSchedules(on);
    if (schedules.some(isLeftDisabled)) {
      const found =
        'one that an earlier verify left DISABLED: `npx --no-install zoho-tokens verify --live` enables it before anything else';
      return differs(id, 'an enabled schedule', found);
    }
    const [{ State, ScheduleExpression } = {}] = schedules;
    if (schedules.length === 0) return differs(id, 'one schedule', 'none');
    const isGood = schedules.length === 1 && State === 'ENABLED' && ScheduleExpression === expression;
    const found = `${schedules.length} of state ${State} and ${ScheduleExpression}`;
    return judge(id, isGood, `one of state ENABLED and ${expression}`, found);
  });
}

/**
 * Enables or disables a schedule, and leaves everything else of it as it is now: an update replaces the whole, and
 * somebody may have deployed meanwhile.
 */
export async function setSchedule({ scheduler }: Deployment, schedule: GetScheduleOutput, State: ScheduleState) {
  const { Name, GroupName } = schedule;
  const found = await scheduler.getSchedule({ Name, GroupName });
  const { ScheduleExpression, FlexibleTimeWindow, Target, StartDate, Description = '' } = found;
  const plain = Description.replace(mark, '');
  await scheduler.updateSchedule({
    ...{ ...found, Name, ScheduleExpression, FlexibleTimeWindow, Target, State },
    // A start that has passed may be refused.
    StartDate: StartDate !== undefined && StartDate.getTime() > Date.now() ? StartDate : undefined,
    Description: State === 'DISABLED' ? `${plain}${mark}` : plain || undefined,
  });
}
