import { describe, expect, it } from 'vitest';
import { createHistory, historyMilliseconds } from '../../../local/console/history.ts';
import type { TickView } from '../../../local/console/view.ts';

const tickOf = (slot: number) => ({ slot }) as TickView;
const step = 5 * 60_000;

describe('the history', () => {
  it('forgets what is older than a day, and keeps the token that apps read when the day began', () => {
    const history = createHistory();
    for (let slot = 0; slot <= 2 * historyMilliseconds; slot += step) {
      if (slot < historyMilliseconds) {
        history.addSpan({ connection: 'desk', from: slot, expiresAt: slot + 3_600_000 });
        history.addMarks([{ at: slot, connection: 'desk', kind: 'refresh', text: '' }]);
      }
      history.addTick(tickOf(slot), ['{}']);
    }
    const { spans, marks, ticks } = history.whole();
    expect(ticks[0]?.slot).toBe(historyMilliseconds);
    expect(marks).toEqual([]);
    expect(spans.at(-1)?.from).toBe(historyMilliseconds - step);
    expect(spans.length).toBeLessThan(20);
  });

  it('forgets what is older than its last 1,440 ticks, if they come faster than one a minute', () => {
    const history = createHistory();
    for (let second = 0; second < 3_000; second += 1) {
      history.addMarks([{ at: second * 1_000, connection: 'desk', kind: 'refresh', text: '' }]);
      history.addTick(tickOf(second * 1_000), ['{}']);
    }
    const { marks, ticks } = history.whole();
    expect([ticks.length, marks.length]).toEqual([1_440, 1_440]);
    expect(ticks[0]?.slot).toBe(1_560_000);
    expect(history.linesOf(1_560)).toBeUndefined();
    expect(history.linesOf(1_561)).toEqual(['{}']);
  });

  it('forgets log lines above 8 MB, the oldest first', () => {
    const history = createHistory();
    const lines = ['x'.repeat(1024 * 1024)];
    for (let index = 0; index < 12; index += 1) history.addTick(tickOf(index), lines);
    expect(history.linesOf(1)).toBeUndefined();
    expect(history.linesOf(12)).toEqual(lines);
  });

  it('tells each thing once as news, and a token again when it ends before its time', () => {
    const history = createHistory();
    history.addSpan({ connection: 'desk', from: 0, expiresAt: 100 });
    expect(history.takeNews()?.spans).toHaveLength(1);
    expect(history.takeNews()).toBeUndefined();
    history.endLatestSpan('desk', 50);
    history.endLatestSpan('desk', 60);
    expect(history.takeNews()?.spans).toEqual([{ connection: 'desk', from: 0, expiresAt: 100, deadAt: 50 }]);
  });
});
