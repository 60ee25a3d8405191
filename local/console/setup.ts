import { randomUUID } from 'node:crypto';
import { defaultTickIntervalMilliseconds } from '../../lambda/settings.ts';
import { connectionsOf, type FaultEntry, needsZohoStandIn } from '../faults/fault-entry.ts';
import { faultGroups } from '../faults/fault-table.ts';
import type { Stage } from '../stage.ts';
import { speeds } from './ticker.ts';

/** What does not change while the page is open. */
export type SetupView = ReturnType<typeof showSetup>;

/** What the page offers on this stage: where the real Zoho is asked, nothing of Zoho's can be broken. */
export function showSetup(
  { zoho, connections }: Pick<Stage, 'zoho' | 'connections'>,
  tickIntervalMilliseconds = defaultTickIntervalMilliseconds,
) {
  const isRealZoho = zoho === undefined;
  const isOffered = (entry: FaultEntry) => {
    const isAboutOthers = entry.service !== undefined && connectionsOf(entry, connections).length === 0;
    return !isAboutOthers && !(isRealZoho && needsZohoStandIn(entry));
  };
  const groups = faultGroups.map(({ title, isAlike = false, entries }) => ({
    title,
    /** Whether its faults all show the same: one entry offers them. */
    isAlike,
    faults: entries.filter(isOffered).map((entry) => ({
      id: entry.id,
      title: entry.title,
      expect: entry.expect,
      /** Connections to which it can happen; none if it is not about connections. */
      connections: connectionsOf(entry, connections).map(({ name }) => name),
      /** Whether it happens once and needs no healing. */
      isOnce: entry.how.at === 'connection' && entry.how.deed === 'kill tokens',
    })),
  }));
  const connection = (connections.find(({ service }) => service === 'desk') ?? connections[0])?.name;
  return {
    /** Of the process: ids of ticks and messages are its own. */
    bootId: randomUUID() as string,
    names: connections.map(({ name }) => name),
    faultGroups: groups.filter(({ faults }) => faults.length > 0),
    // Ten token requests in ten minutes are all that the real Zoho allows.
    speeds: isRealZoho ? [1] : speeds,
    /** Faults to begin with, each at a speed that shows it in two minutes; all are Zoho's. */
    starters: isRealZoho
      ? []
      : [
          { label: 'Consent revoked', fault: 'connection/revoke', connection, speed: 30 },
          { label: 'Zoho down', fault: 'token/html_502', speed: 60 },
          { label: 'Throttled', fault: 'token/throttle_400', connection, speed: 60 },
        ],
    tickIntervalMilliseconds,
  };
}
