import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { showSetup } from '../../../local/console/setup.ts';
import type { Stage } from '../../../local/stage.ts';

const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const setupOf = (stage: Partial<Stage>) => showSetup({ connections, ...stage } as Stage);
const idsOf = (stage: Partial<Stage>) =>
  setupOf(stage).faultGroups.flatMap(({ faults }) => faults.map(({ id }) => id));

describe('what the page offers', () => {
  it('is, with the real Zoho, only what can be broken on this machine, and no faster time', () => {
    const ids = idsOf({ zoho: undefined });
    expect(ids.filter((id) => /^(token|service|zoho)\//.test(id))).toEqual([]);
    expect(ids).not.toContain('connection/revoke');
    expect(ids).toContain('connection/spoil-credentials');
    expect(ids).toContain('secrets/kms_disabled');
    expect(setupOf({ zoho: undefined }).speeds).toEqual([1]);
  });

  it('leaves out the faults of a service that no connection has', () => {
    const zoho = {} as Stage['zoho'];
    const desk = connections.filter(({ service }) => service === 'desk');
    expect(idsOf({ zoho, connections: desk }).filter((id) => id.includes('salesiq'))).toEqual([]);
    expect(idsOf({ zoho }).filter((id) => id.includes('salesiq'))).not.toEqual([]);
  });
});
