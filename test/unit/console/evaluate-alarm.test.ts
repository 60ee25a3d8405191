import { describe, expect, it } from 'vitest';
import { type AlarmRule, heartbeatAlarmRule, lifeAlarmRule } from '../../../infra/alarm-rules.ts';
import { evaluateAlarm, type SentValue } from '../../../local/console/evaluate-alarm.ts';
import { createRandom, type Random } from '../../simulation/random.ts';

const second = 1_000;
const minute = 60 * second;
const tick = 5 * minute;
const hour = 60 * minute;
const heartbeat = heartbeatAlarmRule('zoho');
const life = lifeAlarmRule('zoho', 'desk');

const inEachPhase = <Seen>(play: (random: Random) => Seen) =>
  Array.from({ length: 1_000 }, (_, seed) => play(createRandom(seed)));

/** Changes one tick: what is left, or comes in its place. */
type Disturbance = (sent: SentValue, random: Random) => SentValue[];

/** Two hours of ticks as the Scheduler delivers them: up to a minute late, their data points up to another one. */
function ticksOf(rule: AlarmRule, random: Random, disturb: Disturbance = (sent) => [sent]): SentValue[] {
  const disturbed = 12 + Math.floor(random() * 6);
  return Array.from({ length: 24 }, (_, index) => {
    const at = index * tick + random() * minute;
    const sent = { at, value: rule === heartbeat ? 1 : 3_000, arrivesAt: at + random() * minute };
    return index === disturbed ? disturb(sent, random) : [sent];
  }).flat();
}

/** When the alarm first speaks, evaluated once a minute in a random phase; never if it stays quiet. */
function firstAlarm(rule: AlarmRule, values: readonly SentValue[], random: Random, from: number, to: number): number {
  for (let at = from + random() * minute; at < to; at += minute) if (evaluateAlarm(rule, values, at).isAlarm) return at;
  return Number.POSITIVE_INFINITY;
}

describe.each([
  ['heartbeat', heartbeat],
  ['life', life],
] as const)('the %s alarm', (_name, rule) => {
  it('speaks within 15 minutes of the last tick of a Lambda that dies, in every phase', () => {
    const delays = inEachPhase((random) => {
      const values = ticksOf(rule, random).filter(({ at }) => at < hour);
      const died = Math.max(...values.map(({ at }) => at));
      return (firstAlarm(rule, values, random, hour / 2, 3 * hour) - died) / minute;
    });
    expect(Math.max(...delays)).toBeLessThanOrEqual(15);
    expect(Math.min(...delays)).toBeGreaterThan(12);
  });

  it.each<[name: string, disturb: Disturbance]>([
    ['is lost', () => []],
    ['comes twice', (sent) => [sent, sent]],
    [
      'is up to 5 minutes late',
      (sent, random) => {
        const at = sent.at + random() * tick;
        return [{ ...sent, at, arrivesAt: at + random() * minute }];
      },
    ],
    [
      'has a data point up to 10 minutes late',
      (sent, random) => [{ ...sent, arrivesAt: sent.at + random() * 2 * tick }],
    ],
  ])('stays quiet when one tick %s, in at least 999 of 1,000 phases', (_title, disturb) => {
    const spoke = inEachPhase((random) => firstAlarm(rule, ticksOf(rule, random, disturb), random, hour / 2, 2 * hour));
    expect(spoke.filter(Number.isFinite).length).toBeLessThanOrEqual(1);
  });
});

it('the life alarm speaks when 7 to 12 minutes of a token are left that nobody can refresh, or a minute later', () => {
  const left = inEachPhase((random) => {
    const phase = random() * tick;
    const lives = Array.from({ length: 12 }, (_, index) => {
      const at = phase + index * tick;
      return { at, value: (hour - at) / second, arrivesAt: at };
    });
    return (hour - firstAlarm(life, lives, random, hour / 3, hour)) / minute;
  });
  expect(Math.min(...left)).toBeGreaterThan(6);
  expect(Math.max(...left)).toBeLessThanOrEqual(12);
});

it('the life alarm stays quiet in an outage of Zoho of 25 minutes, whenever it begins', () => {
  const spoke = inEachPhase((random) => {
    const outage = hour + random() * tick * 5;
    let issuedAt = 0;
    const lives = Array.from({ length: 36 }, (_, index) => {
      const at = index * tick;
      const isOut = at >= outage && at < outage + 25 * minute;
      if (issuedAt + hour - at <= 40 * minute && !isOut) issuedAt = at;
      return { at, value: (issuedAt + hour - at) / second, arrivesAt: at };
    });
    return firstAlarm(life, lives, random, hour / 2, 3 * hour);
  });
  expect(spoke.filter(Number.isFinite)).toEqual([]);
});

describe('CloudWatch’s rules', () => {
  const three = { evaluationPeriods: 3, datapointsToAlarm: 3 };
  const rule: AlarmRule = { ...heartbeat, ...three, statistic: 'Maximum', fillsWithZero: false };
  const at = (minutesAgo: number, value: number): SentValue => {
    const instant = hour - minutesAgo * minute;
    return { at: instant, value, arrivesAt: instant };
  };
  const judge = (changes: Partial<AlarmRule>, ...values: SentValue[]) =>
    evaluateAlarm({ ...rule, ...changes }, values, hour).isAlarm;

  it('judge the latest real points of the evaluation range, however old, and then ignore missing ones', () => {
    expect(judge({}, at(4.5, 0), at(3.5, 0), at(2.5, 1))).toBe(false);
    expect(judge({ treatMissingData: 'notBreaching' }, at(4.5, 0), at(3.5, 0), at(2.5, 0))).toBe(true);
  });
  it('fill in missing points only as often as it takes', () => {
    expect(judge({}, at(4.5, 1))).toBe(false);
    expect(judge({}, at(5.5, 1))).toBe(true);
    expect(judge({ treatMissingData: 'notBreaching' }, at(0.5, 0), at(1.5, 0))).toBe(false);
  });
  it('know nothing of a point that has not arrived', () => {
    expect(judge({}, { ...at(0.5, 1), arrivesAt: hour + 1 })).toBe(true);
  });
  it('fill gaps with 0 by FILL, but not a range without any point', () => {
    const filled = { fillsWithZero: true, treatMissingData: 'notBreaching' } as const;
    expect(judge(filled, at(4.5, 1))).toBe(true);
    expect(judge(filled, at(1.5, 1))).toBe(false);
    expect(judge(filled)).toBe(false);
  });
});
