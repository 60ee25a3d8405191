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

/** A Region by its form alone: new ones come every year. */
export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(), v.regex(pattern, `expected ${expected}`));
const text = (pattern: RegExp, expected: string) => v.optional(matching(pattern, expected));
const words = (expected: string) => matching(/\S/, expected);
const wholeNumber = (least: number) =>
  v.optional(v.pipe(v.number(), v.integer('expected a whole number'), v.minValue(least, `expected at least ${least}`)));
const flag = v.optional(v.boolean(), false);
/** Not a list, which a record would accept too. */
const record = <Key extends v.GenericSchema<string>, Value extends v.GenericSchema>(key: Key, value: Value) =>
  v.pipe(
    v.custom<Record<v.InferInput<Key>, v.InferInput<Value>>>((found) => !Array.isArray(found), 'expected an object'),
    v.record(key, value),
  );
/** A list of texts, none of them twice, whatever its case. */
function list(field: string, item: v.GenericSchema<string>) {
  const firstIndex = (texts: string[], text: string) =>
    texts.findIndex((other) => other.toLowerCase() === text.toLowerCase());
  return v.optional(
    v.pipe(
      v.array(item),
      v.checkItems(
        (text, index, texts) => firstIndex(texts, text) === index,
        ({ path, input }) => `the same as ${field}[${firstIndex(path?.[0].input as string[], input)}], leave one out`,
      ),
    ),
    [],
  );
}
const region = matching(regionPattern, 'a Region such as "ap-south-1"');
const keyArn = matching(
  /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
  'the ARN of a key, ending in key/ and its id; an alias names no key in a policy',
);

/** Those that CloudWatch Logs takes. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const stageFields = v.strictObject({
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
  alert_emails: list(
    'alert_emails',
    matching(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address such as "on-call@acme.io"'),
  ),
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
  former_encryption_key_arns: list('former_encryption_key_arns', keyArn),
  token_replica_regions: list('token_replica_regions', region),
  token_replica_key_arns: v.optional(record(v.string(), keyArn), {}),
  existing_secrets: list('existing_secrets', words('the name of a connection')),
  permissions_boundary: v.optional(words('the name of a managed policy of the account')),
  probe_interval_minutes: wholeNumber(5),
  memory_size_megabytes: wholeNumber(128),
  reserved_concurrency: wholeNumber(1),
  log_level: v.optional(v.picklist(['DEBUG', 'INFO', 'WARN', 'ERROR'])),
  log_retention_days: v.optional(v.picklist(retentionDays)),
  tags: v.optional(record(v.string(), v.string()), {}),
  termination_protection: flag,
  /** Warnings of the synth that somebody has looked into: the last part of the warning's id, and why it is settled. */
  acknowledge: v.optional(record(v.string(), words('a reason')), {}),
});
type StageEntry = v.InferOutput<typeof stageFields>;

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

/** What belongs together: a channel needs all of its ids. */
const groups = [
  ['slack_workspace_id', 'slack_channel_id'],
  ['teams_tenant_id', 'teams_team_id', 'teams_channel_id'],
] as const;

const stageSchema = v.pipe(
  stageFields,
  v.rawCheck(({ dataset, addIssue }) => {
    const stage: Partial<StageEntry> = Object(dataset.value);
    const add = (key: keyof StageEntry, message: string) =>
      addIssue({ message, path: [{ type: 'object', origin: 'value', input: stage, key, value: stage[key] }] });
    for (const group of groups) {
      const given = group.filter((key) => stage[key] !== undefined);
      const missing = given.length === 0 ? [] : group.filter((key) => stage[key] === undefined);
      for (const key of missing) add(key, `missing beside ${given.join(' and ')}`);
    }
    if (stage.alert_topic_key_arn !== undefined && stage.alert_topic_arn === undefined) {
      add('alert_topic_arn', 'missing beside alert_topic_key_arn');
    }
    if (stage.encryption_key_arn !== undefined && stage.customer_managed_key === true) {
      add('customer_managed_key', 'makes a new key, and encryption_key_arn names another; leave one of them out');
    }
    // A paging topic does not count: it is born without subscribers.
    const hearers = [stage.alert_emails?.length, stage.alert_topic_arn, stage.slack_channel_id, stage.teams_channel_id];
    if (!hearers.some(Boolean) && stage.alerts_to_nobody !== true) {
      addIssue({
        message:
          'nobody would be alerted to a failure: give alert_emails, alert_topic_arn, a Slack or a Teams channel, or say "alerts_to_nobody": true',
      });
    }
  }),
);

const stageName = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;
const fileSchema = v.strictObject({
  $schema: v.optional(v.string()),
  stages: v.pipe(
    record(
      v.pipe(v.string(), v.regex(stageName, 'the name of a stage has 1 to 40 letters, digits or hyphens')),
      stageSchema,
    ),
    v.minEntries(1, 'expected at least one stage'),
  ),
});

/**
 * Reads `deployment.json`: the stages in the order of the file, with every default filled in.
 *
 * No value of the file is ever quoted: somebody may have pasted a secret into it.
 *
 * @param secretPrefixOf - The `secret_prefix` of a connections file, given its path, e.g. of `connections.json`.
 * @throws {@link DeploymentError} with all faults at once.
 */
export function readDeployment(text: string, secretPrefixOf: (connectionsFile: string) => string): readonly Stage[] {
  const parsed = v.safeParse(fileSchema, parseJson(text));
  if (!parsed.success) throw new DeploymentError(parsed.issues.map(faultOfIssue));
  const stages = Object.entries(parsed.output.stages).map(([name, entry]) => stageOf(name, entry, secretPrefixOf));
  const shared = faultsBetween(stages);
  if (shared.length > 0) throw new DeploymentError(shared);
  return stages;
}

/** The stage that `npx cdk` is about; without a name the only one. Throws an error that lists the stages. */
export function chooseStage(stages: readonly Stage[], name: string | undefined): Stage {
  const found = name === undefined && stages.length === 1 ? stages[0] : stages.find((stage) => stage.name === name);
  if (found !== undefined) return found;
  const names = stages.map((stage) => stage.name).join(', ');
  if (name === undefined) throw new Error(`deployment.json has the stages ${names}: choose one with -c stage=NAME`);
  const asked = stageName.test(name) ? `"${name}"` : 'this name';
  throw new Error(`deployment.json has no stage ${asked}, expected ${names}`);
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

/** Two stages under one prefix would write each other's secrets, alarms and metrics. */
function faultsBetween(stages: readonly Stage[]): string[] {
  const differ = (one: string | undefined, other: string | undefined) => one && other && one !== other;
  return stages.flatMap((stage, index) => {
    const { secretPrefix, account, region } = stage;
    const twin = stages
      .slice(0, index)
      .filter((other) => functionNameOf(other.secretPrefix) === functionNameOf(secretPrefix))
      .find((other) => !differ(other.account, account) && !differ(other.region, region));
    return twin === undefined
      ? []
      : `$.stages.${stage.name}.secret_prefix: its secrets and functions have the same names as those of stage ${twin.name}, and nothing says that they are in another account or Region: give one of them a secret_prefix of its own, or both their account and region`;
  });
}

function stageOf(name: string, entry: StageEntry, secretPrefixOf: (connectionsFile: string) => string): Stage {
  // The main stage's names have no suffix.
  const suffix = name === 'production' ? '' : `-${name}`;
  const camelCased = Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]);
  return {
    ...(Object.fromEntries(camelCased) as CamelCased<StageEntry>),
    name,
    stackName: `ZohoTokenRefresher${suffix}`,
    secretPrefix: entry.secret_prefix ?? `${secretPrefixOf(entry.connections)}${suffix}`,
  };
}

function faultOfIssue(issue: v.BaseIssue<unknown>): string {
  const keys = issue.path?.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${printable(String(key))}`));
  return `$${keys?.join('') ?? ''}: ${problemOfIssue(issue)}`;
}

/** A key may be a pasted secret, too: only what looks like a field or a stage is repeated. */
function printable(key: string): string {
  return /^\$?[A-Za-z0-9_-]{1,40}$/.test(key) && !/\d{4}/.test(key) ? key : '[a key that is not shown]';
}

function problemOfIssue({ kind, type, expected, received, message }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'unknown key';
  if (received === 'undefined') return 'missing';
  if (kind === 'validation' || type === 'custom') return message;
  return `expected ${expected === 'Object' ? 'an object' : expected === 'Array' ? 'a list' : expected}`;
}
