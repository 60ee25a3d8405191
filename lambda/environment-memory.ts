import type { Silences } from './incident/record.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/**
 * What an execution environment happens to remember from one invocation to the next.
 * A cold start forgets it. It keeps calls cheap, and Zoho's silence if the record cannot be written.
 */
export type EnvironmentMemory = {
  /** What the service last said to an app's call, by connection; calls share it. */
  readonly probes: Map<string, { readonly at: Date; readonly versionId: string } & ProbeVerdict>;
  /** By refresh token: connections that share one, against the rules, share Zoho's throttle, too. */
  quiet: Silences;
  testAlertAt?: Date;
};

/** An empty memory, as a cold start has it. */
export function createEnvironmentMemory(): EnvironmentMemory {
  return { probes: new Map(), quiet: {} };
}
