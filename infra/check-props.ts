import { type Duration, Token } from 'aws-cdk-lib';
import type { Connections } from '../lambda/connections/read-connections.ts';
import { defaultTickIntervalMilliseconds } from '../lambda/settings.ts';
import { regionPattern } from './deployment/read-deployment.ts';
import { functionNameOf, longestFunctionName } from './function-name.ts';
import type { ZohoTokenRefresherProps } from './props.ts';

/** One function looks at all connections within one time-out, and its role's policies have a size limit. */
const mostConnections = 50;
/** Lambda's own range. */
const memoryMegabytes = { least: 128, most: 10_240 };
const probeMinutes = { least: defaultTickIntervalMilliseconds / 60_000, most: 24 * 60 };

/**
 * Finds what cannot work in the props of a refresher. A value that CDK resolves only later passes every check.
 *
 * @param connections - What `connectionsJson` says.
 * @returns One sentence per fault with the offending value and the allowed range; empty if all is well.
 */
export function faultsOfProps(
  props: ZohoTokenRefresherProps,
  connections: Connections,
  probeInterval: Duration,
): string[] {
  const names = connections.connections.map(({ name }) => name);
  const functionName = functionNameOf(connections.secretPrefix);
  const unknown = known(props.existingSecrets).filter((name) => !names.includes(name));
  const badEmails = known(props.alertEmails).filter((address) => !/^[^\s@]+@[^\s@]+$/.test(address));
  const replicaKeyRegions = Object.keys(props.tokenReplicaKeyArns ?? {});
  const badRegions = [...known(props.tokenReplicaRegions), ...known(replicaKeyRegions)].filter(
    (region) => !regionPattern.test(region),
  );
  const memory = props.memorySizeMegabytes;
  const reserved = props.reservedConcurrency;
  return [
    ...faultsOfProbeInterval(probeInterval),
    functionName.length > longestFunctionName &&
      `secretPrefix: "${connections.secretPrefix}" makes the function name ${functionName}, expected at most ${longestFunctionName} characters`,
    names.length > mostConnections &&
      `connections: found ${names.length}, at most ${mostConnections} fit one stack; deploy a second stack with another secret_prefix`,
    ...unknown.map((name) => `existingSecrets: unknown connection "${name}"; expected one of ${names.join(', ')}`),
    ...badEmails.map((address) => `alertEmails: "${address}" is not an e-mail address`),
    ...badRegions.map((region) => `tokenReplicaRegions: "${region}" is not a Region, expected one such as "eu-west-1"`),
    ...duplicates('alertEmails', props.alertEmails),
    ...duplicates('tokenReplicaRegions', props.tokenReplicaRegions),
    ...duplicates('existingSecrets', props.existingSecrets),
    ...replicaKeyRegions
      .filter((region) => !props.tokenReplicaRegions?.includes(region))
      .map((region) => `tokenReplicaKeyArns: ${region} is not among tokenReplicaRegions`),
    memory !== undefined &&
      !Token.isUnresolved(memory) &&
      !(memory >= memoryMegabytes.least && memory <= memoryMegabytes.most) &&
      `memorySizeMegabytes: found ${memory}, expected ${memoryMegabytes.least} to ${memoryMegabytes.most}`,
    reserved !== undefined &&
      !Token.isUnresolved(reserved) &&
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

function faultsOfProbeInterval(probeInterval: Duration): string[] {
  if (probeInterval.isUnresolved()) return [];
  const minutes = probeInterval.toMinutes({ integral: false });
  if (minutes >= probeMinutes.least && minutes <= probeMinutes.most) return [];
  return [
    `probeInterval: found ${minutes} minutes, expected ${probeMinutes.least} (the time between two ticks) to ${probeMinutes.most}`,
  ];
}

/** What is known at synth of a list of texts. */
const known = (list: readonly string[] | undefined) =>
  Token.isUnresolved(list) ? [] : (list ?? []).filter((value) => !Token.isUnresolved(value));

function duplicates(prop: string, list: readonly string[] | undefined): string[] {
  const values = known(list).map((value) => value.toLowerCase());
  const repeated = new Set(values.filter((value, index) => values.indexOf(value) < index));
  return [...repeated].map((value) => `${prop}: "${value}" is there twice, leave one out`);
}

function incomplete(service: string, group: Record<string, string | undefined>): string | undefined {
  const missing = Object.keys(group).filter((key) => !group[key]);
  if (missing.length === 0 || missing.length === Object.keys(group).length) return undefined;
  return `${missing.join(', ')}: missing, a ${service} channel needs ${Object.keys(group).join(', ')}`;
}
