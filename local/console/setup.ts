import { randomUUID } from 'node:crypto';
import { connectionsOf, type FaultEntry, needsZohoStandIn } from '../faults/fault-entry.ts';
import { faultGroups } from '../faults/fault-table.ts';
import type { Stage } from '../stage.ts';
import { speeds } from './ticker.ts';
import type { SetupView } from './view.ts';

/** What the page offers on this stage: where the real Zoho is asked, nothing of Zoho's can be broken. */
export function showSetup(stage: Stage): SetupView {
  const isRealZoho = stage.zoho === undefined;
  const isOffered = (entry: FaultEntry) => {
    const isAboutOthers = entry.service !== undefined && connectionsOf(entry, stage.connections).length === 0;
    return !isAboutOthers && !(isRealZoho && needsZohoStandIn(entry));
  };
  const groups = faultGroups.map(({ title, entries }) => ({
    title,
    faults: entries.filter(isOffered).map((entry) => ({
      id: entry.id,
      title: entry.title,
      expect: entry.expect,
      connections: connectionsOf(entry, stage.connections).map(({ name }) => name),
      isOnce: entry.how.at === 'connection' && entry.how.deed === 'kill tokens',
    })),
  }));
  return {
    bootId: randomUUID(),
    faultGroups: groups.filter(({ faults }) => faults.length > 0),
    // Ten token requests in ten minutes are all that the real Zoho allows.
    speeds: isRealZoho ? [1] : speeds,
    isRealZoho,
  };
}
