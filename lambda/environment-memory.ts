import type { Silences } from './incident/record.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/**
 * What an execution environment happens to remember from one invocation to the next.
 *
 * Nothing that must hold depends on it alone: a cold start forgets all of it. It keeps calls cheap, and keeps Zoho's
 * silence if the record cannot be written.
 */
export type ConnectionMemory = {
  /** What the service last said to an app's call, which calls share. */
  probe?: { at: Date; versionId: string; verdict: ProbeVerdict };
};

export type EnvironmentMemory = {
  readonly of: (connection: string) => ConnectionMemory;
  /** By refresh token: connections that share one, against the rules, share Zoho's throttle, too. */
  quiet: Silences;
  testAlertAt?: Date;
};

/** An empty memory, as a cold start has it. */
export function createEnvironmentMemory(): EnvironmentMemory {
  const connections = new Map<string, ConnectionMemory>();
  return {
    quiet: {},
    of: (connection) => {
      const known = connections.get(connection) ?? {};
      connections.set(connection, known);
      return known;
    },
  };
}
