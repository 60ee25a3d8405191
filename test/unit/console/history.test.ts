import { expect, test } from 'vitest';
import { createHistory, historyMilliseconds } from '../../../local/console/history.ts';
import type { TickView } from '../../../local/console/view.ts';

const tickOf = (slot: number) => ({ slot }) as TickView;
const markOf = (at: number) => ({ at, connection: 'desk', kind: 'refresh', text: '' }) as const;
const hour = 3_600_000;

test('the history forgets what is older than a day, and keeps the token that apps read when the day began', () => {
  const history = createHistory();
  for (let slot = 0; slot <= 2 * historyMilliseconds; slot += hour / 2) {
    const tokenOf = (connection: string) => history.addSpan({ connection, from: slot, expiresAt: slot + hour });
    if (slot < historyMilliseconds) tokenOf('desk');
    if (slot < historyMilliseconds - 2 * hour) tokenOf('salesiq');
    if (slot < historyMilliseconds) history.addMarks([markOf(slot)]);
    history.addTick(tickOf(slot), ['{}']);
  }
  const { spans, marks, ticks } = history.whole();
  expect([ticks[0]?.slot, marks]).toEqual([historyMilliseconds, []]);
  expect(spans.map(({ from }) => historyMilliseconds - from)).toEqual([2.5 * hour, hour, hour / 2]);
});

test('the history forgets what is older than its last 1,440 ticks, if they come faster than one a minute', () => {
  const history = createHistory();
  for (let second = 0; second < 1_500; second += 1) {
    history.addMarks([markOf(second * 1_000)]);
    history.addTick(tickOf(second * 1_000), ['{}']);
  }
  const { marks, ticks } = history.whole();
  expect([ticks.length, marks.length, ticks[0]?.slot]).toEqual([1_440, 1_440, 60_000]);
  expect([60, 61].map(history.linesOf)).toEqual([undefined, ['{}']]);
});

test('the history forgets log lines above 8 MB, the oldest first', () => {
  const history = createHistory();
  const lines = ['x'.repeat(1024 * 1024)];
  for (let index = 0; index < 12; index += 1) history.addTick(tickOf(index), lines);
  expect([4, 5, 12].map((id) => history.linesOf(id))).toEqual([undefined, lines, lines]);
});

test('the history tells each thing once as news, and a token again when it ends before its time', () => {
  const history = createHistory();
  history.addSpan({ connection: 'desk', from: 0, expiresAt: 100 });
  expect(history.takeNews()?.spans).toHaveLength(1);
  expect(history.takeNews()).toBeUndefined();
  history.endLatestSpan('desk', 50);
  history.endLatestSpan('desk', 60);
  const ended = [{ connection: 'desk', from: 0, expiresAt: 100, deadAt: 50 }];
  expect([history.takeNews()?.spans, history.whole().spans]).toEqual([ended, ended]);
});
