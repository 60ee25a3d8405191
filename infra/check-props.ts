import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { defaultTickIntervalMilliseconds } from '../lambda/settings.ts';
import { regionPattern } from './deployment/read-deployment.ts';
import { functionNameOf, longestFunctionName } from './function-name.ts';
import type { Settings } from './settings.ts';

/** One function looks at all connections within one time-out, and its role's policies have a size limit. */
const mostConnections = 50;
/** Lambda's own range. */
const memoryMegabytes = { least: 128, most: 10_240 };
const probeMinutes = { least: defaultTickIntervalMilliseconds / 60_000, most: 24 * 60 };

/**
 * Finds what cannot work in the props of a refresher. A value that CDK resolves only later passes every check.
 *
 * @throws Error that lists every fault: one sentence each with the offending value and the allowed range.
 */
export function checkProps(settings: Settings): void {
  const { connections: names, secretPrefix, probeInterval, memorySizeMegabytes: memory } = settings;
  const { reservedConcurrency: reserved = 1, tokenReplicaRegions } = settings;
  const probe = probeInterval.isUnresolved() ? probeMinutes.least : probeInterval.toMinutes({ integral: false });
  const functionName = functionNameOf(secretPrefix);
  const unknown = known(settings.existingSecrets).filter((name) => !names.includes(name));
  const badEmails = known(settings.alertEmails).filter((address) => !/^[^\s@]+@[^\s@]+$/.test(address));
  const replicaKeyRegions = Object.keys(settings.tokenReplicaKeyArns);
  const badRegions = known([...known(tokenReplicaRegions), ...replicaKeyRegions]).filter(
    (region) => !regionPattern.test(region),
  );
  const faults = [
    !(probe >= probeMinutes.least && probe <= probeMinutes.most) &&
      `probeInterval: found ${probe} minutes, expected ${probeMinutes.least} (the time between two ticks) to ${probeMinutes.most}`,
    functionName.length > longestFunctionName &&
      `secretPrefix: "${secretPrefix}" makes the function name ${functionName}, expected at most ${longestFunctionName} characters`,
    names.length > mostConnections &&
      `connections: found ${names.length}, at most ${mostConnections} fit one stack; deploy a second stack with another secret_prefix`,
    ...unknown.map((name) => `existingSecrets: unknown connection "${name}"; expected one of ${names.join(', ')}`),
    ...badEmails.map((address) => `alertEmails: "${address}" is not an e-mail address`),
    ...badRegions.map((region) => `tokenReplicaRegions: "${region}" is not a Region, expected one such as "eu-west-1"`),
    ...(['alertEmails', 'tokenReplicaRegions', 'existingSecrets'] as const).flatMap((prop) =>
      duplicates(settings[prop]).map((value) => `${prop}: "${value}" is there twice, leave one out`),
    ),
    ...replicaKeyRegions
      .filter((region) => !tokenReplicaRegions.includes(region))
      .map((region) => `tokenReplicaKeyArns: ${region} is not among tokenReplicaRegions`),
    !Token.isUnresolved(memory) &&
      !(memory >= memoryMegabytes.least && memory <= memoryMegabytes.most) &&
      `memorySizeMegabytes: found ${memory}, expected ${memoryMegabytes.least} to ${memoryMegabytes.most}`,
    !Token.isUnresolved(reserved) &&
      !(Number.isInteger(reserved) && reserved >= 1) &&
      `reservedConcurrency: found ${reserved}, expected a whole number of at least 1; with 0 no tick would ever run`,
    settings.customerManagedKey === false &&
      settings.encryptionKey !== undefined &&
      'customerManagedKey: false contradicts encryptionKey, leave one of them out',
    incomplete('Slack', settings, ['slackWorkspaceId', 'slackChannelId']),
    incomplete('Teams', settings, ['teamsTenantId', 'teamsTeamId', 'teamsChannelId']),
  ].filter((fault) => typeof fault === 'string');
  if (faults.length === 0) return;
  throw new Error(`the props of ZohoTokenRefresher cannot be used\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** What is known at synth of a list of texts. */
const known = (list: readonly string[]) =>
  Token.isUnresolved(list) ? [] : list.filter((value) => !Token.isUnresolved(value));

function duplicates(list: readonly string[]): string[] {
  const values = known(list).map((value) => value.toLowerCase());
  return [...new Set(values.filter((value, index) => values.indexOf(value) < index))];
}

function incomplete(service: string, settings: Settings, group: (keyof Settings)[]): string | undefined {
  const missing = group.filter((key) => !settings[key]);
  if (missing.length === 0 || missing.length === group.length) return undefined;
  return `${missing.join(', ')}: missing, a ${service} channel needs ${group.join(', ')}`;
}

/** Checks that readers can open every replica of a token secret, and throws an error that says what to do if they cannot. */
export function checkReplicas(scope: Construct, settings: Settings, isKeyOurs: boolean): void {
  for (const region of settings.tokenReplicaRegions) {
    const hasKey = settings.tokenReplicaKeyArns[region] !== undefined;
    if (!Token.isUnresolved(region) && region === Stack.of(scope).region) {
      throw new Error(`tokenReplicaRegions: ${region} is the Region of the stack itself, leave it out`);
    }
    if (isKeyOurs && !hasKey) {
      throw new Error(
        `tokenReplicaKeyArns: the secrets are under a customer-managed key, and its policy does not reach ${region}; give the ARN of a customer-managed key there, {"${region}": "arn:...:key/..."}`,
      );
    }
    if (!isKeyOurs && hasKey) {
      throw new Error('tokenReplicaKeyArns: the secrets themselves have no customer-managed key, leave it out');
    }
  }
}

/** The prefix of each refresher of an app, by its construct. */
const prefixes = new WeakMap<Construct, string>();

/** Refuses a second refresher under one prefix in the same account and Region: secrets, alarms and metrics would be one. */
export function checkNeighbours(scope: Construct, secretPrefix: string): void {
  for (const other of scope.node.root.node.findAll()) {
    const prefix = prefixes.get(other as Construct);
    if (prefix === undefined || functionNameOf(prefix) !== functionNameOf(secretPrefix)) continue;
    const [here, there] = [Stack.of(scope), Stack.of(other)];
    if (differ(here.account, there.account) || differ(here.region, there.region)) continue;
    throw new Error(
      `secretPrefix: "${secretPrefix}" is also that of ${other.node.path}, whose secrets, alarms and metrics have the same names; give one of them another secretPrefix`,
    );
  }
  prefixes.set(scope, secretPrefix);
}

const differ = (one: string, other: string) => !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
