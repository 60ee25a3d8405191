import type { SecretVersions } from '../../lambda/aws/secret-versions.ts';
import type { Connections } from '../../lambda/connections/read-connections.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import type { PracticeClient } from '../../local/local-store-file.ts';

/** What an invocation of the Lambda gave: its answer, or why it failed. */
export type Invoked = { readonly answer: unknown } | { readonly error: string };

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
  /** When the Lambda last looked at a connection; `undefined` where it never did or nobody keeps it. */
  readonly lastTick: (connection: string) => Promise<Date | undefined>;
  readonly now: () => Date;
  /** Clients of the Zoho stand-in for practising `authorize`; none at the real Zoho. */
  readonly practiceClients: Readonly<Record<string, PracticeClient>>;
  /** With them an app under development reaches the stand-ins; only of the local store. */
  readonly appVariables?: Readonly<Record<string, string>>;
  readonly close: () => void;
};
