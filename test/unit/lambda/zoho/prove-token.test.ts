import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../../lambda/connections/read-connections.ts';
import { proveToken } from '../../../../lambda/zoho/prove-token.ts';
import type { IssuedToken } from '../../../../lambda/zoho/token-answer.ts';
import { issuedToken, salesiq } from '../examples.ts';

/** Proves a token at a service that gives these answers, one after the other. */
function prove(
  connection: Connection,
  token: IssuedToken,
  answers: readonly [number, object][] = [[200, { data: [] }]],
) {
  const left = [...answers];
  const callZoho = async () => {
    const [status, body] = left.shift() ?? [502, {}];
    return { status, body: JSON.stringify(body) };
  };
  return proveToken({ callZoho, pause: async () => {} }, connection, token);
}

const required = ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'];

test('finds nothing in a token that is as configured', async () => {
  const token = issuedToken({ scopes: [...required, 'SalesIQ.conversations.UPDATE'] });
  expect(await prove(salesiq, token)).toEqual({
    verdict: 'accepted',
    settingFault: undefined,
    missingOptionalScopes: [],
  });
});

describe('the prefix', () => {
  test('may be any of the configured ones', async () => {
    const either = { ...salesiq, tokenPrefixes: ['1000.', '1005.'] };
    await expect(prove(either, issuedToken({ prefix: '1005.' }))).resolves.toBeDefined();
  });

  test('fails with prefix_mismatch when it is another, and says which', async () => {
    await expect(prove(salesiq, issuedToken({ prefix: '1005.' }))).rejects.toThrow(
      expect.objectContaining({
        code: 'prefix_mismatch',
        message: 'expected a token that starts with 1000., found 1005.',
      }),
    );
  });

  test('fails with the names of all that are allowed', async () => {
    const either = { ...salesiq, tokenPrefixes: ['1000.', '1005.'] };
    await expect(prove(either, issuedToken({ prefix: '1003.' }))).rejects.toThrow(
      'expected a token that starts with 1000. or 1005., found 1003.',
    );
  });

  test('fails before the scopes are looked at: the kind of client is the cause of both', async () => {
    await expect(prove(salesiq, issuedToken({ prefix: '1005.', scopes: [] }))).rejects.toThrow(
      expect.objectContaining({ code: 'prefix_mismatch' }),
    );
  });
});

describe('the scopes', () => {
  test('may be wider than required', async () => {
    await expect(
      prove(salesiq, issuedToken({ scopes: ['salesiq.CONVERSATIONS.all'] })),
    ).resolves.toBeDefined();
  });

  test('are unknown, not missing, where Zoho names none', async () => {
    expect(await prove(salesiq, issuedToken({ scopes: undefined }))).toEqual({
      verdict: 'accepted',
      settingFault: undefined,
      missingOptionalScopes: [],
    });
  });

  test('fails with scope_mismatch when one is missing, and says which and what was granted', async () => {
    await expect(prove(salesiq, issuedToken({ scopes: ['SalesIQ.conversations.READ'] }))).rejects.toThrow(
      expect.objectContaining({
        code: 'scope_mismatch',
        message: 'the token lacks SalesIQ.conversations.CREATE; granted: SalesIQ.conversations.READ',
      }),
    );
  });

  test('fails with the names of all that are missing and of all that were granted', async () => {
    const scopes = ['SalesIQ.apps.READ', 'SalesIQ.departments.READ'];
    await expect(prove(salesiq, issuedToken({ scopes }))).rejects.toThrow(
      'the token lacks SalesIQ.conversations.CREATE, SalesIQ.conversations.READ; granted: SalesIQ.apps.READ, SalesIQ.departments.READ',
    );
  });

  test.each(['<b>Desk.tickets.READ', 'Desk.tickets.READ</b>', 'Desk', '7.tickets.READ', 'Desk..READ'])(
    'fails without repeating %j, which only contains a scope or is none',
    async (scope) => {
      await expect(prove(salesiq, issuedToken({ scopes: [scope] }))).rejects.toThrow(
        /; granted: nothing readable$/,
      );
    },
  );

  test('fails with scope_mismatch when Zoho names only blanks', async () => {
    await expect(prove(salesiq, issuedToken({ scopes: [] }))).rejects.toThrow(
      expect.objectContaining({
        code: 'scope_mismatch',
        message: expect.stringContaining('granted: nothing readable'),
      }),
    );
  });

  test('fails without repeating what is no scope, nor without end', async () => {
    const strange = ['1000.aaaaaaaaaaaaaaaa', '<script>', 'x\ny', ...Array(500).fill('Desk.tickets.READ')];
    await expect(prove(salesiq, issuedToken({ scopes: strange }))).rejects.toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^[^<\n\d]{100,800}$/) }),
    );
  });

  test('that are optional are named when they are missing', async () => {
    expect((await prove(salesiq, issuedToken({ scopes: required }))).missingOptionalScopes).toEqual([
      'SalesIQ.conversations.UPDATE',
    ]);
  });
});

describe('the data centre', () => {
  const foreign = issuedToken({ apiDomain: 'https://www.zohoapis.eu' });

  test('shows as a wrong setting where api_domain belongs to another, and an accepted probe is said', async () => {
    expect((await prove(salesiq, foreign)).settingFault).toBe(
      'expected a token of data centre "in", found api_domain of "eu"; SalesIQ accepts the token all the same',
    );
    expect((await prove(salesiq, foreign, [[502, {}]])).settingFault).toBe(
      'expected a token of data centre "in", found api_domain of "eu"',
    );
  });

  test.each(['https://www.zohoapis.in', 'https://api.zoho.com', 'https://example.com', undefined])(
    'is not doubted for the api_domain %j',
    async (apiDomain) => {
      expect((await prove(salesiq, issuedToken({ apiDomain }))).settingFault).toBeUndefined();
    },
  );
});

describe('the service', () => {
  const dead: [number, object] = [400, { error: { code: 1008 } }];
  const busy: [number, object] = [400, { error: { code: 1023 } }];

  test('is believed when it rejects a new token twice', async () => {
    await expect(prove(salesiq, issuedToken(), [dead, dead])).rejects.toThrow(
      expect.objectContaining({ code: 'token_rejected' }),
    );
  });

  test('is forgiven a rejection that it does not repeat', async () => {
    expect((await prove(salesiq, issuedToken(), [dead, [200, { data: [] }]])).verdict).toBe('accepted');
  });

  test('contradicts itself when it rejects a token and then cannot tell', async () => {
    await expect(prove(salesiq, issuedToken(), [dead, busy])).rejects.toThrow(
      expect.objectContaining({ code: 'unexpected_response' }),
    );
  });

  test('names the setting that it refuses, with what is configured', async () => {
    const { settingFault } = await prove(salesiq, issuedToken(), [[400, { error: { code: 1005 } }]]);
    expect(settingFault).toMatch(/^SalesIQ refuses a setting \(.*settings\.screen_name\).*rtdsportal/);
  });
});
