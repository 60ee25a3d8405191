import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { showSetup } from '../../../local/console/setup.ts';
import { connectionsOf } from '../../../local/faults/fault-entry.ts';
import { faultGroups, findFault } from '../../../local/faults/fault-table.ts';
import type { Stage } from '../../../local/stage.ts';

const entries = faultGroups.flatMap((group) => group.entries);
const { connections } = readConnections(readFileSync('connections.json', 'utf8'));

describe('the table of faults', () => {
  it('has an id for each, and says in one sentence or two what to expect', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { id, title, expect: sentence } of entries) {
      expect(id).not.toMatch(/\s/);
      expect(sentence, title).toMatch(/^[A-Z].{15,200}\.$/);
      expect(title.length, title).toBeLessThan(60);
    }
  });

  it('offers faults of a service only for its connections', () => {
    const fault = findFault('service/salesiq:1008');
    const able = fault && connectionsOf(fault, connections).map(({ name }) => name);
    expect(able).toEqual(['salesiq', 'salesiq-visitor']);
  });
});

describe('what the page offers', () => {
  const setupOf = (stage: Partial<Stage>) => showSetup({ connections, ...stage } as Stage);
  const idsOf = (stage: Partial<Stage>) =>
    setupOf(stage).faultGroups.flatMap(({ faults }) => faults.map(({ id }) => id));

  it('is, with the real Zoho, only what can be broken on this machine, and no faster time', () => {
    const ids = idsOf({ zoho: undefined });
    expect(ids.filter((id) => /^(token|service|zoho)\//.test(id))).toEqual([]);
    expect(ids).not.toContain('connection/revoke');
    expect(ids).toContain('connection/spoil-credentials');
    expect(setupOf({ zoho: undefined })).toMatchObject({ speeds: [1], starters: [] });
  });

  it('begins with three faults, and leaves out those of a service that no connection has', () => {
    const zoho = {} as Stage['zoho'];
    expect(setupOf({ zoho }).starters.map(({ fault }) => fault)).toEqual([
      'connection/revoke',
      'token/html_502',
      'token/throttle_400',
    ]);
    const desk = connections.filter(({ service }) => service === 'desk');
    expect(idsOf({ zoho, connections: desk }).filter((id) => id.includes('salesiq'))).toEqual([]);
  });
});
