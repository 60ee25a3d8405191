import type { SecretVersions } from '../../lambda/aws/secret-versions.ts';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import type { Account } from './account.ts';
import type { SubscriberCount } from './describe-hearing.ts';
import type { PracticeClient } from './local-store-file.ts';

/** What an invocation of the Lambda gave: its answer, or why it failed. */
export type Invoked = { readonly answer: unknown } | { readonly error: string };

/** Which log lines: of one connection or all, since an instant. */
export type LogQuery = { readonly connection: string | undefined; readonly since: Date };

/** One log line; `id` is the same in every look. */
export type LogLine = { readonly id: string; readonly at: Date; readonly text: string };

/** Where a command works: an AWS account, or the local store of a running `npm start`. */
export type Place = {
  /** For people, e.g. `AWS (ap-south-1)`. */
  readonly title: string;
  readonly connections: Connections;
  readonly versions: SecretVersions;
  readonly callZoho: CallZoho;
  /** Where a browser finds a page of Zoho's. */
  readonly zohoPage: (host: string, pathAndQuery: string) => string;
  readonly invoke: (event: unknown) => Promise<Invoked>;
  /** When the Lambda last looked at a connection; `undefined` if it never did or nobody keeps it. */
  readonly lastTick: (connection: string) => Promise<Date | undefined>;
  /** Who would be alerted to a failure; left out in the local store, which has no subscribers. */
  readonly subscribers?: () => Promise<readonly SubscriberCount[]>;
  /** Whether a secret exists, with or without a version; `undefined` if nobody may know. */
  readonly hasSecret: (secretId: string) => Promise<boolean | undefined>;
  /** The Lambda's log lines, oldest first. */
  readonly readLogs: (query: LogQuery) => Promise<readonly LogLine[]>;
  /** The account itself, for what looks at it; left out if there is none. */
  readonly account?: {
    readonly functionName: string;
    readonly stackName: string | undefined;
    readonly open: () => Promise<Account>;
  };
  readonly now: () => Date;
  /** Clients of the Zoho stand-in for practising `authorize`; none at the real Zoho. */
  readonly practiceClients: Readonly<Record<string, PracticeClient>>;
  /** With them an app under development reaches the stand-ins; only of the local store. */
  readonly appVariables?: Readonly<Record<string, string>>;
  readonly close: () => void;
};
