import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { madeUpToken, setUpReader, tokenText } from '../unit/client/a-source.ts';

const folder = new URL('../../docs/recipes/push/', import.meta.url);
const pattern: unknown = JSON.parse(readFileSync(new URL('event-pattern.json', folder), 'utf8'));

/**
 * The example of AWS's documentation.
 *
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html}
 */
const documentedEvent = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Secret Label Updated',
  source: 'aws.secretsmanager',
  account: '012345678901',
  time: '2024-02-06T16:43:48Z',
  region: 'us-west-2',
  resources: ['arn:aws:secretsmanager:us-west-2:012345678901:secret:mySecret-a1b2c3'],
  detail: {
    name: 'mySecret',
    labelUpdated: 'AWSCURRENT',
    versionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111',
  },
};

function eventOf(name: string, labelUpdated: string) {
  return { ...documentedEvent, detail: { ...documentedEvent.detail, name, labelUpdated } };
}

/**
 * EventBridge's matching, as far as exact values go: each field of the pattern is a list of values, one of which the
 * event has, or a pattern of the fields below.
 */
function matches(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!wanted.every((value) => typeof value === 'string'))
      throw new Error('only exact values are known here');
    return wanted.some((value) => value === found);
  }
  return Object.entries(wanted as object).every(([field, value]) =>
    matches(value, (found as Record<string, unknown> | undefined)?.[field]),
  );
}

test.each([
  ['a new token of Desk', eventOf('zoho/desk/token', 'AWSCURRENT'), true],
  ['a new token of SalesIQ', eventOf('zoho/salesiq/token', 'AWSCURRENT'), true],
  ["the refresher's own record", eventOf('zoho/desk/token', 'INCIDENT'), false],
  ['new credentials', eventOf('zoho/desk/credentials', 'AWSCURRENT'), false],
  ['another secret, the documented example', documentedEvent, false],
  [
    'a call in CloudTrail',
    { ...eventOf('zoho/desk/token', 'AWSCURRENT'), 'detail-type': 'AWS API Call via CloudTrail' },
    false,
  ],
  ['an event of another source', { ...eventOf('zoho/desk/token', 'AWSCURRENT'), source: 'my.app' }, false],
])('the event pattern and %s: %#', (_, event, expected) => {
  expect(matches(pattern, event)).toBe(expected);
});

test('the document prints the very pattern', () => {
  const text = readFileSync(new URL('../push.md', folder), 'utf8');
  expect(JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '')).toEqual(pattern);
});

test('an event makes the reader of its secret look again, once, and nobody else', async () => {
  const [desk, salesiq] = [setUpReader(), setUpReader()];
  const readers = new Map([
    ['zoho/desk/token', desk.reader],
    ['zoho/salesiq/token', salesiq.reader],
  ]);
  await Promise.all([desk.reader.get(), salesiq.reader.get()]);
  desk.state.token = tokenText(madeUpToken('b'), desk.state.now);
  const event = eventOf('zoho/desk/token', 'AWSCURRENT');
  if (matches(pattern, event)) readers.get(event.detail.name)?.expire();
  for (let call = 0; call < 10; call += 1) {
    expect((await desk.reader.get()).accessToken).toBe(madeUpToken('b'));
    await salesiq.reader.get();
  }
  expect([desk.state.reads.length, salesiq.state.reads.length]).toEqual([2, 1]);
});
