import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { dataCenters } from '../../lambda/connections/data-centers.ts';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { serviceNames } from '../../lambda/zoho/services.ts';

const schema = JSON.parse(readFileSync('connections.schema.json', 'utf8')) as object;
const fitsSchema = new Ajv({ strict: false }).compile(schema);

const settings = { salesiq: { screen_name: 'portal' }, desk: { org_id: '1' }, crm: {} };
const connection = {
  name: 'desk',
  service: 'desk',
  data_center: 'in',
  required_scopes: ['Desk.calls.READ'],
  settings: settings.desk,
};
const file = (changes: object) => ({ connections: [{ ...connection, ...changes }] });

function isRead(json: unknown): boolean {
  try {
    readConnections(JSON.stringify(json));
    return true;
  } catch {
    return false;
  }
}

/** Editors check with the schema, the program with its reader: they must say the same. */
describe('connections.schema.json and the reader', () => {
  it('accept the file of this repository', () => {
    expect(fitsSchema(JSON.parse(readFileSync('connections.json', 'utf8')))).toBe(true);
  });

  it('accept the example of docs/connections.md', () => {
    const example = /```json\n(.*?)```/s.exec(readFileSync('docs/connections.md', 'utf8'))?.[1] ?? '';
    expect(fitsSchema(JSON.parse(example))).toBe(true);
    expect(readConnections(example).connections).toHaveLength(3);
  });

  it.each([
    file({}),
    file({ token_prefix: '1000.' }),
    file({ token_prefix: ['1000.', '1005.'] }),
    file({ optional_scopes: [] }),
    { ...file({}), secret_prefix: 'stage/zoho' },
    {},
    [],
    { connections: [] },
    { ...file({}), more: 1 },
    { ...file({}), secret_prefix: '/zoho' },
    { ...file({}), secret_prefix: '' },
    file({ name: 'Desk' }),
    file({ name: '' }),
    file({ name: 'a'.repeat(41) }),
    file({ service: 'crm' }),
    file({ service: 'crm', settings: {} }),
    file({ service: 'books' }),
    file({ data_center: 'mars' }),
    file({ token_prefix: '1000' }),
    file({ token_prefix: [] }),
    file({ required_scopes: [] }),
    file({ required_scopes: ['a b'] }),
    file({ required_scopes: 'Desk.calls.READ' }),
    file({ optional_scopes: ['x'] }),
    file({ settings: {} }),
    file({ settings: { org_id: 1 } }),
    file({ settings: { org_id: 'x' } }),
    file({ settings: { org_id: '1', screen_name: 'x' } }),
    file({ settings: null }),
    file({ token: 'x' }),
  ])('agree on %j', (json) => {
    expect(fitsSchema(json)).toBe(isRead(json));
  });

  it('agree on every pair of service and data centre', () => {
    for (const service of serviceNames) {
      for (const data_center of dataCenters) {
        const json = file({ service, data_center, settings: settings[service] });
        expect(fitsSchema(json), `${service} ${data_center}`).toBe(isRead(json));
      }
    }
  });
});
