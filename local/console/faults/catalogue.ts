import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { outageFaults, throttleFaults } from './answer-faults.ts';
import { scheduleFaults, secretsFaults, snsFaults } from './aws-faults.ts';
import { consentFaults } from './consent-faults.ts';
import type { FaultEntry, FaultGroup } from './entry.ts';
import { serviceFaults } from './service-faults.ts';
import { tokenFaults } from './token-faults.ts';

/** Everything that can be broken, in the order in which a newcomer best tries it. */
export const faultGroups: readonly FaultGroup[] = [
  consentFaults,
  throttleFaults,
  outageFaults,
  tokenFaults,
  serviceFaults,
  secretsFaults,
  snsFaults,
  scheduleFaults,
];

const byId = new Map(faultGroups.flatMap(({ entries }) => entries).map((entry) => [entry.id, entry]));

/** The fault of that id; `undefined` for one that nobody knows. */
export function findFault(id: string): FaultEntry | undefined {
  return byId.get(id);
}

/** Whether the fault is about single connections, and not about SNS or the schedule. */
export function isPerConnection({ how }: FaultEntry): boolean {
  return how.at === 'token' || how.at === 'service' || how.at === 'connection' || how.at === 'secrets';
}

/** Whether it befalls one grant: Zoho throttles a refresh token, and what a consent lacks, a new consent has. */
export function isPerGrant({ leadsTo, isHealedByAuthorizing }: FaultEntry): boolean {
  return leadsTo === 'rate_limited' || isHealedByAuthorizing === true;
}

/** Connections to which the fault can happen. */
export function connectionsOf(entry: FaultEntry, connections: readonly Connection[]): Connection[] {
  if (!isPerConnection(entry)) return [];
  return connections.filter(({ service }) => entry.service === undefined || entry.service === service);
}
