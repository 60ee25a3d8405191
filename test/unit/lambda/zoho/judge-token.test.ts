import { describe, expect, test } from 'vitest';
import { judgeToken } from '../../../../lambda/zoho/judge-token.ts';
import { issuedToken, salesiq } from '../examples.ts';

const required = ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'];

test('finds nothing in a token that is as configured', () => {
  const token = issuedToken({ scopes: [...required, 'SalesIQ.conversations.UPDATE'] });
  expect(judgeToken(salesiq, token)).toEqual({ settingFault: undefined, missingOptionalScopes: [] });
});

describe('the prefix', () => {
  test('may be any of the configured ones', () => {
    const either = { ...salesiq, tokenPrefixes: ['1000.', '1005.'] };
    expect(() => judgeToken(either, issuedToken({ prefix: '1005.' }))).not.toThrow();
  });

  test('fails with prefix_mismatch when it is another, and says which', () => {
    expect(() => judgeToken(salesiq, issuedToken({ prefix: '1005.' }))).toThrow(
      expect.objectContaining({
        code: 'prefix_mismatch',
        message: 'expected a token that starts with 1000., found 1005.',
      }),
    );
  });

  test('fails with the names of all that are allowed', () => {
    const either = { ...salesiq, tokenPrefixes: ['1000.', '1005.'] };
    expect(() => judgeToken(either, issuedToken({ prefix: '1003.' }))).toThrow(
      'expected a token that starts with 1000. or 1005., found 1003.',
    );
  });

  test('fails before the scopes are looked at: the kind of client is the cause of both', () => {
    expect(() => judgeToken(salesiq, issuedToken({ prefix: '1005.', scopes: [] }))).toThrow(
      expect.objectContaining({ code: 'prefix_mismatch' }),
    );
  });
});

describe('the scopes', () => {
  test('may be wider than required', () => {
    expect(() => judgeToken(salesiq, issuedToken({ scopes: ['salesiq.CONVERSATIONS.all'] }))).not.toThrow();
  });

  test('are unknown, not missing, where Zoho names none', () => {
    expect(judgeToken(salesiq, issuedToken({ scopes: undefined }))).toEqual({
      settingFault: undefined,
      missingOptionalScopes: [],
    });
  });

  test('fails with scope_mismatch when one is missing, and says which and what was granted', () => {
    expect(() => judgeToken(salesiq, issuedToken({ scopes: ['SalesIQ.conversations.READ'] }))).toThrow(
      expect.objectContaining({
        code: 'scope_mismatch',
        message: 'the token lacks SalesIQ.conversations.CREATE; granted: SalesIQ.conversations.READ',
      }),
    );
  });

  test('fails with the names of all that are missing and of all that were granted', () => {
    const scopes = ['SalesIQ.apps.READ', 'SalesIQ.departments.READ'];
    expect(() => judgeToken(salesiq, issuedToken({ scopes }))).toThrow(
      'the token lacks SalesIQ.conversations.CREATE, SalesIQ.conversations.READ; granted: SalesIQ.apps.READ, SalesIQ.departments.READ',
    );
  });

  test.each(['<b>Desk.tickets.READ', 'Desk.tickets.READ</b>', 'Desk', '7.tickets.READ', 'Desk..READ'])(
    'fails without repeating %j, which only contains a scope or is none',
    (scope) => {
      expect(() => judgeToken(salesiq, issuedToken({ scopes: [scope] }))).toThrow(
        /; granted: nothing readable$/,
      );
    },
  );

  test('fails with scope_mismatch when Zoho names only blanks', () => {
    expect(() => judgeToken(salesiq, issuedToken({ scopes: [] }))).toThrow(
      expect.objectContaining({
        code: 'scope_mismatch',
        message: expect.stringContaining('granted: nothing readable'),
      }),
    );
  });

  test('fails without repeating what is no scope, nor without end', () => {
    const strange = ['1000.aaaaaaaaaaaaaaaa', '<script>', 'x\ny', ...Array(500).fill('Desk.tickets.READ')];
    expect(() => judgeToken(salesiq, issuedToken({ scopes: strange }))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^[^<\n\d]{100,800}$/) }),
    );
  });

  test('that are optional are named when they are missing', () => {
    expect(judgeToken(salesiq, issuedToken({ scopes: required })).missingOptionalScopes).toEqual([
      'SalesIQ.conversations.UPDATE',
    ]);
  });
});

describe('the data centre', () => {
  test('shows as a wrong setting where api_domain belongs to another', () => {
    const { settingFault } = judgeToken(salesiq, issuedToken({ apiDomain: 'https://www.zohoapis.eu' }));
    expect(settingFault).toBe('expected a token of data centre "in", found api_domain of "eu"');
  });

  test.each(['https://www.zohoapis.in', 'https://api.zoho.com', 'https://example.com', undefined])(
    'is not doubted for the api_domain %j',
    (apiDomain) => {
      expect(judgeToken(salesiq, issuedToken({ apiDomain })).settingFault).toBeUndefined();
    },
  );
});
