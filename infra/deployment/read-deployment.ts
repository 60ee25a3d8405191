import * as v from 'valibot';
import { functionNameOf } from '../function-name.ts';

/** `deployment.json` cannot be used; the message lists every fault with its JSON path. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
  /** @param faults - e.g. `$.stages.production.region: missing`. */
  constructor(faults: readonly string[]) {
    const lines = faults.map((fault) => `  ${fault}`);
    super(`deployment.json has ${faults.length} fault${faults.length === 1 ? '' : 's'}\n${lines.join('\n')}`);
  }
}

/** The stage whose stack and secrets have no suffix. */
const mainStage = 'production';
const mainStackName = 'ZohoTokenRefresher';

/** A Region by its form alone: new ones come every year. */
export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(), v.regex(pattern, `expected ${expected}`));
const text = (pattern: RegExp, expected: string) => v.optional(matching(pattern, expected));
const words = (expected: string) => matching(/\S/, expected);
const wholeNumber = (least: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(least)));
const flag = v.optional(v.boolean(), false);
const list = <Item extends v.GenericSchema>(item: Item) => v.optional(v.array(item), []);
/** Not a list, which a record would accept too. */
const record = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(
    v.custom<Record<string, v.InferInput<Value>>>((found) => !Array.isArray(found), 'expected an object'),
    v.record(v.string(), value),
  );
const region = matching(regionPattern, 'a Region such as "ap-south-1"');
const keyArn = matching(
  /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
  'the ARN of a key, ending in key/ and its id; an alias names no key in a policy',
);

/** Those that CloudWatch Logs takes. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const stageSchema = v.strictObject({
  account: text(/^\d{12}$/, 'the twelve digits of an AWS account, as a string'),
  region: v.optional(region),
  /** For the command line. */
  profile: text(/^[\w .+@/-]+$/, 'the name of a profile of the AWS configuration'),
  secret_prefix: text(
    /^[\w+=.@-]+(\/[\w+=.@-]+)*$/,
    'letters, digits or _+=.@- in parts joined by "/", with no "/" at either end',
  ),
  connections: v.optional(words('the path of a connections file'), 'connections.json'),
  runbook_url: text(/^https:\/\/[^\s@]+$/, 'an address that begins with https://'),
  alert_emails: list(matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address such as "on-call@acme.io"')),
  alert_topic_arn: text(
    /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/,
    'the ARN of an SNS topic, arn:...:sns:REGION:ACCOUNT:NAME',
  ),
  /** Key of that topic, if it is encrypted. */
  alert_topic_key_arn: v.optional(keyArn),
  alerts_to_nobody: flag,
  paging_topic: flag,
  slack_workspace_id: v.optional(words('the id of a Slack workspace')),
  slack_channel_id: v.optional(words('the id of a Slack channel')),
  teams_tenant_id: v.optional(words('the id of a Microsoft Entra tenant')),
  teams_team_id: v.optional(words('the id of a team')),
  teams_channel_id: v.optional(words('the id of a Teams channel')),
  customer_managed_key: flag,
  encryption_key_arn: v.optional(keyArn),
  former_encryption_key_arns: list(keyArn),
  token_replica_regions: list(region),
  token_replica_key_arns: v.optional(record(keyArn), {}),
  existing_secrets: list(words('the name of a connection')),
  permissions_boundary: v.optional(words('the name of a managed policy of the account')),
  probe_interval_minutes: wholeNumber(5),
  memory_size_megabytes: wholeNumber(128),
  reserved_concurrency: wholeNumber(1),
  log_level: v.optional(v.picklist(['DEBUG', 'INFO', 'WARN', 'ERROR'])),
  log_retention_days: v.optional(v.picklist(retentionDays)),
  tags: v.optional(record(v.string()), {}),
  termination_protection: flag,
  /** Warnings of the synth that somebody has looked into: the last part of the warning's id, and why it is settled. */
  acknowledge: v.optional(record(words('a reason')), {}),
});
type StageEntry = v.InferOutput<typeof stageSchema>;

/** One deployment of the refresher: a stack of its own, as `deployment.json` describes it, with its defaults filled in. */
export type Stage = Readonly<CamelCased<StageEntry>> & {
  readonly name: string;
  /** e.g. `ZohoTokenRefresher-staging`. */
  readonly stackName: string;
  /** First part of the names of its secrets, e.g. `zoho-staging`. */
  readonly secretPrefix: string;
};
type CamelCase<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;
type CamelCased<Entry> = { [Key in keyof Entry as CamelCase<Key & string>]: Exclude<Entry[Key], undefined> };

const stageName = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;

const fileSchema = v.strictObject({ $schema: v.optional(v.string()), stages: record(stageSchema) });

/** What belongs together: a channel needs all of its ids. */
const groups = [
  ['slack_workspace_id', 'slack_channel_id'],
  ['teams_tenant_id', 'teams_team_id', 'teams_channel_id'],
] as const satisfies (keyof StageEntry)[][];
const lists = [
  'alert_emails',
  'former_encryption_key_arns',
  'token_replica_regions',
  'existing_secrets',
] as const satisfies (keyof StageEntry)[];

/**
 * Reads `deployment.json`.
 *
 * No value of the file is ever quoted: somebody may have pasted a secret into it.
 *
 * @param text - The file's text; a byte-order mark is accepted.
 * @param secretPrefixOf - The `secret_prefix` of a connections file, given its path, e.g. of `connections.json`.
 * @returns The stages in the order of the file, with every default filled in.
 * @throws {@link DeploymentError} with all faults at once.
 */
export function readDeployment(text: string, secretPrefixOf: (connectionsFile: string) => string): readonly Stage[] {
  const json = parseJson(text);
  const parsed = v.safeParse(fileSchema, json);
  const faults = (parsed.issues ?? []).map(faultOfIssue);
  const entries = stageEntries(json);
  if (entries?.length === 0) faults.push('$.stages: expected at least one stage');
  for (const [name, entry] of entries ?? []) faults.push(...faultsAcrossFields(name, entry));
  if (!parsed.success || faults.length > 0) throw new DeploymentError(faults);
  const stages = Object.entries(parsed.output.stages).map(([name, entry]) =>
    stageOf(name, entry, entry.secret_prefix ?? ownPrefix(name, secretPrefixOf(entry.connections))),
  );
  const shared = faultsBetween(stages);
  if (shared.length > 0) throw new DeploymentError(shared);
  return stages;
}

/**
 * Chooses the stage that a command is about.
 *
 * @param name - What the caller asks for; may be left out if there is only one stage.
 * @param how - How a caller names a stage, for the message, e.g. `-c stage=NAME`.
 * @throws Error that lists the stages.
 */
export function chooseStage(stages: readonly Stage[], name: string | undefined, how: string): Stage {
  const names = stages.map((stage) => stage.name).join(', ');
  const [first, ...others] = stages;
  if (name === undefined && first !== undefined && others.length === 0) return first;
  if (name === undefined) throw new Error(`deployment.json has the stages ${names}: choose one with ${how}`);
  const found = stages.find((stage) => stage.name === name);
  if (found === undefined) {
    const asked = stageName.test(name) ? `"${name}"` : 'this name';
    throw new Error(`deployment.json has no stage ${asked}, expected ${names}`);
  }
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    // The rest of the parser's message quotes the file.
    const place = /line \d+ column \d+/.exec((cause as SyntaxError).message)?.[0];
    throw new DeploymentError([place === undefined ? '$: not JSON' : `$: not JSON: ${place}`]);
  }
}

/** The raw stages, so that faults across fields are listed beside those of single fields. */
function stageEntries(json: unknown): [name: string, entry: Record<string, unknown>][] | undefined {
  const stages: unknown = Object(json).stages;
  if (typeof stages !== 'object' || stages === null || Array.isArray(stages)) return undefined;
  return Object.entries(stages).map(([name, entry]) => [name, Object(entry)]);
}

function faultsAcrossFields(name: string, entry: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const add = (where: string, problem: string) => faults.push(`$.stages.${printable(name)}${where}: ${problem}`);
  if (!stageName.test(name)) add('', 'the name of a stage has 1 to 40 letters, digits or hyphens');
  for (const group of groups) {
    const given = group.filter((key) => entry[key] !== undefined);
    if (given.length === 0) continue;
    for (const key of group) if (entry[key] === undefined) add(`.${key}`, `missing beside ${given.join(' and ')}`);
  }
  for (const key of lists) {
    const list: unknown = entry[key];
    if (!Array.isArray(list)) continue;
    list.forEach((value, index) => {
      const earlier = list.findIndex((other) => sameText(other, value));
      if (earlier < index) add(`.${key}[${index}]`, `the same as ${key}[${earlier}], leave one out`);
    });
  }
  if (entry.alert_topic_key_arn !== undefined && entry.alert_topic_arn === undefined) {
    add('.alert_topic_arn', 'missing beside alert_topic_key_arn');
  }
  if (entry.encryption_key_arn !== undefined && entry.customer_managed_key === true) {
    add('.customer_managed_key', 'makes a new key, and encryption_key_arn names another; leave one of them out');
  }
  if (!isHeard(entry) && entry.alerts_to_nobody !== true) {
    add(
      '',
      'nobody would be alerted to a failure: give alert_emails, alert_topic_arn, a Slack or a Teams channel, or say "alerts_to_nobody": true',
    );
  }
  return faults;
}

/** A paging topic does not count: it is born without subscribers. */
function isHeard(entry: Record<string, unknown>): boolean {
  const hasEmails = Array.isArray(entry.alert_emails) && entry.alert_emails.length > 0;
  return hasEmails || [entry.alert_topic_arn, entry.slack_channel_id, entry.teams_channel_id].some(Boolean);
}

const sameText = (one: unknown, other: unknown) =>
  typeof one === 'string' && typeof other === 'string'
    ? one.toLowerCase() === other.toLowerCase()
    : Object.is(one, other);

/** Two stages under one prefix would write each other's secrets, alarms and metrics. */
function faultsBetween(stages: readonly Stage[]): string[] {
  return stages.flatMap((stage, index) => {
    const twin = stages.slice(0, index).find((other) => shareNames(stage, other) && !areApart(stage, other));
    return twin === undefined
      ? []
      : `$.stages.${stage.name}.secret_prefix: its secrets and functions have the same names as those of stage ${twin.name}, and nothing says that they are in another account or Region: give one of them a secret_prefix of its own, or both their account and region`;
  });
}

const shareNames = (one: Stage, other: Stage) =>
  functionNameOf(one.secretPrefix) === functionNameOf(other.secretPrefix);

const areApart = (one: Stage, other: Stage) => differ(one.account, other.account) || differ(one.region, other.region);

const differ = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined && one !== other;

const ownPrefix = (name: string, prefix: string) => (name === mainStage ? prefix : `${prefix}-${name}`);

function stageOf(name: string, entry: StageEntry, secretPrefix: string): Stage {
  const camelCased = Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]);
  return {
    ...(Object.fromEntries(camelCased) as CamelCased<StageEntry>),
    name,
    stackName: name === mainStage ? mainStackName : `${mainStackName}-${name}`,
    secretPrefix,
  };
}

function faultOfIssue(issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map(({ key }) =>
    typeof key === 'number' ? `[${key}]` : `.${printable(String(key))}`,
  );
  return `$${keys.join('')}: ${problemOfIssue(issue)}`;
}

/** A key may be a pasted secret, too: only what looks like a field or a stage is repeated. */
function printable(key: string): string {
  return /^\$?[A-Za-z0-9_-]{1,40}$/.test(key) && !/\d{4}/.test(key) ? key : '[a key that is not shown]';
}

function problemOfIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema' && issue.type === 'strict_object' && issue.expected === 'never') return 'unknown key';
  if (issue.received === 'undefined') return 'missing';
  if (issue.type === 'regex' || issue.type === 'custom') return issue.message;
  if (issue.type === 'min_value') return `expected at least ${Object(issue).requirement}`;
  if (issue.type === 'integer') return 'expected a whole number';
  return `expected ${issue.expected === 'Object' ? 'an object' : issue.expected === 'Array' ? 'a list' : issue.expected}`;
}
