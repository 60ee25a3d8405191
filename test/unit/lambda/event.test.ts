import { describe, expect, test } from 'vitest';
import { EventError, readEvent } from '../../../lambda/event.ts';
import { accessTokenText } from './examples.ts';

const read = (event: unknown) => readEvent(event, ['salesiq', 'desk']);
const schedule_arn = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/zoho/tick';
const scheduled_time = '2026-11-22T12:05:00Z';

function refusalOf(event: unknown): string {
  try {
    read(event);
  } catch (fault) {
    if (!(fault instanceof EventError)) throw fault;
    return fault.message;
  }
  throw new Error('the event was understood');
}

describe('a scheduled event', () => {
  test.each([
    ['2026-11-22T12:05:00Z', '2026-11-22T12:05:00.000Z'],
    ['2026-11-22T12:05:00.250Z', '2026-11-22T12:05:00.250Z'],
    ['2026-11-22T17:35:00+05:30', '2026-11-22T12:05:00.000Z'],
    ['2026-11-22T09:05:00-03:00', '2026-11-22T12:05:00.000Z'],
  ])('is a tick of the time that it states as %s, whatever else it carries', (scheduled_time, slot) => {
    const tick = { kind: 'tick', slot: new Date(slot) };
    expect(read({ schedule_arn, scheduled_time })).toEqual(tick);
    expect(read({ schedule_arn, scheduled_time, attempt: '1' })).toEqual(tick);
  });

  const noDates = ['', 'soon', '1', '12/31/2026', 'Sunday 22 November 2026', '<aws.scheduler.scheduled-time>'];
  const noInstants = ['', 'T12:05:00', 'T12:05', 'T12:05:00+05', 'T12:05:00 Z', 'T12:05:00Z, or so'];
  test.each([
    ...noDates,
    ...noInstants.map((rest) => `2026-11-22${rest}`),
    '2026-13-01T00:00:00Z',
    '+012026-11-22T12:05:00Z',
  ])('fails for the time %j, which is not an ISO 8601 instant', (scheduled_time) => {
    expect(refusalOf({ schedule_arn, scheduled_time })).toContain('scheduled_time');
  });
});

describe('an event on demand', () => {
  test.each([
    [{ connections: ['desk'], reason: 'unauthorized' }, ['desk'], false],
    [{ connections: ['desk'], reason: 'unauthorized', force: false }, ['desk'], false],
    [{ connections: ['desk', 'salesiq'], reason: 'operator', force: true }, ['desk', 'salesiq'], true],
    [{ connections: ['desk', 'desk'], reason: 'operator' }, ['desk'], false],
  ])('%j means %j once, forced: %s', (event, connections, force) => {
    expect(read(event)).toEqual({ kind: 'on demand', connections, reason: event.reason, force });
  });

  test('fails for an unknown connection, says which it is, and names the known ones', () => {
    for (const [connections, index] of [[['desk', 'crm'], 1] as const, [['crm', 'x'], 0] as const])
      expect(refusalOf({ connections, reason: 'operator' })).toBe(
        `$.connections[${index}] is not one of salesiq, desk`,
      );
  });

  test('fails without repeating what was sent: it may be a token in the wrong place', () => {
    for (const connections of [[accessTokenText()], ['desk', accessTokenText()]])
      expect(refusalOf({ connections, reason: 'operator' })).not.toContain('aaaa');
  });

  test('fails if an app wants to force', () => {
    const refusal = refusalOf({ connections: ['desk'], reason: 'unauthorized', force: true });
    expect(refusal).toContain('"operator" alone');
  });
});

test('reads a test alert', () => {
  expect(read({ test_alert: true })).toEqual({ kind: 'test alert' });
});

test.each<[event: unknown]>([
  ...[undefined, null, '', '{"test_alert":true}', 7, [], {}].map((event): [unknown] => [event]),
  [{ test_alert: false }],
  [{ test_alert: 'true' }],
  [{ test_alert: true, connections: ['desk'] }],
  [{ schedule_arn }],
  [{ scheduled_time }],
  [{ schedule_arn, scheduled_time: 1_795_000_000 }],
  [{ connections: [], reason: 'operator' }],
  [{ connections: 'desk', reason: 'operator' }],
  [{ connections: ['desk'] }],
  [{ connections: ['desk'], reason: 'boredom' }],
  [{ connections: ['desk'], reason: 'operator', force: 'true' }],
  [{ connections: ['desk'], reason: 'operator', verbose: true }],
  [{ Records: [{ eventSource: 'aws:sqs' }] }],
])('fails for the event %j', (event) => {
  expect(refusalOf(event)).toContain('unknown event');
});
