import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type FilteredLogEvent, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { parseObject } from '../../lambda/parse-object.ts';
import type { Account } from '../place/account.ts';
import { attempt, differs, type Finding, holds, judge, notTried } from './finding.ts';
import type { Deployed } from './look-at-stack.ts';
import { type Subject, span } from './subject.ts';

const lookBackMilliseconds = 10 * 60_000;
const latestLogMilliseconds = 60_000;
/** A point of a tick may take this long: the alarms' windows leave room for more. */
const latestPointMilliseconds = 3 * 60_000;
const lookAgainMilliseconds = 10_000;
const minuteMilliseconds = 60_000;
const mostPages = 20;

/** Whether a tick ran, and whether its line and its metric points arrived. */
export async function lookAtTicks(
  account: Account,
  subject: Subject,
  { logGroup }: Deployed,
): Promise<readonly Finding[]> {
  let tickAt: Date | undefined;
  const lines = await attempt(['tick.ran', 'tick.unwrapped', 'log.late'], async () => {
    const events = await readLines(account, subject, logGroup);
    const ticks = events.filter(({ message }) => isTick(parseObject(message ?? ''), subject));
    const newest = ticks.toSorted((one, other) => (one.timestamp ?? 0) - (other.timestamp ?? 0)).at(-1);
    if (newest === undefined) return withoutTick(events);
    tickAt = new Date(newest.timestamp ?? 0);
    const late = (newest.ingestionTime ?? 0) - (newest.timestamp ?? 0);
    const ago = subject.now().getTime() - tickAt.getTime();
    return [
      holds('tick.ran', `${span(ago)} ago`),
      holds('tick.unwrapped'),
      late <= latestLogMilliseconds
        ? holds('log.late', `${span(late)} late`)
        : differs('log.late', 'at most 60 s', span(late)),
    ];
  });
  return [...lines, ...(await lookAtPoints(account, subject, tickAt))];
}

/** Two ticks write a few dozen lines: all are read, because a filter would not show a wrapped one. */
async function readLines(
  { logs }: Account,
  { now }: Subject,
  logGroupName: string,
): Promise<FilteredLogEvent[]> {
  const events: FilteredLogEvent[] = [];
  const startTime = now().getTime() - lookBackMilliseconds;
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime, nextToken }));
    events.push(...(answer.events ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return events;
}

function isTick(line: Record<string, unknown> | undefined, { secretPrefix }: Subject): boolean {
  return line?._aws !== undefined && line.Ticks === 1 && line.SecretPrefix === secretPrefix;
}

function withoutTick(events: readonly FilteredLogEvent[]): readonly Finding[] {
  const isWrapped = events.some(({ message }) =>
    String(parseObject(message ?? '')?.message).includes('_aws'),
  );
  const none = `none among ${events.length} log lines`;
  return [
    isWrapped ? holds('tick.ran') : differs('tick.ran', 'a line of a whole tick', none),
    isWrapped
      ? differs('tick.unwrapped', '_aws at the root of the line', 'it wrapped into a message')
      : notTried('tick.unwrapped', 'no tick was seen'),
    notTried('log.late', 'no tick was seen'),
  ];
}

/** The metrics that every tick writes, each with the dimensions under which its alarm looks. */
function pointsOf({ secretPrefix, all }: Subject) {
  const prefix = { Name: 'SecretPrefix', Value: secretPrefix };
  const lives = all.map(({ name }) => ({
    id: 'metric.life',
    where: name,
    MetricName: 'SecondsToExpiry',
    Dimensions: [prefix, { Name: 'Connection', Value: name }],
  }));
  return [{ id: 'metric.ticks', where: undefined, MetricName: 'Ticks', Dimensions: [prefix] }, ...lives];
}

async function lookAtPoints(
  { metrics }: Account,
  subject: Subject,
  tickAt: Date | undefined,
): Promise<readonly Finding[]> {
  const ids = ['metric.ticks', 'metric.life'];
  if (tickAt === undefined) return ids.map((id) => notTried(id, 'no tick was seen'));
  const points = pointsOf(subject);
  const arrived = new Map<number, string>();
  return attempt(ids, async () => {
    for (let look = 0; arrived.size < points.length; look += 1) {
      const answer = await metrics.send(
        new GetMetricDataCommand({
          StartTime: new Date(Math.floor(tickAt.getTime() / minuteMilliseconds) * minuteMilliseconds),
          EndTime: new Date(subject.now().getTime() + minuteMilliseconds),
          MetricDataQueries: points.map(({ MetricName, Dimensions }, index) => ({
            Id: `m${index}`,
            MetricStat: {
              Metric: { Namespace: 'ZohoTokenRefresher', MetricName, Dimensions },
              Period: 60,
              Stat: 'Maximum',
            },
          })),
        }),
      );
      const age = subject.now().getTime() - tickAt.getTime();
      // What is there at the first look came before it.
      const late = look === 0 ? `within ${span(age)}` : `${span(age)} late`;
      for (const { Id = '', Values = [] } of answer.MetricDataResults ?? []) {
        const index = Number(Id.slice(1));
        if (Values.length > 0 && !arrived.has(index)) arrived.set(index, late);
      }
      if (arrived.size === points.length || age > latestPointMilliseconds) break;
      if (look === 0) subject.say('waiting for the metric points of the last tick, at most 3 minutes');
      await subject.wait(lookAgainMilliseconds);
    }
    return points.map(({ id, where }, index) => {
      const late = arrived.get(index);
      return late === undefined
        ? judge(id, false, ['a point of the last tick', 'none after 3 minutes'], where)
        : holds(id, late, where);
    });
  });
}
