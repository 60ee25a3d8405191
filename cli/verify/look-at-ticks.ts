import { type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { parseObject } from '../../lambda/parse-object.ts';
import { statOf } from '../place/open-aws.ts';
import { attempt, CannotTry, differs, type Findings, holds, judge, notTried } from './finding.ts';
import { type Deployment, span } from './subject.ts';

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
  const found: FilteredLogEvent[] = [];
  const wanted = { logGroupName: logGroup, startTime: now().getTime() - lookBackMilliseconds };
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, wanted)) found.push(...events);
  return found;
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
