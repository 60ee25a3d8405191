import { existsSync, readFileSync } from 'node:fs';
import type { Terminal } from './terminal.ts';

/** How people run this program: never by plain `npx`, which would fetch a stranger's package if this one is missing. */
export const ownProgram = 'npx --no-install zoho-tokens';

/** The version of this program: that of the clone, or of the installed package. */
export function readVersion(): string {
  // A folder of compiled files may have a package.json of its own, without a version.
  const paths = ['../package.json', '../../package.json', '../../../package.json'];
  const files = paths.map((path) => new URL(path, import.meta.url)).filter((file) => existsSync(file));
  const versions = files.map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version);
  return versions.find((version) => version !== undefined) ?? 'unknown';
}

/**
 * Options by their flags in commander's words: `interval <seconds>` takes a value, `probe` does not, and one that starts
 * with `no-` takes away what is on by itself. Each has a description; with it a value may have a default.
 */
export type Options = Readonly<Record<string, string | readonly [description: string, byDefault: string]>>;

export type Given<Own extends Options> = {
  readonly [Flag in keyof Own as Flag extends `${infer Name} <${string}>` ? Name : Flag]: Flag extends `${string}>`
    ? string | (Own[Flag] extends string ? undefined : never)
    : boolean;
};

/** Options of every command: where to work, and how the result is printed. */
export const sharedOptions = {
  json: 'print the result, or the error, as JSON on standard output',
  local: 'work on the local store of a running npm start',
  'stage <name>': 'stage of deployment.json; needed if it has several',
  'profile <name>': 'AWS profile, as in ~/.aws/config, instead of that of the stage',
  'region <name>': 'AWS Region, if the stage names none',
  'function <name>': "the Lambda function, as in the stack's output FunctionName (or ZOHO_TOKENS_FUNCTION)",
  'connections <file>': 'a file to read instead of connections.json of the working folder',
  'secret-prefix <name>': 'first part of the names of the secrets, for a stack that no deployment.json describes',
} as const satisfies Options;
export type SharedOptions = Given<typeof sharedOptions>;

/** The options that say where to work; all of them may be left out. */
export type PlaceOptions = Partial<SharedOptions>;

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a command works with, made in one place: `main.ts`. */
export type Context = {
  readonly terminal: Terminal;
  readonly variables: Variables;
  /** Relative paths of the command line count from here. */
  readonly workingFolder: string;
  /** Whether results are wanted as JSON: then nothing else goes to standard output. */
  readonly wantsJson: boolean;
  /** For a command that must clean up: until it is released, Ctrl-C does not end the program but aborts the signal. */
  readonly holdInterrupts: () => { readonly signal: AbortSignal; readonly release: () => void };
};

/** What a command has to say at its end; the program prints the lines, or the JSON if that was asked for. */
export type Outcome = {
  /** Whether everything is fine: decides between exit code 0 and 1. */
  readonly isFine: boolean;
  readonly lines: readonly string[];
  /** No secret in it, ever. */
  readonly json: Readonly<Record<string, unknown>>;
};

type Description<Own extends Options> = {
  readonly name: string;
  readonly summary: string;
  /** Lines with what they do, e.g. `['status --watch', 'look again every 10 s']`. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** The one kind of words that follow: `<file>` is needed, `[file]` may be left out, `...` is any number. */
  readonly argument?: readonly [syntax: string, description: string];
  readonly options: Own;
  readonly run: (words: readonly string[], options: Given<Own> & SharedOptions, context: Context) => Promise<Outcome>;
};

/** A command as the program runs it. */
export type Command = Omit<Description<Options>, 'run'> & {
  readonly run: (words: readonly string[], options: SharedOptions, context: Context) => Promise<Outcome>;
};

/** Makes a command; its options are its own and those that all commands share. */
export function command<const Own extends Options>(description: Description<Own>): Command {
  // Which options a command is given is its own business: the program gives it those that it describes.
  return description as unknown as Command;
}
