import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../docs/recipes/push/', import.meta.url);
const pattern: unknown = JSON.parse(readFileSync(new URL('event-pattern.json', folder), 'utf8'));

/**
 * The example of AWS's documentation, with the name of a secret and a label.
 *
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html}
 */
const eventOf = (name: string, labelUpdated = 'AWSCURRENT') => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Secret Label Updated',
  source: 'aws.secretsmanager',
  account: '012345678901',
  time: '2024-02-06T16:43:48Z',
  region: 'us-west-2',
  resources: ['arn:aws:secretsmanager:us-west-2:012345678901:secret:mySecret-a1b2c3'],
  detail: { name, labelUpdated, versionId: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111' },
});

/** EventBridge's matching, as far as exact values go: a field's list of values, or a pattern of the fields below. */
function matches(wanted: unknown, found: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some((value) => value === found);
  return Object.entries(wanted as object).every(([field, value]) =>
    matches(value, (found as Record<string, unknown> | undefined)?.[field]),
  );
}

test.each<[string, event: object, boolean]>([
  ['a new token of Desk', eventOf('zoho/desk/token'), true],
  ['a new token of SalesIQ', eventOf('zoho/salesiq/token'), true],
  ["the refresher's own record", eventOf('zoho/desk/token', 'INCIDENT'), false],
  ['new credentials', eventOf('zoho/desk/credentials'), false],
  ['another secret, the documented example', eventOf('mySecret'), false],
  ['an event of another source', { ...eventOf('zoho/desk/token'), source: 'my.app' }, false],
])('the event pattern and %s', (_, event, expected) => {
  expect(matches(pattern, event)).toBe(expected);
});

test('the document prints the very pattern', () => {
  const text = readFileSync(new URL('../push.md', folder), 'utf8');
  expect(JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '')).toEqual(pattern);
});
