import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { dataCenters } from '../../../../lambda/connections/data-centers.ts';
import { ConnectionsError, readConnections } from '../../../../lambda/connections/read-connections.ts';
import { serviceHost, serviceNames } from '../../../../lambda/zoho/services.ts';
import * as examples from '../examples.ts';

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
    const lines = fault.faults.map(({ path, problem }) => `\n  ${path}: ${problem}`);
    expect(String(fault)).toMatch(/^ConnectionsError: connections\.json has \d+ faults?\n/);
    expect(fault.message).toContain(lines.join(''));
    return fault;
  }
  throw new Error('no fault was found');
}

test('reads the project’s own connections.json', () => {
  const visitor = {
    ...examples.salesiq,
    name: 'salesiq-visitor',
    tokenPrefixes: ['1005.'],
    requiredScopes: ['SalesIQ.conversations.CREATE', 'SalesIQ.apps.READ'],
    optionalScopes: [],
  };
  const connections = [examples.salesiq, examples.desk, visitor];
  const text = readFileSync('connections.json', 'utf8');
  expect(readConnections(text)).toEqual({ secretPrefix: 'zoho', connections });
});

test('fills in what the file leaves out: secret prefix, the guide’s token prefixes, no optional scopes', () => {
  const crm = { ...salesiq, name: 'crm', service: 'crm', settings: {} };
  const { secretPrefix, connections } = read(fileWith('$.connections[2]', crm));
  expect(secretPrefix).toBe('zoho');
  expect(connections.map(({ tokenPrefixes }) => tokenPrefixes)).toEqual([['1000.'], ['1005.'], ['1000.']]);
  expect(connections.map(({ optionalScopes }) => optionalScopes)).toEqual([[], [], []]);
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
      const isKnown = serviceHost(service, data_center) !== undefined;
      expect(fitsSchema(file), `${service} ${data_center}`).toBe(isKnown);
      if (isKnown) read(file);
      else expect(() => read(file)).toThrow(ConnectionsError);
    }
  }
});

const noPrefix = 'expected letters, digits or _+=.@- in parts joined by "/", with no "/" at either end, found';
const noName = 'expected 1 to 40 lower-case letters, digits or hyphens, found';
const noService = 'expected ("salesiq" | "desk" | "crm"), found';
const noCenter = 'expected ("us" | "eu" | "in" | "au" | "jp" | "ca" | "sa" | "uk" | "cn" | "ae" | "sg"), found';
const noTokenPrefix = 'expected four digits and a dot, such as "1000.", found';
const noScope = 'expected one scope such as "Desk.calls.READ", found';
const noPortal = 'expected the portal name of the SalesIQ URL, found';
const noId = 'expected the digits of a Zoho id, as a string, found';

test.each<[path: string, value: unknown, problem: string, deeper?: string]>([
  ['$.region', 'eu-west-1', 'unknown key'],
  ['$.$schema', 1, 'expected string, found 1'],
  ['$.secret_prefix', '/a', `${noPrefix} "/a"`],
  ['$.secret_prefix', 'a/', `${noPrefix} "a/"`],
  ['$.secret_prefix', 'a//b', `${noPrefix} "a//b"`],
  ['$.secret_prefix', 'a b', `${noPrefix} "a b"`],
  ['$.connections', undefined, 'missing'],
  ['$.connections', [], 'expected at least one connection, found 0'],
  ['$.connections', {}, 'expected Array, found Object'],
  ['$.connections[2]', null, 'expected Object, found null'],
  ['$.connections[0].scope', 'x', 'unknown key'],
  ['$.connections[0].name', undefined, 'missing'],
  ['$.connections[0].name', '', `${noName} ""`],
  ['$.connections[0].name', 'SalesIQ', `${noName} "SalesIQ"`],
  ['$.connections[0].name', 'desk2\n', noName],
  ['$.connections[0].name', 'x'.repeat(41), noName],
  ['$.connections[0].name', 7, 'expected string, found 7'],
  ['$.connections[0].service', 'books', `${noService} "books"`],
  ['$.connections[0].service', undefined, 'missing'],
  ['$.connections[0].data_center', 'fr', `${noCenter} "fr"`],
  ['$.connections[0].data_center', undefined, 'missing'],
  ['$.connections[0].data_center', 'uk', 'expected a data centre with a host of SalesIQ, found "uk"'],
  ['$.connections[0].token_prefix', '1000', `${noTokenPrefix} "1000"`],
  ['$.connections[0].token_prefix', 'x1000.', `${noTokenPrefix} "x1000."`],
  ['$.connections[0].token_prefix', 1000, 'expected'],
  ['$.connections[0].token_prefix', [], 'Invalid length: Expected >=1'],
  ['$.connections[0].token_prefix', ['1000.', '1000.x'], `${noTokenPrefix} "1000.x"`, '[1]'],
  ['$.connections[0].required_scopes', undefined, 'missing'],
  ['$.connections[0].required_scopes', [], 'expected at least one scope, found 0'],
  ['$.connections[0].required_scopes', ['A.b.READ,C.d.READ'], `${noScope} "A.b.READ,C.d.READ"`, '[0]'],
  ['$.connections[0].required_scopes', 'Desk.calls.READ', 'expected Array, found "Desk.calls.READ"'],
  ['$.connections[0].optional_scopes', ['Desk'], `${noScope} "Desk"`, '[0]'],
  ['$.connections[0].optional_scopes', 'Desk.calls.READ', 'expected Array, found "Desk.calls.READ"'],
  ['$.connections[0].settings', undefined, 'missing'],
  ['$.connections[0].settings.screen_name', undefined, 'missing'],
  ['$.connections[0].settings.screen_name', 'a/../b', `${noPortal} "a/../b"`],
  ['$.connections[0].settings.app_id', 2782, 'expected string, found 2782'],
  ['$.connections[0].settings.app_id', '27a', `${noId} "27a"`],
  ['$.connections[0].settings.org_id', '1', 'unknown key'],
  // A key that every JavaScript object has.
  ['$.connections[0].settings.toString', '1', 'unknown key'],
])('fails for %s set to %j: %s; the schema refuses it too', (path, value, problem, deeper = '') => {
  const file = fileWith(path, value);
  const { message } = faultOf(JSON.stringify(file));
  expect(message).toContain(`connections.json has 1 fault\n  ${path}${deeper}: ${problem}`);
  expect(fitsSchema(JSON.parse(JSON.stringify(file)))).toBe(false);
});

test('fails for two connections of one name', () => {
  const { message } = faultOf(JSON.stringify(fileWith('$.connections[0].name', 'desk')));
  expect(message).toMatch(/\$\.connections: two connections have the name "desk"$/);
});

test.each([
  ['', '$: not JSON'],
  ['{"abcdefgh" 1}', '$: not JSON at position 12 (line 1 column 13)'],
  ['{\uFEFF}', '$: not JSON at position 1 (line 1 column 2)'],
  ['null', '$: expected Object, found null'],
  ['"text"', '$: expected Object, found "text"'],
  ['[]', '$.connections: missing'],
])('fails for the text %j with "%s"', (text, fault) => {
  expect(faultOf(text).message).toBe(`connections.json has 1 fault\n  ${fault}`);
});

test('names all faults at once, each with its path', () => {
  const faulty = {
    ...{ secret_prefix: '/zoho/', color: 1 },
    connections: [
      null,
      { ...desk, name: 'Desk', required_scopes: [], settings: { org_id: 'x6', a: 1 } },
      { ...salesiq, service: 'cliq', data_center: 'uk', settings: {}, colour: 2 },
      { ...salesiq, data_center: 'uk', optional_scopes: [''] },
    ],
  };
  const { faults, message } = faultOf(JSON.stringify(faulty));
  expect(message).toMatch(/^connections\.json has 12 faults(\n {2}\$.*){12}$/);
  const paths = faults.map(({ path }) => path.replace('$.connections', ''));
  expect(paths.join(' ')).toMatchInlineSnapshot(
    `"$.secret_prefix [0] [1].name [1].required_scopes [1].settings.org_id [1].settings.a [2].service [2].colour [3].data_center [3].optional_scopes[0]  $.color"`,
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
    ['a key', JSON.stringify({ ...fileWith(), [secret.slice(0, 17)]: 1 })],
    ['two names', JSON.stringify({ connections: [{ name: secret }, { name: secret }] })],
    ['what is not JSON', `{"refresh_token": "${secret}" "connections": []}`],
    ['the place of an object', JSON.stringify(secret)],
  ])('is not repeated: %s', (_, text) => {
    expect(faultOf(text).message).not.toContain(secret.slice(5, 17));
  });
});

test.each<[value: string, isShown: boolean]>([
  ['Sales Desk', true],
  ['A-'.repeat(19), true],
  [`${'A-'.repeat(19)}A`, false],
  ['abcdefghij12345 x', true],
  ['abcdefghij123456 x', false],
  ['ABCDEFGHIJ123456', false],
  ['1000.abcdefg', true],
  ['1000.abcdefgh', false],
  ['x1000.abcdefgh', true],
  ['10.abcdefgh', true],
  ['word.abcdefgh', true],
  ['1000.abcd-fgh', true],
])('the wrong name %j is shown, unless it could be a secret: %s', (name, isShown) => {
  const { message } = faultOf(JSON.stringify(fileWith('$.connections[0].name', name)));
  // As JSON, within quotes.
  expect(message).toContain(isShown ? `found "${name}"` : `found ${name.length + 2} characters that are not shown`);
});
