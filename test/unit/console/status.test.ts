import { expect, it, test } from 'vitest';
import type { CardView } from '../../../local/console/card.ts';
import { nextRefreshAt, statusOf } from '../../../local/console/page/status-line.ts';
import type { StateView } from '../../../local/console/stage-watch.ts';

// The sentence of a calm night, and of one without ticks, is read in test/browser/console-page.test.ts.

const minute = 60_000;
const token = { masked: '1000.…1a87', issuedAt: 0, expiresAt: 60 * minute, isDead: false };
const app = { isUsable: true, text: 'a token that Zoho accepts' };
const cardOf = (name: string, more: Partial<CardView> = {}) =>
  ({ name, level: 'good', token, app, ...more }) as CardView;
const incident = {
  code: 'invalid_code',
  since: 0,
  isTold: true,
  command: 'zoho-tokens authorize desk',
  remedy: 'Do.',
} as const;
const calm = { now: 0, speed: 1, isTicking: false, alarms: [], broken: [] };
const statusAt = (minutes: number, cards: CardView[], more: Partial<StateView> = {}) =>
  statusOf({ ...calm, nextTickAt: (minutes + 5) * minute, cards, ...more }, minutes * minute, 5 * minute);

test('the status of an incident says what apps feel and what to do, the worst first', () => {
  const alive = cardOf('desk', { level: 'warning', incident, isUnheard: true });
  expect(statusAt(25, [cardOf('one'), alive])).toMatchObject({
    level: 'critical',
    tab: 'Incident: desk',
    sentence: 'Apps of desk still work, but something is wrong.',
    troubles: [
      {
        felt: 'apps work until 01:00, 35 min from now',
        todo: 'On-call could not be alerted. Do.',
        command: incident.command,
      },
    ],
  });
  const dead = cardOf('salesiq', { level: 'critical', app: { isUsable: false, text: 'a token that has expired' } });
  expect(statusAt(25, [alive, dead])).toMatchObject({
    tab: 'FAILING: salesiq',
    sentence: 'Apps of salesiq have no usable token.',
    troubles: [{ name: 'salesiq', todo: 'The refresher has not recorded it yet; next tick 00:30.' }, { name: 'desk' }],
  });
});

test('the status names connections together that feel the same', () => {
  const down = { ...incident, code: 'zoho_unavailable', command: null } as const;
  const cards = ['one', 'two'].map((name) => cardOf(name, { level: 'warning', incident: down }));
  expect(statusAt(25, cards).troubles).toMatchObject([{ name: 'one and two', todo: 'Do.' }]);
  const withCommands = cards.map((card) => ({ ...card, incident }));
  expect(statusAt(25, withCommands).troubles).toHaveLength(2);
});

test('the status is not calm while an alarm speaks', () => {
  const alarms = [{ name: 'zoho/refresher/errors', isAlarm: true, reason: 'failed runs: 2' }];
  expect(statusAt(0, [cardOf('desk')], { alarms })).toMatchObject({
    level: 'warning',
    sentence: 'The connection is healthy, but zoho/refresher/errors is in ALARM: failed runs: 2.',
  });
});

it.each([
  ['the tick at which 40 minutes are left', 0, 5, 20],
  ['the tick after, if it is due a moment later', 1 / minute, 5, 25],
  ['the next tick, if it is due already', 0, 25, 25],
])('the next refresh is %s', (_, issued, nextTick, expected) => {
  const issuedAt = issued * minute;
  const ofToken = { ...token, issuedAt, expiresAt: issuedAt + 60 * minute };
  expect(nextRefreshAt(ofToken, { nextTickAt: nextTick * minute }, 5 * minute)).toBe(expected * minute);
});
