import { expect, test } from 'vitest';
import { meanings, remedyFor } from '../../../cli/remedies.ts';
import { failureCodes, failureRow, RefreshError } from '../../../lambda/failure.ts';

test('the list of codes is the contract’s, with who acts and when it is tried again', () => {
  const found = failureCodes.map((code) => [code, failureRow(code).kind, failureRow(code).nextTry].join(': '));
  expect(found.toSorted()).toEqual([
    'credentials_missing: operator: next tick',
    'invalid_client: operator: operator waits',
    'invalid_client_secret: operator: operator waits',
    'invalid_code: operator: operator waits',
    'prefix_mismatch: operator: operator waits',
    'rate_limited: throttle: throttle waits',
    'refused: operator: operator waits',
    'scope_mismatch: operator: operator waits',
    'secret_store_failed: transient: next tick',
    'secret_store_refused: operator: next tick',
    'setting_mismatch: setting: next probe',
    'token_rejected: operator: operator waits',
    'unexpected_response: transient: next tick',
    'zoho_unavailable: transient: next tick',
  ]);
});

test.each(failureCodes)('%s has a remedy that names the connection, in plain ASCII of one line', (code) => {
  const { kind, title } = failureRow(code);
  const meaning = meanings[code];
  const remedy = remedyFor(code, 'salesiq-visitor');
  expect(remedy).toMatch(/^[A-Z].{30,}\.$/);
  expect(remedy).not.toMatch(/[<>]/);
  if (kind === 'operator') expect(remedy).toContain('salesiq-visitor');
  for (const text of [title, meaning, remedy]) expect(text).toMatch(/^[\x20-\x7e]+$/);
  expect(meaning).toMatch(/^[A-Z].*\.$/);
  expect(title).toMatch(/^[a-z].*[^.]$/);
});

test('a judged failure keeps its cause', () => {
  const cause = new Error('ECONNRESET');
  expect(new RefreshError('zoho_unavailable', 'no answer', { cause }).cause).toBe(cause);
});
