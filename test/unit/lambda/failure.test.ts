import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { meanings, remedyFor } from '../../../cli/remedies.ts';
import { failureCodes, failureRow, RefreshError } from '../../../lambda/failure.ts';

/** The contract: code, who acts, next try. */
const contract = {
  credentials_missing: ['operator', 'next tick'],
  invalid_client: ['operator', 'operator waits'],
  invalid_client_secret: ['operator', 'operator waits'],
  invalid_code: ['operator', 'operator waits'],
  refused: ['operator', 'operator waits'],
  prefix_mismatch: ['operator', 'operator waits'],
  scope_mismatch: ['operator', 'operator waits'],
  token_rejected: ['operator', 'operator waits'],
  setting_mismatch: ['setting', 'next probe'],
  rate_limited: ['throttle', 'throttle waits'],
  zoho_unavailable: ['transient', 'next tick'],
  unexpected_response: ['transient', 'next tick'],
  secret_store_refused: ['operator', 'next tick'],
  secret_store_failed: ['transient', 'next tick'],
};

test('the list of codes is the contract’s, with who acts and when it is tried again', () => {
  const found = failureCodes.map((code) => [code, [failureRow(code).kind, failureRow(code).nextTry]]);
  expect(Object.fromEntries(found)).toEqual(contract);
});

describe.each(failureCodes)('%s', (code) => {
  test('has a remedy: a sentence with the connection’s name in place of the placeholder', () => {
    const remedy = remedyFor(code, 'salesiq-visitor');
    expect(remedy).toMatch(/^[A-Z].{30,}\.$/);
    expect(remedy).not.toMatch(/[<>]/);
    if (failureRow(code).kind === 'operator') expect(remedy).toContain('salesiq-visitor');
  });

  test('can be told in plain ASCII of one line', () => {
    const { title } = failureRow(code);
    const meaning = meanings[code];
    for (const text of [title, meaning, remedyFor(code, 'desk')]) expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(title).toMatch(/^[a-z].*[^.]$/);
  });
});

describe('a judged failure', () => {
  test('keeps its cause, which is an error', () => {
    const cause = new Error('ECONNRESET');
    const fault = new RefreshError('zoho_unavailable', 'no answer', { cause });
    expect(fault.cause).toBe(cause);
    expect(inspect(fault)).toContain('ECONNRESET');
    expect('cause' in new RefreshError('zoho_unavailable', 'no answer')).toBe(false);
  });
});
