import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { Account } from '../place/account.ts';
import type { Place } from '../place/place.ts';

/** What is verified, and how a check waits and speaks. */
export type Subject = {
  /** Where what is stored is read, and Zoho is asked. */
  readonly place: Pick<Place, 'versions' | 'connections' | 'callZoho' | 'now'>;
  readonly secretPrefix: string;
  readonly connections: readonly Connection[];
  readonly all: readonly Connection[];
  readonly functionName: string;
  readonly stackName: string | undefined;
  readonly version: string;
  readonly now: () => Date;
  /** Waits; ends early, with {@link Stopped}, on Ctrl-C. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly say: (line: string) => void;
  readonly stop: Stop;
};

/** What the deployed function says of itself; where everything else is looked for. */
export type Deployed = Readonly<
  Record<'functionArn' | 'partition' | 'region' | 'account' | 'logGroup' | 'alertTopic', string>
>;
export type Deployment = Subject & Account & Deployed;

/** Ctrl-C, held while something is tried in earnest. Without a signal, as during the cleaning, nothing stops. */
export type Stop = { signal?: AbortSignal | undefined };

const minute = 60_000;

/** An instant as a distance, e.g. `3 s` or `4 min`. */
export function span(milliseconds: number): string {
  return milliseconds < 2 * minute
    ? `${Math.max(0, Math.round(milliseconds / 1000))} s`
    : `${Math.round(milliseconds / minute)} min`;
}
