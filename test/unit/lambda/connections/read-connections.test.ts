import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { dataCenters } from '../../../../lambda/connections/data-centers.ts';
import { ConnectionsError, readConnections } from '../../../../lambda/connections/read-connections.ts';
import { serviceNames } from '../../../../lambda/zoho/services.ts';

const read = (json: unknown) => readConnections(JSON.stringify(json));
/** Editors check with the schema, the program with its reader: they must say the same. */
const fitsSchema = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync('connections.schema.json', 'utf8')) as object,
);

const settings = { salesiq: { screen_name: 'rtdsportal' }, desk: { org_id: '60000688226' }, crm: {} };
const salesiq = {
  name: 'salesiq',
  service: 'salesiq',
  data_center: 'in',
  required_scopes: ['SalesIQ.conversations.READ'],
  settings: settings.salesiq,
};
const desk = {
  ...salesiq,
  name: 'desk',
  service: 'desk',
  required_scopes: ['Desk.calls.READ'],
  settings: settings.desk,
};

/** A file without a fault, in which a value was put at a path; `undefined` takes one away. */
function fileWith(path = '$.$schema', value: unknown = undefined): object {
  const file = structuredClone({ connections: [salesiq, desk] });
  const keys = path.match(/[$\w]+/g)?.slice(1) ?? [];
  const last = keys.pop() ?? '';
  const within = keys.reduce((each: Record<string, unknown>, key) => each[key] as typeof each, { ...file });
  within[last] = value;
  return keys.length === 0 ? within : file;
}

function faultOf(text: string): ConnectionsError {
  try {
    readConnections(text);
  } catch (fault) {
    if (!(fault instanceof ConnectionsError)) throw fault;
    for (const { path, problem } of fault.faults) expect(fault.message).toContain(`${path}: ${problem}`);
    return fault;
  }
  throw new Error('no fault was found');
}

test('reads the project’s own connections.json', () => {
  const portal = { screen_name: 'rtdsportal', app_id: '2782000012893013', department_id: '2782000000002013' };
  expect(readConnections(readFileSync('connections.json', 'utf8'))).toEqual({
    secretPrefix: 'zoho',
    connections: [
      {
        name: 'salesiq',
        service: 'salesiq',
        dataCenter: 'in',
        tokenPrefixes: ['1000.'],
        requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.conversations.READ'],
        optionalScopes: ['SalesIQ.conversations.UPDATE'],
        settings: portal,
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
        settings: portal,
      },
    ],
  });
});

test('fills in what the file leaves out: secret prefix, the guide’s token prefixes, no optional scopes', () => {
  const { secretPrefix, connections } = read(fileWith());
  expect(secretPrefix).toBe('zoho');
  expect(connections.map(({ tokenPrefixes }) => tokenPrefixes)).toEqual([['1000.'], ['1005.']]);
  expect(connections.map(({ optionalScopes }) => optionalScopes)).toEqual([[], []]);
});

test.each<[path: string, value: unknown, key: string, as: unknown]>([
  ['$.connections[0].token_prefix', '1005.', 'tokenPrefixes', ['1005.']],
  ['$.connections[0].token_prefix', ['1000.', '1005.'], 'tokenPrefixes', ['1000.', '1005.']],
  ['$.connections[0].optional_scopes', [], 'optionalScopes', []],
  ['$.connections[0].name', 'a-9'.padEnd(40, 'x'), 'name', 'a-9'.padEnd(40, 'x')],
  ['$.connections[2]', { ...salesiq, name: 'salesiq-visitor' }, 'name', 'salesiq'],
  ['$.connections[2]', { ...desk, name: 'crm', service: 'crm', settings: {} }, 'name', 'salesiq'],
])('takes %s set to %j', (path, value, key, as) => {
  const file = fileWith(path, value);
  expect(read(file).connections[0]).toMatchObject({ [key]: as });
  expect(fitsSchema(file)).toBe(true);
});

test('takes a secret prefix in parts, and a byte-order mark', () => {
  const text = `\uFEFF${JSON.stringify(fileWith('$.secret_prefix', 'team/zoho_tokens.live'))}`;
  expect(readConnections(text).secretPrefix).toBe('team/zoho_tokens.live');
});

test('the schema agrees on every pair of service and data centre', () => {
  for (const service of serviceNames) {
    for (const data_center of dataCenters) {
      const file = { connections: [{ ...desk, service, data_center, settings: settings[service] }] };
      const isRead = (() => {
        try {
          return read(file).connections.length === 1;
        } catch {
          return false;
        }
      })();
      expect(fitsSchema(file), `${service} ${data_center}`).toBe(isRead);
    }
  }
});

test.each<[path: string, value: unknown, faultAt?: string]>([
  ['$.region', 'eu-west-1'],
  ['$.$schema', 1],
  ['$.secret_prefix', '/a'],
  ['$.secret_prefix', 'a/'],
  ['$.secret_prefix', 'a//b'],
  ['$.secret_prefix', 'a b'],
  ['$.secret_prefix', ''],
  ['$.connections', undefined],
  ['$.connections', []],
  ['$.connections', {}],
  ['$.connections[2]', null],
  ['$.connections[2]', 'desk'],
  ['$.connections[0].scope', 'x'],
  ['$.connections[0].name', undefined],
  ['$.connections[0].name', ''],
  ['$.connections[0].name', 'SalesIQ'],
  ['$.connections[0].name', 'a/b'],
  ['$.connections[0].name', 'desk2\n'],
  ['$.connections[0].name', 'x'.repeat(41)],
  ['$.connections[0].name', 7],
  ['$.connections[0].name', 'desk', '$.connections[1].name'],
  ['$.connections[0].service', 'books'],
  ['$.connections[0].service', 'SALESIQ'],
  ['$.connections[0].service', undefined],
  ['$.connections[0].data_center', 'fr'],
  ['$.connections[0].data_center', undefined],
  ['$.connections[0].data_center', 'uk'],
  ['$.connections[0].token_prefix', '1000'],
  ['$.connections[0].token_prefix', 1000],
  ['$.connections[0].token_prefix', []],
  ['$.connections[0].token_prefix', ['1000.', 'x'], '$.connections[0].token_prefix[1]'],
  ['$.connections[0].required_scopes', undefined],
  ['$.connections[0].required_scopes', []],
  ['$.connections[0].required_scopes', ['A.b.READ,C.d.READ'], '$.connections[0].required_scopes[0]'],
  ['$.connections[0].required_scopes', 'Desk.calls.READ'],
  ['$.connections[0].optional_scopes', ['Desk'], '$.connections[0].optional_scopes[0]'],
  ['$.connections[0].optional_scopes', 'Desk.calls.READ'],
  ['$.connections[0].settings', undefined],
  ['$.connections[0].settings', null],
  ['$.connections[0].settings.screen_name', undefined],
  ['$.connections[0].settings.screen_name', 'a/../b'],
  ['$.connections[0].settings.app_id', 2782],
  ['$.connections[0].settings.app_id', '27a'],
  ['$.connections[0].settings.org_id', '1'],
  // A key that every JavaScript object has.
  ['$.connections[0].settings.toString', '1'],
  ['$.connections[1].settings.org_id', undefined],
])('fails for %s set to %j, as the schema does', (path, value, faultAt = path) => {
  const file = fileWith(path, value);
  expect(faultOf(JSON.stringify(file)).faults.map(({ path }) => path)).toEqual([faultAt]);
  // No schema can compare the names of two connections.
  if (value !== 'desk' || faultAt === path) expect(fitsSchema(JSON.parse(JSON.stringify(file)))).toBe(false);
});

test.each(['', '{', 'null', '[]', '7', '"text"', 'undefined'])('fails for the text %j', (text) => {
  const paths = faultOf(text).faults.map(({ path }) => path);
  expect(paths).toContainEqual(expect.stringMatching(/^\$(\.connections)?$/));
  expect(faultOf(text).message).toMatch(/^connections\.json has \d faults?\n {2}\$/);
});

test('says of every fault at once where it is, what was expected and what was found', () => {
  const faulty = {
    secret_prefix: '/zoho/',
    color: 1,
    colour: 2,
    connections: [
      null,
      'x',
      {
        ...desk,
        name: 'Desk',
        token_prefix: '1005',
        required_scopes: [],
        settings: { org_id: 'x6', a: 1, b: 2 },
      },
      {
        ...salesiq,
        data_center: 'uk',
        token_prefix: ['x1000.', '1000.x'],
        required_scopes: ['Desk'],
        optional_scopes: [''],
        settings: { screen_name: 'a b', app_id: '12x' },
      },
      { ...salesiq, service: 'cliq', data_center: 'mars', settings: {}, colour: 2 },
      { ...desk, name: undefined, settings: { org_id: 5 } },
      { ...desk, name: undefined, settings: 'none' },
    ],
  };
  expect(() => read(faulty)).toThrow(`connections.json has 26 faults
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
  $.colour: unknown key
  $.connections[2].settings.a: unknown key
  $.connections[2].settings.b: unknown key
  $.connections[2].settings.org_id: expected the digits of a Zoho id, as a string, found "x6"
  $.connections[3].data_center: Zoho lists no host of SalesIQ in data centre "uk"
  $.connections[3].settings.screen_name: expected the portal name of the SalesIQ URL, found "a b"
  $.connections[3].settings.app_id: expected the digits of a Zoho id, as a string, found "12x"
  $.connections[4].colour: unknown key
  $.connections[4].name: "salesiq" is also the name of $.connections[3]
  $.connections[5].settings.org_id: expected string, found 5`);
  expect(() => read({ connections: [] })).toThrow(
    'connections.json has 1 fault\n  $.connections: expected at least one connection, found 0',
  );
});

describe('a secret in the wrong place', () => {
  const secret = `1000.${'9af'.repeat(10)}ab.${'0c1'.repeat(10)}de`;
  const places = ['name', 'service', 'data_center', 'token_prefix', 'required_scopes[0]', 'settings.org_id'];
  test.each<[where: string, text: string]>([
    ...[...places, secret.replaceAll('.', '_'), 'settings.x'].map((key): [string, string] => {
      const text = JSON.stringify(fileWith(`$.connections[1].${key}`, key === 'settings.x' ? 1 : secret));
      return [key, text.replaceAll('"x":', `"${secret}":`)];
    }),
    ['two names', JSON.stringify({ connections: [{ name: secret }, { name: secret }] })],
    ['what is not JSON', `{"refresh_token": "${secret}" "connections": []}`],
    ['the place of an object', JSON.stringify(secret)],
  ])('is not repeated: %s', (_, text) => {
    expect(faultOf(text).message).not.toContain(secret.slice(5, 17));
  });
});
