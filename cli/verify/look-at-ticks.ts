import { type FilteredLogEvent, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { parseObject } from '../../lambda/parse-object.ts';
import { statOf } from '../place/open-aws.ts';
import { at, attempt, differs, type Findings, holds, judge, notTried } from './finding.ts';
import { type Deployment, span } from './subject.ts';

const minute = 60_000;
const lookBackMilliseconds = 10 * minute;
/** A point of a tick may take this long: the alarms' windows leave room for more. */
const latestPointMilliseconds = 3 * minute;
const lookAgainMilliseconds = 10_000;

/** Whether a tick ran, and whether its line and its metric points arrived. */
export async function lookAtTicks(on: Deployment): Promise<Findings> {
  let tickAt: Date | undefined;
  const lines = await attempt(['tick.ran', 'tick.unwrapped', 'log.late'], undefined, async () => {
    const events = await readLines(on);
    const ticks = events.filter(({ message = '' }) => {
      const line = parseObject(message);
      return line?._aws !== undefined && line.Ticks === 1 && line.SecretPrefix === on.secretPrefix;
    });
    const [newest] = ticks.toSorted((one, other) => (other.timestamp ?? 0) - (one.timestamp ?? 0));
    if (newest === undefined) return withoutTick(events);
    const { timestamp = 0, ingestionTime } = newest;
    tickAt = new Date(timestamp);
    const late = (ingestionTime ?? 0) - timestamp;
    return [
      holds('tick.ran', `${span(on.now().getTime() - timestamp)} ago`),
      holds('tick.unwrapped'),
      ingestionTime === undefined
        ? notTried('log.late', 'the line does not say when it arrived')
        : judge('log.late', late <= minute, 'at most 60 s', span(late), `${span(late)} late`),
    ];
  });
  return [...lines, ...(await lookAtPoints(on, tickAt))];
}

/** Two ticks write a few dozen lines: all are read, because a filter would not show a wrapped one. */
async function readLines({ logs, logGroup, now }: Deployment): Promise<FilteredLogEvent[]> {
  const found: FilteredLogEvent[] = [];
  const wanted = { logGroupName: logGroup, startTime: now().getTime() - lookBackMilliseconds };
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, wanted)) found.push(...events);
  return found;
}

function withoutTick(events: readonly FilteredLogEvent[]): Findings {
  const late = notTried('log.late', 'no tick was seen');
  if (events.some(({ message = '' }) => String(parseObject(message)?.message).includes('_aws'))) {
    const wrapped = differs('tick.unwrapped', '_aws at the root of the line', 'it wrapped into a message');
    return [holds('tick.ran'), wrapped, late];
  }
  const none = differs('tick.ran', 'a line of a whole tick', `none among ${events.length} log lines`);
  return [none, notTried('tick.unwrapped', 'no tick was seen'), late];
}

async function lookAtPoints(on: Deployment, tickAt: Date | undefined): Promise<Findings> {
  const ids = ['metric.ticks', 'metric.life'];
  if (tickAt === undefined) return ids.map((id) => notTried(id, 'no tick was seen'));
  const names = on.all.map(({ name }) => name);
  const ofLife = names.map((name) => statOf('SecondsToExpiry', on.secretPrefix, name));
  const stats = [statOf('Ticks', on.secretPrefix), ...ofLife];
  const queries = stats.map((MetricStat, index) => ({ Id: `m${index}`, MetricStat }));
  const arrived = new Map<string, string>();
  return attempt(ids, undefined, async () => {
    for (let look = 0; ; look += 1) {
      const { MetricDataResults = [] } = await on.metrics.getMetricData({
        StartTime: new Date(Math.floor(tickAt.getTime() / minute) * minute),
        EndTime: new Date(on.now().getTime() + minute),
        MetricDataQueries: queries,
      });
      const age = on.now().getTime() - tickAt.getTime();
      // What is there at the first look came before it, nobody knows when.
      const late = look === 0 ? `there when asked ${span(age)} later` : `${span(age)} late`;
      for (const { Id = '', Values = [] } of MetricDataResults)
        if (Values.length > 0 && !arrived.has(Id)) arrived.set(Id, late);
      if (arrived.size === queries.length || age > latestPointMilliseconds) break;
      if (look === 0) on.say('waiting for the metric points of the last tick, at most 3 minutes');
      await on.wait(lookAgainMilliseconds);
    }
    return [undefined, ...names].flatMap((where, index) => {
      const late = arrived.get(`m${index}`);
      const id = where === undefined ? 'metric.ticks' : 'metric.life';
      const finding = judge(id, late !== undefined, 'a point of the last tick', 'none after 3 minutes', late);
      return at(where, [finding]);
    });
  });
}
