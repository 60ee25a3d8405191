import * as v from 'valibot';
import { functionNameOf } from '../function-name.ts';
import { record, type StageEntry, stageSchema } from './stage-schema.ts';

/** `deployment.json` cannot be used; the message lists every fault with its JSON path. */
export class DeploymentError extends Error {
  override readonly name = 'DeploymentError';
  /** @param faults - e.g. `$.stages.production.region: missing`. */
  constructor(faults: readonly string[]) {
    const lines = faults.map((fault) => `  ${fault}`);
    super(`deployment.json has ${faults.length} fault${faults.length === 1 ? '' : 's'}\n${lines.join('\n')}`);
  }
}

/** One deployment of the refresher: a stack of its own, as `deployment.json` describes it, with its defaults filled in. */
export type Stage = Readonly<CamelCased<StageEntry>> & {
  readonly name: string;
  readonly stackName: string;
  readonly secretPrefix: string;
};
type CamelCase<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;
type CamelCased<Entry> = { [Key in keyof Entry as CamelCase<Key & string>]: Exclude<Entry[Key], undefined> };

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
