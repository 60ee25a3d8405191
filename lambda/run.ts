import type { Publish } from './aws/publish.ts';
import type { SecretVersions } from './aws/secret-versions.ts';
import type { Connection, Connections } from './connections/read-connections.ts';
import type { EnvironmentMemory } from './environment-memory.ts';
import type { FailureCode } from './failure.ts';
import type { AlertLinks } from './incident/alert.ts';
import type { Log } from './log.ts';
import type { StoredToken } from './stored-token.ts';
import type { CallZoho } from './zoho/call-zoho.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/** What one invocation works with; made in one place, `index.ts`. */
export type Run = Connections & {
  readonly now: () => Date;
  /** Fires when the run must be over: whatever still hangs then is left behind. */
  readonly end: AbortSignal;
  /** Random, of this run: in everything it writes, so that two runs never write the same bytes. */
  readonly nonce: string;
  readonly storedBaseUrl?: string | undefined;
  readonly versions: SecretVersions;
  readonly callZoho: CallZoho;
  readonly publish: Publish;
  readonly log: Log;
  /** Takes one line of embedded metrics for standard output. */
  readonly writeMetrics: (line: string) => void;
  readonly links: AlertLinks;
  readonly memory: EnvironmentMemory;
  readonly probeIntervalMilliseconds: number;
  /** Waits, or returns early when the run's time is up. */
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** The run of one connection. */
export type ConnectionRun = Run & {
  readonly connection: Connection;
  /** Of the token, and of the record under its own label. */
  readonly secretId: string;
};

/** What became of one connection in one invocation. */
export type Outcome = {
  readonly outcome: 'fresh' | 'refreshed' | 'waiting' | 'failed';
  readonly code: FailureCode | null;
  /** As it stands at the end; `undefined` if the secret could not be read. */
  readonly stored: StoredToken | undefined;
  readonly message?: string | undefined;
  /** What the service said of the token that is now stored; left out if it was not asked. */
  readonly verdict?: ProbeVerdict['verdict'] | undefined;
  readonly missingOptionalScopes?: readonly string[] | undefined;
  readonly alerts?: readonly string[] | undefined;
  /** How long the refresh took, from the request to the stored token; left out if Zoho was not asked. */
  readonly askedMilliseconds?: number | undefined;
  /** Set if nobody would be alerted otherwise: the invocation must fail. */
  readonly unheard?: string | undefined;
};

/** Name of the secret that apps read, e.g. `zoho/desk/token`. */
export function tokenSecretId(secretPrefix: string, { name }: Pick<Connection, 'name'>): string {
  return `${secretPrefix}/${name}/token`;
}

/** Name of the secret that only the Lambda and operators read, e.g. `zoho/desk/credentials`. */
export function credentialsSecretId(secretPrefix: string, { name }: Pick<Connection, 'name'>): string {
  return `${secretPrefix}/${name}/credentials`;
}
