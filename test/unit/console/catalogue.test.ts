import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { showSetup } from '../../../local/console/setup.ts';
import { nights } from '../../../local/drill/nights.ts';
import { faultKinds } from '../../../local/faults/aws-faults.ts';
import { connectionsOf } from '../../../local/faults/fault-entry.ts';
import { faultGroups, findFault } from '../../../local/faults/fault-table.ts';
import { faultNames, zohoFaults } from '../../../local/faults/zoho-faults.ts';
import type { Stage } from '../../../local/stage.ts';
import { serviceNames } from '../../../local/zoho/services.ts';

const entries = faultGroups.flatMap((group) => group.entries);
const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const namesFor = (id: string) => {
  const fault = findFault(id);
  return fault === undefined ? undefined : connectionsOf(fault, connections).map(({ name }) => name);
};

describe('the table of faults', () => {
  it('has every fault that the stand-ins know, at the place that it strikes', () => {
    const general = faultNames.filter((name) => !serviceNames.some((service) => service === name));
    const known = [
      ...general.map((name) => `${zohoFaults[name].strikes === 'salesiq' ? 'service' : 'token'}/${name}`),
      ...faultKinds.flatMap((kind) => [`secrets/${kind}`, `sns/${kind}`]),
    ];
    expect(known.filter((id) => findFault(id) === undefined)).toEqual([]);
    for (const service of serviceNames)
      expect(entries.filter((entry) => entry.service === service).length, service).toBeGreaterThan(1);
  });

  it('has an id for each, and says in one sentence or two what to expect', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { id, title, expect: sentence } of entries) {
      expect(id).not.toMatch(/\s/);
      expect(sentence, title).toMatch(/^[A-Z].{15,200}\.$/);
      expect(title.length, title).toBeLessThan(60);
    }
  });

  it('gives each fault that needs an argument one that it takes', () => {
    for (const { id, how } of entries) {
      if (how.at !== 'token' && how.at !== 'service') continue;
      for (const connection of connections) {
        const fault = typeof how.fault === 'function' ? how.fault(connection) : how.fault;
        const [name = '', ...argument] = fault.split(':');
        const { argument: pattern } = zohoFaults[name as keyof typeof zohoFaults];
        expect(argument.join(':'), id).toMatch(pattern ?? /^$/);
      }
    }
  });

  it('offers faults of a service only for its connections', () => {
    expect(namesFor('service/salesiq:1008')).toEqual(['salesiq', 'salesiq-visitor']);
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

describe('the ten nights of the drill', () => {
  it('have an id and a story each, and name only faults that exist, for connections that can have them', () => {
    expect(new Set(nights.map(({ id }) => id)).size).toBe(10);
    for (const { story, faults } of nights) {
      expect(story).toMatch(/^[A-Z].{30,}\.$/);
      for (const { fault, connection } of faults) {
        expect(namesFor(fault), fault).toBeDefined();
        if (connection !== undefined) expect(namesFor(fault), fault).toContain(connection);
      }
    }
  });
});
