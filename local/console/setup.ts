import { randomUUID } from 'node:crypto';
import { defaultTickIntervalMilliseconds } from '../../lambda/settings.ts';
import { connectionsOf, type FaultEntry, needsZohoStandIn } from '../faults/fault-entry.ts';
import { faultGroups } from '../faults/fault-table.ts';
import type { Stage } from '../stage.ts';
import { speeds } from './ticker.ts';
import type { SetupView } from './view.ts';

/** What the page offers on this stage: where the real Zoho is asked, nothing of Zoho's can be broken. */
export function showSetup(stage: Stage, tickIntervalMilliseconds = defaultTickIntervalMilliseconds): SetupView {
  const isRealZoho = stage.zoho === undefined;
  const isOffered = (entry: FaultEntry) => {
    const isAboutOthers = entry.service !== undefined && connectionsOf(entry, stage.connections).length === 0;
    return !isAboutOthers && !(isRealZoho && needsZohoStandIn(entry));
  };
  const groups = faultGroups.map(({ title, isAlike = false, entries }) => ({
    title,
    isAlike,
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
    starters: startersOf(stage).filter(({ fault }) =>
      groups.some(({ faults }) => faults.some(({ id }) => id === fault)),
    ),
    tickIntervalMilliseconds,
  };
}

function startersOf({ connections }: Stage): SetupView['starters'] {
  const one = (connections.find(({ service }) => service === 'desk') ?? connections[0])?.name;
  return [
    { label: 'Consent revoked', fault: 'connection/revoke', connection: one, speed: 30 },
    { label: 'Zoho down', fault: 'token/html_502', speed: 60 },
    { label: 'Throttled', fault: 'token/throttle_400', connection: one, speed: 60 },
  ];
}
