import type { Duration } from 'aws-cdk-lib';
import type { Connections } from '../lambda/connections/read-connections.ts';
import {
  defaultLifetimeSeconds,
  functionTimeoutMilliseconds,
  onDemandRequestsPerWindow,
  onDemandWindowMilliseconds,
  refreshAtLifeLeft,
  tickPrecisionMilliseconds,
} from '../lambda/settings.ts';
import { functionNameOf, longestFunctionName } from './function-name.ts';
import type { ZohoTokenRefresherProps } from './props.ts';

/** A refresh that fails must be tried this often before the stored token ends: one try can meet any fault of Zoho. */
const fewestTriesBeforeExpiry = 4;
/** Zoho allows 10 token requests per grant in 10 minutes; this system takes half, people need the rest. */
const mostRequestsPerWindow = 5;
/** One function looks at all connections within one time-out, and its role's policies have a size limit. */
const mostConnections = 50;
/** Lambda's own range. */
const memoryMegabytes = { least: 128, most: 10_240 };
const dayInMinutes = 24 * 60;

/**
 * Finds what cannot work in the props of a refresher.
 *
 * @param connections - What `connectionsJson` says.
 * @returns One sentence per fault with the offending value and the allowed range; empty where all is well.
 */
export function faultsOfProps(
  props: ZohoTokenRefresherProps,
  connections: Connections,
  tickInterval: Duration,
  probeInterval: Duration,
): string[] {
  const names = connections.connections.map(({ name }) => name);
  const functionName = functionNameOf(connections.secretPrefix);
  const unknown = (props.existingSecrets ?? []).filter((name) => !names.includes(name));
  const badEmails = (props.alertEmails ?? []).filter((address) => !/^[^\s@]+@[^\s@]+$/.test(address));
  const badRegions = (props.tokenReplicaRegions ?? []).filter(
    (region) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
  );
  const memory = props.memorySizeMegabytes;
  const reserved = props.reservedConcurrency;
  return [
    ...faultsOfIntervals(tickInterval, probeInterval),
    functionName.length > longestFunctionName &&
      `secretPrefix: "${connections.secretPrefix}" makes the function name ${functionName}, expected at most ${longestFunctionName} characters`,
    names.length > mostConnections &&
      `connections: found ${names.length}, at most ${mostConnections} fit one stack; deploy a second stack with another secret_prefix`,
    ...unknown.map(
      (name) => `existingSecrets: "${name}" is no connection, expected any of ${names.join(', ')}`,
    ),
    ...badEmails.map((address) => `alertEmails: "${address}" is no e-mail address`),
    ...badRegions.map(
      (region) => `tokenReplicaRegions: "${region}" is no region, expected one such as "eu-west-1"`,
    ),
    memory !== undefined &&
      !(memory >= memoryMegabytes.least && memory <= memoryMegabytes.most) &&
      `memorySizeMegabytes: found ${memory}, expected ${memoryMegabytes.least} to ${memoryMegabytes.most}`,
    reserved !== undefined &&
      !(Number.isInteger(reserved) && reserved >= 1) &&
      `reservedConcurrency: found ${reserved}, expected a whole number of at least 1; with 0 no tick would ever run`,
    props.customerManagedKey === false &&
      props.encryptionKey !== undefined &&
      'customerManagedKey: false contradicts encryptionKey, leave one of them out',
    incomplete('Slack', { slackWorkspaceId: props.slackWorkspaceId, slackChannelId: props.slackChannelId }),
    incomplete('Teams', {
      teamsTenantId: props.teamsTenantId,
      teamsTeamId: props.teamsTeamId,
      teamsChannelId: props.teamsChannelId,
    }),
  ].filter((fault) => typeof fault === 'string');
}

function faultsOfIntervals(tickInterval: Duration, probeInterval: Duration): string[] {
  const tick = tickInterval.toMinutes({ integral: false });
  const probe = probeInterval.toMinutes({ integral: false });
  const least = leastTickMinutes();
  const most = Math.floor((defaultLifetimeSeconds * refreshAtLifeLeft) / 60 / fewestTriesBeforeExpiry);
  const faults: string[] = [];
  if (!Number.isInteger(tick) || tick < least || tick > most) {
    faults.push(
      `tickInterval: found ${tick} minutes, expected whole minutes from ${least} (more ticks could spend Zoho's limit of token requests) ` +
        `to ${most} (fewer leave less than ${fewestTriesBeforeExpiry} tries between the refresh that is due and the token's expiry)`,
    );
  }
  if (!(probe >= tick && probe <= dayInMinutes)) {
    faults.push(
      `probeInterval: found ${probe} minutes, expected ${tick} (the tick interval) to ${dayInMinutes}`,
    );
  }
  return faults;
}

/** The shortest tick interval whose ticks, each a request while Zoho fails, stay inside the limit beside on-demand calls. */
function leastTickMinutes(): number {
  const minute = 60_000;
  for (let minutes = Math.ceil(functionTimeoutMilliseconds / minute) + 1; ; minutes++) {
    const shortestGap = minutes * minute - tickPrecisionMilliseconds;
    const ticksPerWindow = Math.floor(onDemandWindowMilliseconds / shortestGap) + 1;
    if (ticksPerWindow + onDemandRequestsPerWindow <= mostRequestsPerWindow) return minutes;
  }
}

function incomplete(service: string, group: Record<string, string | undefined>): string | undefined {
  const missing = Object.keys(group).filter((key) => !group[key]);
  if (missing.length === 0 || missing.length === Object.keys(group).length) return undefined;
  return `${missing.join(', ')}: missing, a ${service} channel needs ${Object.keys(group).join(', ')}`;
}
