import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import type { FaultKind } from '../../../local/aws/faults.ts';
import { connectionsOf, faultGroups, findFault } from '../../../local/console/faults/catalogue.ts';
import { faultNames } from '../../../local/zoho/fault-names.ts';

const entries = faultGroups.flatMap((group) => group.entries);
const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const kinds = [
  'refuse',
  'reset',
  'reset-during-answer',
  'reset-after-answer',
  'hang',
  'slow-drip',
  'garbage',
  'huge',
  'access-denied',
  'throttled',
  'internal-error',
  'kms-disabled',
] as const satisfies FaultKind[];

describe('the list of what can be broken', () => {
  it('has every fault that the Zoho stand-in knows', () => {
    const offered = entries.flatMap(({ how }) => {
      if (how.at !== 'token' && how.at !== 'service') return [];
      const faults = typeof how.fault === 'function' ? connections.map(how.fault) : [how.fault];
      return faults.map((fault) => fault.split(':')[0]);
    });
    expect(faultNames.filter((name) => !offered.includes(name))).toEqual([]);
  });

  it.each(['secrets', 'sns'] as const)('has every fault that the stand-in for %s knows', (service) => {
    expect(kinds.filter((kind) => findFault(`${service}/${kind}`) === undefined)).toEqual([]);
  });

  it('says of each in one sentence or two what to expect', () => {
    for (const { title, expect: sentence } of entries) {
      expect(sentence, title).toMatch(/^[A-Z].{15,190}\.$/);
      expect(title.length, title).toBeLessThan(50);
    }
  });

  it('has no id twice, and only ids that fit into an element id', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    for (const { id } of entries) expect(id).not.toMatch(/\s/);
  });

  it('offers faults of a service only for its connections', () => {
    const fault = findFault('service/salesiq:1008');
    expect(fault && connectionsOf(fault, connections).map(({ name }) => name)).toEqual(['salesiq']);
  });
});
