import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { faultKinds } from '../../../local/faults/aws-faults.ts';
import { connectionsOf } from '../../../local/faults/fault-entry.ts';
import { faultGroups, findFault } from '../../../local/faults/fault-table.ts';
import { faultNames, zohoFaults } from '../../../local/faults/zoho-faults.ts';
import { serviceNames } from '../../../local/zoho/services.ts';

const entries = faultGroups.flatMap((group) => group.entries);
const { connections } = readConnections(readFileSync('connections.json', 'utf8'));

describe('the table of faults', () => {
  it('has every fault that the stand-ins know, where it strikes', () => {
    const general = faultNames.filter((name) => !serviceNames.some((service) => service === name));
    const missing = [
      ...general.map((name) => `${zohoFaults[name].strikes === 'salesiq' ? 'service' : 'token'}/${name}`),
      ...faultKinds.flatMap((kind) => [`secrets/${kind}`, `sns/${kind}`]),
    ].filter((id) => findFault(id) === undefined);
    expect(missing).toEqual([]);
    for (const service of serviceNames)
      expect(entries.filter((entry) => entry.service === service).length, service).toBeGreaterThan(1);
  });

  it('says of each in one sentence or two what to expect', () => {
    for (const { title, expect: sentence } of entries) {
      expect(sentence, title).toMatch(/^[A-Z].{15,200}\.$/);
      expect(title.length, title).toBeLessThan(60);
    }
  });

  it('has no id twice, and only ids that fit into an element id', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { id } of entries) expect(id).not.toMatch(/\s/);
  });

  it('offers faults of a service only for its connections', () => {
    const fault = findFault('service/salesiq:1008');
    const names = fault ? connectionsOf(fault, connections).map(({ name }) => name) : [];
    expect(names).toContain('salesiq');
    expect(names).not.toContain('desk');
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
});
