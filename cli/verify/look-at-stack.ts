import { type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { type GetScheduleOutput, paginateListSchedules, type ScheduleState } from '@aws-sdk/client-scheduler';
import { parseObject } from '../../lambda/parse-object.ts';
import { readVersion } from '../command.ts';
import { statOf } from '../place/open-aws.ts';
import { attempt, CannotTry, differs, type Findings, holds, ifThere, judge, notTried } from './attempt.ts';
import { type Deployment, span } from './subject.ts';

/** Whether the stack stands, and is of this version. */
export function lookAtStack({ stack, stackName }: Deployment): Promise<Findings> {
  return attempt(['stack.there', 'stack.version'], undefined, async () => {
    if (stackName === undefined) throw new CannotTry('no deployment.json names the stack');
    const answer = await ifThere(stack.describeStacks({ StackName: stackName }));
    const { StackStatus = `no stack ${stackName}`, Outputs = [] } = answer?.Stacks?.[0] ?? {};
    const found = Outputs.find(({ OutputKey }) => OutputKey === 'Version')?.OutputValue;
    const isGood = /^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(StackStatus);
    return [
      judge('stack.there', isGood, 'CREATE_COMPLETE or UPDATE_COMPLETE', StackStatus),
      judge('stack.version', found === readVersion(), readVersion(), found ?? 'no output Version: deploy again'),
    ];
  });
}

/** What stands at the end of the description of a schedule that `--dead-man` has disabled. */
const mark = ' [disabled by zoho-tokens verify]';
const expression = 'rate(5 minutes)';

/** The schedules that invoke the function, whatever their names. */
export async function findSchedules({ scheduler, functionArn }: Deployment): Promise<GetScheduleOutput[]> {
  const pages = await Array.fromAsync(paginateListSchedules({ client: scheduler }, {}));
  const own = pages.flatMap(({ Schedules = [] }) => Schedules.filter(({ Target }) => Target?.Arn === functionArn));
  return Array.fromAsync(own, ({ Name, GroupName }) => scheduler.getSchedule({ Name, GroupName }));
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

const minute = 60_000;
const lookBackMilliseconds = 10 * minute;
/** A point of a tick may take this long: the alarms' windows leave room for more. */
const latestPointMilliseconds = 3 * minute;
const lookAgainMilliseconds = 10_000;
const noTick = 'no tick was seen';

/** Whether a tick ran, and whether its line and its metric points arrived. */
export async function lookAtTicks(on: Deployment): Promise<Findings> {
  let newest: FilteredLogEvent | undefined;
  const lines = await attempt(['tick.ran', 'tick.unwrapped', 'log.late'], undefined, async () => {
    const events = await readLines(on);
    const ticks = events.filter(({ message = '' }) => {
      const line = parseObject(message);
      return line?._aws !== undefined && line.Ticks === 1 && line.SecretPrefix === on.secretPrefix;
    });
    newest = ticks.toSorted((one, other) => (other.timestamp ?? 0) - (one.timestamp ?? 0))[0];
    return newest === undefined ? withoutTick(events) : judgeTick(on, newest);
  });
  return [...lines, ...(await lookAtPoints(on, newest?.timestamp))];
}

/** Two ticks write a few dozen lines: all are read, because a filter would not show a wrapped one. */
async function readLines({ logs, logGroup, now }: Deployment): Promise<FilteredLogEvent[]> {
  const wanted = { logGroupName: logGroup, startTime: now().getTime() - lookBackMilliseconds };
  const pages = await Array.fromAsync(paginateFilterLogEvents({ client: logs }, wanted));
  return pages.flatMap(({ events = [] }) => events);
}

function judgeTick({ now }: Deployment, { timestamp = 0, ingestionTime }: FilteredLogEvent): Findings {
  const late = (ingestionTime ?? 0) - timestamp;
  return [
    holds('tick.ran', `${span(now().getTime() - timestamp)} ago`),
    holds('tick.unwrapped'),
    ingestionTime === undefined
      ? notTried('log.late', 'the line does not say when it arrived')
      : judge('log.late', late <= minute, 'at most 60 s', span(late), `${span(late)} late`),
  ];
}

function withoutTick(events: readonly FilteredLogEvent[]): Findings {
  const isWrapped = events.some(({ message = '' }) => String(parseObject(message)?.message).includes('_aws'));
  const none = `none among ${events.length} log lines`;
  return [
    judge('tick.ran', isWrapped, 'a line of a whole tick', none),
    isWrapped
      ? differs('tick.unwrapped', '_aws at the root of the line', 'it wrapped into a message')
      : notTried('tick.unwrapped', noTick),
    notTried('log.late', noTick),
  ];
}

function lookAtPoints(on: Deployment, tickAt: number | undefined): Promise<Findings> {
  return attempt(['metric.ticks', 'metric.life'], undefined, async () => {
    if (tickAt === undefined) throw new CannotTry(noTick);
    const names = [undefined, ...on.all.map(({ name }) => name)];
    const MetricDataQueries = names.map((name, index) => {
      const MetricStat = statOf(name === undefined ? 'Ticks' : 'SecondsToExpiry', on.secretPrefix, name);
      return { Id: `m${index}`, MetricStat };
    });
    const arrived = new Map<string, string>();
    for (let look = 0; ; look += 1) {
      const { MetricDataResults = [] } = await on.metrics.getMetricData({
        StartTime: new Date(Math.floor(tickAt / minute) * minute),
        EndTime: new Date(on.now().getTime() + minute),
        MetricDataQueries,
      });
      const age = on.now().getTime() - tickAt;
      // What is there at the first look came before it, nobody knows when.
      const late = look === 0 ? `there when asked ${span(age)} later` : `${span(age)} late`;
      for (const { Id = '', Values = [] } of MetricDataResults)
        if (Values.length > 0 && !arrived.has(Id)) arrived.set(Id, late);
      if (arrived.size === names.length || age > latestPointMilliseconds) break;
      if (look === 0) on.say('waiting for the metric points of the last tick, at most 3 minutes');
      await on.wait(lookAgainMilliseconds);
    }
    return names.map((where, index) => {
      const late = arrived.get(`m${index}`);
      const id = where === undefined ? 'metric.ticks' : 'metric.life';
      return { ...judge(id, late !== undefined, 'a point of the last tick', 'none after 3 minutes', late), where };
    });
  });
}
