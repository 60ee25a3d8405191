import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConnectionsError, readConnections } from '../../../../lambda/connections/read-connections.ts';

type Json = Record<string, unknown>;
type File = Json & { connections: (Json & { settings: Json })[] };

/** A file without a fault: two connections with nothing that could be left out. */
function file(): File {
  return {
    connections: [
      {
        name: 'salesiq',
        service: 'salesiq',
        data_center: 'in',
        required_scopes: ['SalesIQ.conversations.READ'],
        settings: { screen_name: 'rtdsportal' },
      },
      {
        name: 'desk',
        service: 'desk',
        data_center: 'eu',
        required_scopes: ['Desk.calls.READ'],
        settings: { org_id: '60000688226' },
      },
    ],
  };
}

function faultsOf(text: string) {
  try {
    readConnections(text);
  } catch (fault) {
    if (!(fault instanceof ConnectionsError)) throw fault;
    for (const { path, problem } of fault.faults) expect(fault.message).toContain(`${path}: ${problem}`);
    return fault.faults;
  }
  throw new Error('no fault was found');
}

/** The paths of all faults after a change to the file. */
function pathsAfter(change: (file: File) => void): string[] {
  const changed = file();
  change(changed);
  return faultsOf(JSON.stringify(changed)).map(({ path }) => path);
}

/** The first connection, for changes to it. */
function first({ connections: [connection] }: File) {
  if (connection === undefined) throw new Error('the file has no connection');
  return connection;
}

test('reads the project’s own connections.json', () => {
  const text = readFileSync(new URL('../../../../connections.json', import.meta.url), 'utf8');
  expect(readConnections(text)).toEqual({
    secretPrefix: 'zoho',
    connections: [
      {
        name: 'salesiq',
        service: 'salesiq',
        dataCenter: 'in',
        tokenPrefixes: ['1000.'],
        requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'],
        optionalScopes: ['SalesIQ.conversations.UPDATE'],
        settings: {
          screen_name: 'rtdsportal',
          app_id: '2782000012893013',
          department_id: '2782000000002013',
        },
      },
      {
        name: 'desk',
        service: 'desk',
        dataCenter: 'in',
        tokenPrefixes: ['1005.'],
        requiredScopes: ['Desk.calls.CREATE', 'Desk.calls.READ', 'Desk.departments.READ'],
        optionalScopes: [],
        settings: { org_id: '60000688226', department_id: '2782000000002013' },
      },
      {
        name: 'salesiq-visitor',
        service: 'salesiq',
        dataCenter: 'in',
        tokenPrefixes: ['1005.'],
        requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'],
        optionalScopes: [],
        settings: {
          screen_name: 'rtdsportal',
          app_id: '2782000012893013',
          department_id: '2782000000002013',
        },
      },
    ],
  });
});

test('fills in what the file leaves out: secret prefix, the guide’s token prefixes, no optional scopes', () => {
  const { secretPrefix, connections } = readConnections(JSON.stringify(file()));
  expect(secretPrefix).toBe('zoho');
  expect(connections.map(({ tokenPrefixes }) => tokenPrefixes)).toEqual([['1000.'], ['1005.']]);
  expect(connections.map(({ optionalScopes }) => optionalScopes)).toEqual([[], []]);
});

test('takes one token prefix or a list of them', () => {
  const changed = file();
  first(changed).token_prefix = ['1000.', '1005.'];
  expect(readConnections(JSON.stringify(changed)).connections[0]?.tokenPrefixes).toEqual(['1000.', '1005.']);
});

test('takes several connections of one service', () => {
  const changed = file();
  changed.connections.push({ ...first(changed), name: 'salesiq-visitor', token_prefix: '1005.' });
  expect(readConnections(JSON.stringify(changed)).connections.map(({ name }) => name)).toEqual([
    'salesiq',
    'desk',
    'salesiq-visitor',
  ]);
});

test('takes a name of forty characters and a secret prefix in parts', () => {
  const changed = file();
  first(changed).name = 'a-9'.padEnd(40, 'x');
  changed.secret_prefix = 'team/zoho_tokens.live';
  expect(readConnections(JSON.stringify(changed)).secretPrefix).toBe('team/zoho_tokens.live');
});

describe('one fault', () => {
  test.each<[title: string, path: string, change: (file: File) => void]>([
    ['an unknown key of the file', '$.region', (f) => Object.assign(f, { region: 'eu-west-1' })],
    ['a $schema that is no text', '$.$schema', (f) => Object.assign(f, { $schema: 1 })],
    [
      'a secret prefix with a slash in front',
      '$.secret_prefix',
      (f) => Object.assign(f, { secret_prefix: '/a' }),
    ],
    [
      'a secret prefix with a slash behind',
      '$.secret_prefix',
      (f) => Object.assign(f, { secret_prefix: 'a/' }),
    ],
    [
      'a secret prefix with two slashes',
      '$.secret_prefix',
      (f) => Object.assign(f, { secret_prefix: 'a//b' }),
    ],
    ['a secret prefix with a space', '$.secret_prefix', (f) => Object.assign(f, { secret_prefix: 'a b' })],
    ['an empty secret prefix', '$.secret_prefix', (f) => Object.assign(f, { secret_prefix: '' })],
    ['no connections', '$.connections', (f) => Object.assign(f, { connections: undefined })],
    ['an empty list of connections', '$.connections', (f) => Object.assign(f, { connections: [] })],
    ['connections that are no list', '$.connections', (f) => Object.assign(f, { connections: {} })],
    [
      'an unknown key of a connection',
      '$.connections[0].scope',
      (f) => Object.assign(first(f), { scope: 'x' }),
    ],
    ['no name', '$.connections[0].name', (f) => delete first(f).name],
    ['an empty name', '$.connections[0].name', (f) => Object.assign(first(f), { name: '' })],
    ['a name with a capital', '$.connections[0].name', (f) => Object.assign(first(f), { name: 'SalesIQ' })],
    ['a name with a slash', '$.connections[0].name', (f) => Object.assign(first(f), { name: 'a/b' })],
    [
      'a name with a line break',
      '$.connections[0].name',
      (f) => Object.assign(first(f), { name: 'desk2\n' }),
    ],
    [
      'a name of 41 characters',
      '$.connections[0].name',
      (f) => Object.assign(first(f), { name: 'x'.repeat(41) }),
    ],
    ['a name that is a number', '$.connections[0].name', (f) => Object.assign(first(f), { name: 7 })],
    ['the same name twice', '$.connections[1].name', (f) => Object.assign(first(f), { name: 'desk' })],
    ['an unknown service', '$.connections[0].service', (f) => Object.assign(first(f), { service: 'books' })],
    [
      'a service in capitals',
      '$.connections[0].service',
      (f) => Object.assign(first(f), { service: 'SALESIQ' }),
    ],
    ['no service', '$.connections[0].service', (f) => delete first(f).service],
    [
      'an unknown data centre',
      '$.connections[0].data_center',
      (f) => Object.assign(first(f), { data_center: 'fr' }),
    ],
    ['no data centre', '$.connections[0].data_center', (f) => delete first(f).data_center],
    [
      'a data centre without a host of the service',
      '$.connections[0].data_center',
      (f) => Object.assign(first(f), { data_center: 'uk' }),
    ],
    [
      'a token prefix without a dot',
      '$.connections[0].token_prefix',
      (f) => Object.assign(first(f), { token_prefix: '1000' }),
    ],
    [
      'a token prefix that is a number',
      '$.connections[0].token_prefix',
      (f) => Object.assign(first(f), { token_prefix: 1000 }),
    ],
    [
      'an empty list of token prefixes',
      '$.connections[0].token_prefix',
      (f) => Object.assign(first(f), { token_prefix: [] }),
    ],
    [
      'a wrong token prefix in a list',
      '$.connections[0].token_prefix[1]',
      (f) => Object.assign(first(f), { token_prefix: ['1000.', 'x'] }),
    ],
    ['no required scopes', '$.connections[0].required_scopes', (f) => delete first(f).required_scopes],
    [
      'an empty list of required scopes',
      '$.connections[0].required_scopes',
      (f) => Object.assign(first(f), { required_scopes: [] }),
    ],
    [
      'two scopes in one text',
      '$.connections[0].required_scopes[0]',
      (f) => Object.assign(first(f), { required_scopes: ['Desk.calls.READ,Desk.calls.CREATE'] }),
    ],
    [
      'a scope without a dot',
      '$.connections[0].optional_scopes[0]',
      (f) => Object.assign(first(f), { optional_scopes: ['Desk'] }),
    ],
    [
      'optional scopes that are a text',
      '$.connections[0].optional_scopes',
      (f) => Object.assign(first(f), { optional_scopes: 'Desk.calls.READ' }),
    ],
    ['no settings', '$.connections[0].settings', (f) => Object.assign(first(f), { settings: undefined })],
    [
      'settings that are null',
      '$.connections[0].settings',
      (f) => Object.assign(first(f), { settings: null }),
    ],
    ['no screen name', '$.connections[0].settings.screen_name', (f) => delete first(f).settings.screen_name],
    [
      'a screen name with a slash',
      '$.connections[0].settings.screen_name',
      (f) => Object.assign(first(f).settings, { screen_name: 'a/../b' }),
    ],
    [
      'an app id that is a number',
      '$.connections[0].settings.app_id',
      (f) => Object.assign(first(f).settings, { app_id: 2782 }),
    ],
    [
      'an app id with a letter',
      '$.connections[0].settings.app_id',
      (f) => Object.assign(first(f).settings, { app_id: '27a' }),
    ],
    [
      'a setting of another service',
      '$.connections[0].settings.org_id',
      (f) => Object.assign(first(f).settings, { org_id: '1' }),
    ],
    [
      'no organisation id of Desk',
      '$.connections[1].settings.org_id',
      (f) => delete f.connections[1]?.settings.org_id,
    ],
    ['a connection that is null', '$.connections[2]', (f) => f.connections.push(null as never)],
    ['a connection that is a text', '$.connections[2]', (f) => f.connections.push('desk' as never)],
  ])('fails for %s, at %s', (_, path, change) => {
    expect(pathsAfter(change)).toEqual([path]);
  });

  test.each(['', '{', 'null', '[]', '7', '"text"', 'undefined'])('fails for the text %j', (text) => {
    expect(faultsOf(text).map(({ path }) => path)).toContainEqual(
      expect.stringMatching(/^\$(\.connections)?$/),
    );
  });

  test('fails for keys that every JavaScript object has', () => {
    const paths = pathsAfter((f) => Object.assign(first(f).settings, { toString: '1' }));
    expect(paths).toEqual(['$.connections[0].settings.toString']);
  });
});

describe('several faults', () => {
  test('fails with all of them at once, each with its path', () => {
    const paths = pathsAfter((f) => {
      f.secret_prefix = '/';
      Object.assign(first(f), {
        name: 'Sales IQ',
        service: 'books',
        token_prefix: '1',
        required_scopes: ['x'],
      });
      const [, second] = f.connections;
      Object.assign(second ?? {}, { data_center: 'uk', colour: 'red', settings: { department_id: 'x' } });
      f.connections.push({ ...first(file()), name: 'desk' });
    });
    expect(paths.toSorted()).toEqual(
      [
        '$.secret_prefix',
        '$.connections[0].name',
        '$.connections[0].service',
        '$.connections[0].token_prefix',
        '$.connections[0].required_scopes[0]',
        '$.connections[1].colour',
        '$.connections[1].data_center',
        '$.connections[1].settings.org_id',
        '$.connections[1].settings.department_id',
        '$.connections[2].name',
      ].toSorted(),
    );
  });

  test('fails with every unknown key, not only the first of an object', () => {
    const paths = pathsAfter((f) => {
      Object.assign(f, { region: 'x', profile: 'y' });
      Object.assign(first(f), { scope: 'x', dataCenter: 'in' });
      Object.assign(first(f).settings, { orgId: '1', portal: 'x' });
    });
    expect(paths.toSorted()).toEqual(
      [
        '$.profile',
        '$.region',
        '$.connections[0].dataCenter',
        '$.connections[0].scope',
        '$.connections[0].settings.orgId',
        '$.connections[0].settings.portal',
      ].toSorted(),
    );
  });

  test('says in the first line how many there are', () => {
    expect(() => readConnections('{"a":1}')).toThrow(/^connections\.json has 2 faults\n {2}\$/);
    expect(() => readConnections('')).toThrow(/^connections\.json has 1 fault\n {2}\$: not JSON/);
  });

  test('says what was found and what was expected', () => {
    const changed = file();
    first(changed).name = 'SalesIQ';
    expect(faultsOf(JSON.stringify(changed))[0]?.problem).toBe(
      'expected 1 to 40 lower-case letters, digits or hyphens, found "SalesIQ"',
    );
  });
});

test('says of every fault at once where it is, what was expected and what was found', () => {
  const faulty = {
    secret_prefix: '/zoho/',
    color: 1,
    connections: [
      null,
      'x',
      {
        name: 'Desk',
        service: 'desk',
        data_center: 'in',
        token_prefix: '1005',
        required_scopes: [],
        settings: { org_id: 'x60', extra: 1 },
      },
      {
        name: 'salesiq',
        service: 'salesiq',
        data_center: 'uk',
        token_prefix: ['x1000.', '1000.x'],
        required_scopes: ['Desk'],
        optional_scopes: [''],
        settings: { screen_name: 'a b', app_id: '12x' },
      },
      {
        name: 'salesiq',
        service: 'cliq',
        data_center: 'mars',
        required_scopes: ['A.b'],
        settings: {},
        colour: 2,
      },
      { service: 'desk', data_center: 'in', required_scopes: ['A.b'], settings: { org_id: 5 } },
      { service: 'desk', data_center: 'in', required_scopes: ['A.b'], settings: 'none' },
    ],
  };
  expect(() => readConnections(JSON.stringify(faulty))).toThrow(`connections.json has 24 faults
  $.secret_prefix: expected letters, digits or _+=.@- in parts joined by "/", with no "/" at either end, found "/zoho/"
  $.connections[0]: expected Object, found null
  $.connections[1]: expected Object, found "x"
  $.connections[2].name: expected 1 to 40 lower-case letters, digits or hyphens, found "Desk"
  $.connections[2].token_prefix: expected four digits and a dot, such as "1000.", found "1005"
  $.connections[2].required_scopes: expected at least one scope, found 0
  $.connections[3].token_prefix[0]: expected four digits and a dot, such as "1000.", found "x1000."
  $.connections[3].token_prefix[1]: expected four digits and a dot, such as "1000.", found "1000.x"
  $.connections[3].required_scopes[0]: expected one scope such as "Desk.calls.READ", found "Desk"
  $.connections[3].optional_scopes[0]: expected one scope such as "Desk.calls.READ", found ""
  $.connections[4].service: expected ("salesiq" | "desk" | "crm"), found "cliq"
  $.connections[4].data_center: expected ("us" | "eu" | "in" | "au" | "jp" | "ca" | "sa" | "uk" | "cn" | "ae" | "sg"), found "mars"
  $.connections[5].name: missing
  $.connections[6].name: missing
  $.connections[6].settings: expected Object, found "none"
  $.color: unknown key
  $.connections[2].settings.extra: unknown key
  $.connections[2].settings.org_id: expected the digits of a Zoho id, as a string, found "x60"
  $.connections[3].data_center: Zoho lists no host of SalesIQ in data centre "uk"
  $.connections[3].settings.screen_name: expected the portal name of the SalesIQ URL, found "a b"
  $.connections[3].settings.app_id: expected the digits of a Zoho id, as a string, found "12x"
  $.connections[4].colour: unknown key
  $.connections[4].name: "salesiq" is also the name of $.connections[3]
  $.connections[5].settings.org_id: expected string, found 5`);
  expect(() => readConnections('{"connections":[]}')).toThrow(
    'connections.json has 1 fault\n  $.connections: expected at least one connection, found 0',
  );
});

describe('a secret in the wrong place', () => {
  const secret = `1000.${'9af'.repeat(10)}ab.${'0c1'.repeat(10)}de`;
  const file = (entry: object) =>
    JSON.stringify({
      connections: [
        {
          name: 'desk',
          service: 'desk',
          data_center: 'in',
          required_scopes: ['Desk.calls.READ'],
          settings: { org_id: '1' },
          ...entry,
        },
      ],
    });

  test.each<[where: string, text: string]>([
    ['the name', file({ name: secret })],
    ['the name, twice', JSON.stringify({ connections: [{ name: secret }, { name: secret }] })],
    ['the service', file({ service: secret })],
    ['the data centre', file({ data_center: secret })],
    ['the prefix', file({ token_prefix: secret })],
    ['a scope', file({ required_scopes: [secret] })],
    ['a setting', file({ settings: { org_id: secret } })],
    ['a key', file({ [secret]: true })],
    ['a key of the settings', file({ settings: { org_id: '1', [secret]: true } })],
    ['what is not JSON', `{"refresh_token": "${secret}" "connections": []}`],
    ['the place of an object', JSON.stringify(secret)],
  ])('is not repeated: %s', (_, text) => {
    let message = '';
    try {
      readConnections(text);
    } catch (fault) {
      message = (fault as Error).message;
    }
    expect(message).toMatch(/^connections\.json has \d+ faults?/);
    expect(message).not.toContain(secret.slice(5, 17));
  });
});

test('a byte-order mark is accepted', () => {
  const text =
    '\uFEFF{"connections":[{"name":"desk","service":"desk","data_center":"in","required_scopes":["Desk.calls.READ"],"settings":{"org_id":"1"}}]}';
  expect(readConnections(text).connections).toHaveLength(1);
});
