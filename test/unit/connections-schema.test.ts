import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { serviceNames, services } from '../../lambda/zoho/services.ts';

const schema = JSON.parse(readFileSync('connections.schema.json', 'utf8')) as object;
const document = readFileSync('docs/connections.md', 'utf8');

it('the schema accepts the file of this repository and the example of docs/connections.md', () => {
  const fitsSchema = new Ajv({ strict: false }).compile(schema);
  const example = /```json\n(.*?)```/s.exec(document)?.[1] ?? '';
  for (const text of [readFileSync('connections.json', 'utf8'), example]) {
    expect(fitsSchema(JSON.parse(text))).toBe(true);
    expect(readConnections(text).connections).toHaveLength(3);
  }
});

it.each(serviceNames)('docs/connections.md says what the room of %s says', (name) => {
  const row = document.split('\n').find((line) => line.startsWith(`| ${name} |`));
  const [, , hosts, settings = '', prefix] = row?.split('|') ?? [];
  const room = services[name];
  expect(hosts?.trim().split(' ').toSorted()).toEqual(Object.keys(room.hosts).toSorted());
  expect(settings.match(/\w+(?=`)/g) ?? []).toEqual(Object.keys(room.settings.entries));
  expect(prefix?.trim()).toBe(`\`${room.defaultTokenPrefix}\``);
});
