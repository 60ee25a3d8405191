import { describe, expect, it } from 'vitest';
import { createAlarms } from '../../../local/console/alarms.ts';

const minute = 60_000;

/** The alarms of a stack with one connection, and ticks up to a moment. */
function start() {
  const alarms = createAlarms({ secretPrefix: 'zoho', connections: ['desk'], startedAt: 0 });
  return {
    alarms,
    tick(minutes: number, isFailed = false) {
      const at = minutes * minute;
      const lives = isFailed ? [] : [{ connection: 'desk', at, secondsToExpiry: 3_000 }];
      alarms.note({ lives, ticks: isFailed ? [] : [at], at, isFailed });
    },
    speaking(minutes: number): string[] {
      const { all } = alarms.judge(minutes * minute);
      return all.filter(({ isAlarm }) => isAlarm).map(({ name }) => name);
    },
  };
}

describe('the alarms', () => {
  it('of errors speaks when two runs of three failed', () => {
    const { tick, speaking } = start();
    tick(0.5, true);
    expect(speaking(2)).toEqual([]);
    tick(5.5, true);
    expect(speaking(7)).toEqual(['zoho/refresher/errors']);
  });

  it('of dropped ticks speaks once a tick was dropped', () => {
    const { alarms, tick, speaking } = start();
    tick(0);
    alarms.noteDropped(5 * minute);
    expect(speaking(6)).toEqual(['zoho/refresher/dropped-ticks']);
    expect(alarms.judge(6 * minute).all.at(-1)?.reason).toBe('ticks dropped in the last 5 minutes: 1');
  });

  it('tell a change of state once in each direction, with the minute in which CloudWatch saw it', () => {
    const { alarms, tick } = start();
    tick(0);
    tick(30);
    const { changed } = alarms.judge(40 * minute);
    expect(changed.map(({ rule, isAlarm, at }) => [rule.name, isAlarm, at / minute])).toEqual([
      ['zoho/desk/token-life', true, 13],
      ['zoho/refresher/heartbeat', true, 13],
      ['zoho/desk/token-life', false, 30],
      ['zoho/refresher/heartbeat', false, 30],
    ]);
    expect(alarms.judge(41 * minute).changed).toEqual([]);
  });
});
