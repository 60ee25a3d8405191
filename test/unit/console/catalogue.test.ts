import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { showSetup } from '../../../local/console/setup.ts';
import { faultGroups } from '../../../local/faults/fault-table.ts';
import type { Stage } from '../../../local/stage.ts';

const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const standIn = {} as Stage['zoho'];

function offered(zoho: Stage['zoho'], of = connections) {
  const { faultGroups: groups, ...setup } = showSetup({ zoho, connections: of });
  const faults = groups.flatMap((group) => group.faults);
  return { ...setup, faults, ids: faults.map(({ id }) => id) };
}

test('each fault has an id of its own', () => {
  const ids = faultGroups.flatMap(({ entries }) => entries.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

test('with the real Zoho the page offers only what can be broken on this machine, and no faster time', () => {
  const { ids, speeds, starters } = offered(undefined);
  expect(ids.filter((id) => /^(token|service|zoho)\//.test(id))).toEqual([]);
  expect(ids).not.toContain('connection/revoke');
  expect(ids).toContain('connection/spoil-credentials');
  expect([speeds, starters]).toEqual([[1], []]);
});

test('the page offers faults of a service only for its connections', () => {
  const { faults } = offered(standIn);
  expect(faults.find(({ id }) => id === 'service/salesiq:1008')?.connections).toEqual(['salesiq', 'salesiq-visitor']);
  const desk = connections.filter(({ service }) => service === 'desk');
  expect(offered(standIn, desk).ids.filter((id) => id.includes('salesiq'))).toEqual([]);
});
