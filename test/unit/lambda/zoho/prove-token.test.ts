import { describe, expect, test } from 'vitest';
import { proveToken } from '../../../../lambda/zoho/prove-token.ts';
import type { IssuedToken } from '../../../../lambda/zoho/token-answer.ts';
import { issuedToken, salesiq } from '../examples.ts';

type ServiceAnswer = readonly [status: number, body: object];
const shows: ServiceAnswer = [200, { data: [] }];
const either = { ...salesiq, tokenPrefixes: ['1000.', '1005.'] };
const required = ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'];

/** For how long the last tests waited between two probes. */
const pauses: number[] = [];

/** Proves a token at a service that gives these answers, one after the other. */
function prove(changes: Partial<IssuedToken> = {}, answers: readonly ServiceAnswer[] = [shows], by = salesiq) {
  const left = [...answers];
  const callZoho = async () => {
    const [status, body] = left.shift() ?? [502, {}];
    return { status, body: JSON.stringify(body) };
  };
  return proveToken(
    { callZoho, pause: async (milliseconds) => void pauses.push(milliseconds) },
    by,
    issuedToken(changes),
  );
}

const fails = (code: string, message: unknown = expect.anything()) => expect.objectContaining({ code, message });

test('finds nothing in a token that is as configured', async () => {
  const nothing = { verdict: 'accepted', settingFault: undefined, missingOptionalScopes: [] };
  expect(await prove({ scopes: [...required, 'SalesIQ.conversations.UPDATE'] })).toEqual(nothing);
  expect(await prove({ scopes: ['salesiq.CONVERSATIONS.all'] })).toEqual(nothing);
  // Zoho names none: they are unknown, not missing.
  expect(await prove({ scopes: undefined })).toEqual(nothing);
  expect(await prove({ prefix: '1005.' }, [shows], either)).toMatchObject({ verdict: 'accepted' });
});

test('names the optional scopes that are missing', async () => {
  expect(await prove({ scopes: required })).toMatchObject({
    missingOptionalScopes: ['SalesIQ.conversations.UPDATE'],
  });
});

describe('the prefix', () => {
  test('fails with prefix_mismatch when it is another, and says which and which are allowed', async () => {
    const message = 'expected a token that starts with 1000., found 1005.';
    await expect(prove({ prefix: '1005.' })).rejects.toThrow(fails('prefix_mismatch', message));
    await expect(prove({ prefix: '1003.' }, [shows], either)).rejects.toThrow(
      'expected a token that starts with 1000. or 1005., found 1003.',
    );
  });

  test('fails before the scopes are looked at: the kind of client is the cause of both', async () => {
    await expect(prove({ prefix: '1005.', scopes: [] })).rejects.toThrow(fails('prefix_mismatch'));
  });
});

describe('the scopes', () => {
  const [create, read] = required;
  test.each([
    [[read], `the token lacks ${create}; granted: ${read}`],
    [['A.b.READ', 'C.d.READ'], `the token lacks ${create}, ${read}; granted: A.b.READ, C.d.READ`],
    [[], `the token lacks ${create}, ${read}; granted: nothing readable`],
  ])('fails with scope_mismatch for %j, and says which are missing and which were granted', async (scopes, message) => {
    await expect(prove({ scopes: scopes as string[] })).rejects.toThrow(fails('scope_mismatch', message));
  });

  test.each(['<b>Desk.tickets.READ', 'Desk.tickets.READ</b>', 'Desk', '7.tickets.READ', 'Desk..READ'])(
    'fails without repeating %j, which only contains a scope or is none',
    async (scope) => {
      await expect(prove({ scopes: [scope] })).rejects.toThrow(/; granted: nothing readable$/);
    },
  );

  test('fails without repeating what is not a scope, and in a bounded length', async () => {
    const strange = ['1000.aaaaaaaaaaaaaaaa', '<script>', 'x\ny', ...Array(500).fill('Desk.tickets.READ')];
    const message = expect.stringMatching(/^[^<\n\d]{100,800}$/);
    await expect(prove({ scopes: strange })).rejects.toThrow(fails('scope_mismatch', message));
  });
});

describe('the data centre', () => {
  test('shows a foreign api_domain as a wrong setting, and reports an accepted probe', async () => {
    const foreign = { apiDomain: 'https://www.zohoapis.eu' };
    const fault = 'expected a token of data centre "in", found api_domain of "eu"';
    expect((await prove(foreign)).settingFault).toBe(`${fault}; SalesIQ accepts the token all the same`);
    expect((await prove(foreign, [[502, {}]])).settingFault).toBe(fault);
  });

  test.each(['https://www.zohoapis.in', 'https://api.zoho.com', 'https://example.com', undefined])(
    'is not doubted for the api_domain %j',
    async (apiDomain) => {
      expect((await prove({ apiDomain })).settingFault).toBeUndefined();
    },
  );
});

describe('the service', () => {
  const dead: ServiceAnswer = [400, { error: { code: 1008 } }];
  const busy: ServiceAnswer = [400, { error: { code: 1023 } }];

  test('is believed when it rejects a new token twice, and forgiven a rejection that it does not repeat', async () => {
    await expect(prove({}, [dead, dead])).rejects.toThrow(
      fails(
        'token_rejected',
        expect.stringMatching(/^salesiq rejects a token issued just now, asked twice \(SalesIQ error 1008/),
      ),
    );
    expect((await prove({}, [dead, shows])).verdict).toBe('accepted');
    expect(pauses.splice(0)).toEqual([2_000, 2_000]);
  });

  test('contradicts itself when it rejects a token and then cannot tell', async () => {
    const message = expect.stringMatching(
      /^salesiq rejected a token .*\(SalesIQ error 1008.*, and then could not tell \(.*1023/,
    );
    await expect(prove({}, [dead, busy])).rejects.toThrow(fails('unexpected_response', message));
    const lacks: ServiceAnswer = [400, { error: { code: 1009 } }];
    const says = expect.stringMatching(/^salesiq says that the token lacks a scope \(SalesIQ error 1009/);
    await expect(prove({}, [lacks])).rejects.toThrow(fails('scope_mismatch', says));
  });

  test('names the setting that it refuses, with what is configured', async () => {
    const { settingFault } = await prove({}, [[400, { error: { code: 1005 } }]]);
    const refused = 'SalesIQ refuses a setting (SalesIQ error 1005, invalid portal: settings.screen_name)';
    const configured = 'screen_name rtdsportal, app_id 2782000012893013, department_id 2782000000002013';
    expect(settingFault).toBe(`${refused}; configured: ${configured}`);
  });
});
