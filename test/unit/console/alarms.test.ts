import { describe, expect, it } from 'vitest';
import { createAlarms } from '../../../local/console/alarms.ts';

const minute = 60_000;
const make = () =>
  createAlarms({
    secretPrefix: 'zoho',
    connections: ['desk'],
    tickIntervalMilliseconds: 5 * minute,
    startedAt: 0,
  });
const speaking = (alarms: ReturnType<typeof make>, now: number) =>
  alarms
    .judge(now)
    .all.filter(({ isAlarm }) => isAlarm)
    .map(({ name }) => name);

describe('the alarms', () => {
  it('speak when a token has less than 10 minutes left', () => {
    const alarms = make();
    alarms.note([{ connection: 'desk', at: 0, secondsToExpiry: 601 }], { at: 0, isFailed: false });
    expect(speaking(alarms, minute)).toEqual([]);
    alarms.note([{ connection: 'desk', at: 5 * minute, secondsToExpiry: 599 }], {
      at: 5 * minute,
      isFailed: false,
    });
    expect(speaking(alarms, 6 * minute)).toEqual(['zoho/desk/token-life']);
  });

  it('speak when nobody has looked for three ticks, and not before', () => {
    const alarms = make();
    alarms.note([{ connection: 'desk', at: 20 * minute, secondsToExpiry: 3_000 }], {
      at: 20 * minute,
      isFailed: false,
    });
    expect(speaking(alarms, 35 * minute)).toEqual([]);
    expect(speaking(alarms, 37 * minute)).toEqual(['zoho/desk/token-life']);
  });

  it('speak when two runs of three failed', () => {
    const alarms = make();
    const metrics = (at: number) => [{ connection: 'desk', at, secondsToExpiry: 3_000 }];
    alarms.note(metrics(0), { at: 0, isFailed: true });
    expect(speaking(alarms, minute)).toEqual([]);
    alarms.note(metrics(5 * minute), { at: 5 * minute, isFailed: true });
    expect(speaking(alarms, 6 * minute)).toEqual(['zoho/refresher/errors']);
  });

  it('speak once a tick was dropped, and are silent a period later', () => {
    const alarms = make();
    alarms.note([{ connection: 'desk', at: 0, secondsToExpiry: 3_000 }], { at: 0, isFailed: false });
    expect(speaking(alarms, minute)).toEqual([]);
    alarms.noteDropped(5 * minute);
    expect(speaking(alarms, 6 * minute)).toEqual(['zoho/refresher/dropped-ticks']);
    expect(alarms.judge(6 * minute).all.at(-1)?.reason).toBe('ticks dropped in the last 5 minutes: 1');
    expect(speaking(alarms, 12 * minute)).toEqual([]);
  });

  it('tell a change of state once in each direction', () => {
    const alarms = make();
    alarms.note([{ connection: 'desk', at: 0, secondsToExpiry: 0 }], { at: 0, isFailed: false });
    expect(alarms.judge(minute).changed.map(({ isAlarm }) => isAlarm)).toEqual([true]);
    expect(alarms.judge(2 * minute).changed).toEqual([]);
    alarms.note([{ connection: 'desk', at: 20 * minute, secondsToExpiry: 3_600 }], {
      at: 20 * minute,
      isFailed: false,
    });
    expect(alarms.judge(21 * minute).changed.map(({ isAlarm }) => isAlarm)).toEqual([false]);
  });
});
