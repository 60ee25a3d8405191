import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/**
 * EventBridge matches exact values: the token secrets and no credentials, new tokens and no records of the refresher.
 *
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html}
 */
test('the event pattern is of new tokens alone, and the document prints it', () => {
  const pattern: unknown = JSON.parse(readFileSync('docs/recipes/push/event-pattern.json', 'utf8'));
  expect(pattern).toEqual({
    source: ['aws.secretsmanager'],
    'detail-type': ['Secret Label Updated'],
    detail: { name: ['zoho/salesiq/token', 'zoho/desk/token'], labelUpdated: ['AWSCURRENT'] },
  });
  const text = readFileSync('docs/recipes/push.md', 'utf8');
  expect(JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '')).toEqual(pattern);
});
