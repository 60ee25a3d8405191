import * as v from 'valibot';

/** A Region by its form alone: new ones come every year. */
export const regionPattern = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(), v.regex(pattern, `expected ${expected}`));
const text = (pattern: RegExp, expected: string) => v.optional(matching(pattern, expected));
const words = (expected: string) => matching(/\S/, expected);
const wholeNumber = (least: number) =>
  v.optional(v.pipe(v.number(), v.integer('expected a whole number'), v.minValue(least, `expected at least ${least}`)));
const flag = v.optional(v.boolean(), false);
/** A record and not a list, which valibot would accept too. */
export const record = <Key extends v.GenericSchema<string>, Value extends v.GenericSchema>(key: Key, value: Value) =>
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
/** A stage as it stands in the file, with its defaults. */
export type StageEntry = v.InferOutput<typeof stageFields>;

/** What belongs together: a channel needs all of its ids. */
const groups = [
  ['slack_workspace_id', 'slack_channel_id'],
  ['teams_tenant_id', 'teams_team_id', 'teams_channel_id'],
] as const;

/** What a stage of `deployment.json` may hold, field by field and across fields. No message quotes a value. */
export const stageSchema = v.pipe(
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
