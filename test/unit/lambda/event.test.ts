import { describe, expect, test } from 'vitest';
import { EventError, readEvent } from '../../../lambda/event.ts';
import { accessTokenText } from './examples.ts';

const names = ['salesiq', 'desk'];
const schedule_arn = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/zoho/tick';

function refusalOf(event: unknown): string {
  try {
    readEvent(event, names);
  } catch (fault) {
    if (!(fault instanceof EventError)) throw fault;
    return fault.message;
  }
  throw new Error('the event was understood');
}

describe('a scheduled event', () => {
  test('is a tick with the time that it was scheduled for', () => {
    expect(readEvent({ schedule_arn, scheduled_time: '2026-11-22T12:05:00Z' }, names)).toEqual({
      kind: 'tick',
      slot: new Date('2026-11-22T12:05:00.000Z'),
    });
  });

  test.each([
    ['2026-11-22T12:05:00.250Z', '2026-11-22T12:05:00.250Z'],
    ['2026-11-22T17:35:00+05:30', '2026-11-22T12:05:00.000Z'],
    ['2026-11-22T09:05:00-03:00', '2026-11-22T12:05:00.000Z'],
  ])('may state its time as %s', (scheduled_time, slot) => {
    expect(readEvent({ schedule_arn, scheduled_time }, names)).toEqual({
      kind: 'tick',
      slot: new Date(slot),
    });
  });

  test('may carry more than the refresher looks at', () => {
    const event = { schedule_arn, scheduled_time: '2026-11-22T12:05:00Z', attempt: '1' };
    expect(readEvent(event, names).kind).toBe('tick');
  });

  test.each([
    '',
    'soon',
    '1',
    '12/31/2026',
    'Sunday 22 November 2026',
    '2026-13-01T00:00:00Z',
    '2026-11-22',
    '2026-11-22T12:05:00',
    '2026-11-22T12:05',
    '2026-11-22T12:05:00+05',
    '2026-11-22T12:05:00 Z',
    '2026-11-22T12:05:00Z, or so',
    '+012026-11-22T12:05:00Z',
    '<aws.scheduler.scheduled-time>',
  ])('fails for the time %j, which is not an ISO 8601 instant', (scheduled_time) => {
    expect(refusalOf({ schedule_arn, scheduled_time })).toContain('scheduled_time');
  });
});

describe('an event on demand', () => {
  test('of an app names its connections and its reason', () => {
    expect(readEvent({ connections: ['desk'], reason: 'unauthorized' }, names)).toEqual({
      kind: 'on demand',
      connections: ['desk'],
      reason: 'unauthorized',
      force: false,
    });
  });

  test('of an operator may force', () => {
    expect(readEvent({ connections: ['desk', 'salesiq'], reason: 'operator', force: true }, names)).toEqual({
      kind: 'on demand',
      connections: ['desk', 'salesiq'],
      reason: 'operator',
      force: true,
    });
  });

  test('counts a connection that is named twice once', () => {
    expect(readEvent({ connections: ['desk', 'desk'], reason: 'operator' }, names)).toMatchObject({
      connections: ['desk'],
    });
  });

  test('fails for an unknown connection, says which it is, and names the known ones', () => {
    expect(refusalOf({ connections: ['desk', 'crm'], reason: 'operator' })).toBe(
      '$.connections[1] is not one of salesiq, desk',
    );
    expect(refusalOf({ connections: ['crm', 'x'], reason: 'unauthorized' })).toBe(
      '$.connections[0] is not one of salesiq, desk',
    );
  });

  test('fails without repeating what was sent: it may be a token in the wrong place', () => {
    const token = accessTokenText();
    for (const connections of [[token], ['desk', token]])
      expect(refusalOf({ connections, reason: 'operator' })).not.toContain('aaaa');
  });

  test('fails where an app wants to force', () => {
    expect(refusalOf({ connections: ['desk'], reason: 'unauthorized', force: true })).toContain(
      '"operator" alone',
    );
  });

  test('takes an app’s "force":false for what it says', () => {
    expect(readEvent({ connections: ['desk'], reason: 'unauthorized', force: false }, names).kind).toBe(
      'on demand',
    );
  });
});

test('reads a test alert', () => {
  expect(readEvent({ test_alert: true }, names)).toEqual({ kind: 'test alert' });
});

test.each<[event: unknown]>([
  [undefined],
  [null],
  [''],
  ['{"test_alert":true}'],
  [7],
  [[]],
  [{}],
  [{ test_alert: false }],
  [{ test_alert: 'true' }],
  [{ test_alert: true, connections: ['desk'] }],
  [{ schedule_arn }],
  [{ scheduled_time: '2026-11-22T12:05:00Z' }],
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
