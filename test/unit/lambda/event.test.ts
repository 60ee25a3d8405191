import { expect, test } from 'vitest';
import { EventError, readEvent } from '../../../lambda/event.ts';
import { accessTokenText } from './examples.ts';

const schedule_arn = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/zoho/tick';
const scheduled_time = '2026-11-22T12:05:00Z';
const tick = (slot: string) => ({ kind: 'tick', slot: new Date(slot) });
const onDemand = (connections: string[], reason: string, force = false) => ({
  kind: 'on demand',
  connections,
  reason,
  force,
});

test.each<[event: object, read: object]>([
  [{ schedule_arn, scheduled_time }, tick('2026-11-22T12:05:00.000Z')],
  [{ schedule_arn, scheduled_time, attempt: '1' }, tick('2026-11-22T12:05:00.000Z')],
  [{ schedule_arn, scheduled_time: '2026-11-22T12:05:00.250Z' }, tick('2026-11-22T12:05:00.250Z')],
  [{ schedule_arn, scheduled_time: '2026-11-22T17:35:00+05:30' }, tick('2026-11-22T12:05:00.000Z')],
  [{ connections: ['desk'], reason: 'unauthorized' }, onDemand(['desk'], 'unauthorized')],
  [{ connections: ['desk'], reason: 'unauthorized', force: false }, onDemand(['desk'], 'unauthorized')],
  [
    { connections: ['desk', 'salesiq'], reason: 'operator', force: true },
    onDemand(['desk', 'salesiq'], 'operator', true),
  ],
  [{ connections: ['desk', 'desk'], reason: 'operator' }, onDemand(['desk'], 'operator')],
  [{ test_alert: true }, { kind: 'test alert' }],
])('%j means %j', (event, read) => {
  expect(readEvent(event, ['salesiq', 'desk'])).toEqual(read);
});

const noDates = ['', 'soon', '1', '12/31/2026', 'Sunday 22 November 2026', '<aws.scheduler.scheduled-time>'];
const noTimes = ['', 'T12:05:00', 'T12:05', 'T12:05:00+05', 'T12:05:00 Z', 'T12:05:00Z, or so'];
const noInstants = [...noDates, ...noTimes.map((rest) => `2026-11-22${rest}`), '2026-13-01T00:00:00Z', 1_795_000_000];

test.each<[event: unknown]>([
  ...[undefined, null, '', '{"test_alert":true}', 7, [], {}].map((event): [unknown] => [event]),
  ...noInstants.map((scheduled_time): [object] => [{ schedule_arn, scheduled_time }]),
  [{ test_alert: false }],
  [{ test_alert: 'true' }],
  [{ test_alert: true, connections: ['desk'] }],
  [{ schedule_arn }],
  [{ scheduled_time }],
  [{ connections: [], reason: 'operator' }],
  [{ connections: 'desk', reason: 'operator' }],
  [{ connections: ['desk'] }],
  [{ connections: ['desk'], reason: 'boredom' }],
  [{ connections: ['desk'], reason: 'operator', force: 'true' }],
  [{ connections: ['desk'], reason: 'operator', verbose: true }],
])('fails for %j, and says what is expected', (event) => {
  const forms = /^unknown event; expected .*"scheduled_time".*"unauthorized"\|"operator".*"test_alert":true/;
  expect(() => readEvent(event, ['salesiq', 'desk'])).toThrow(EventError);
  expect(() => readEvent(event, ['salesiq', 'desk'])).toThrow(forms);
});

// What was sent is not repeated: it may be a token in the wrong place.
test.each<[event: object, message: string]>([
  [{ connections: ['desk', 'crm'], reason: 'operator' }, '$.connections[1] is not one of salesiq, desk'],
  [{ connections: [accessTokenText(), 'x'], reason: 'operator' }, '$.connections[0] is not one of salesiq, desk'],
  [{ connections: ['desk'], reason: 'unauthorized', force: true }, '"force" belongs to the reason "operator" alone'],
])('fails for %j with "%s"', (event, message) => {
  expect(() => readEvent(event, ['salesiq', 'desk'])).toThrow(expect.objectContaining({ name: 'EventError', message }));
});
