import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { Account } from '../place/account.ts';

/** What is verified. */
export type Subject = {
  readonly secretPrefix: string;
  /** Those that were named, or all. */
  readonly connections: readonly Connection[];
  /** All of the stage. */
  readonly all: readonly Connection[];
  readonly functionName: string;
  /** `undefined` if no deployment.json names the stack. */
  readonly stackName: string | undefined;
  /** Of this program. */
  readonly version: string;
  readonly now: () => Date;
  /** Waits; ends early, with {@link Stopped}, on Ctrl-C. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Says on standard error what takes its time. */
  readonly say: (line: string) => void;
};

/** What the deployed function says of itself; where everything else is looked for. */
export type Deployed = {
  readonly functionArn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly logGroup: string;
  readonly alertTopic: string;
};

/** What is verified, in its account. */
export type Deployment = Subject & Account & Deployed;

const minute = 60_000;

/** An instant as a distance, e.g. `3 s` or `4 min`. */
export function span(milliseconds: number): string {
  return milliseconds < 2 * minute
    ? `${Math.max(0, Math.round(milliseconds / 1000))} s`
    : `${Math.round(milliseconds / minute)} min`;
}
