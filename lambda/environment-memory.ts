import type { Silences } from './incident/record.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/**
 * What an execution environment happens to remember from one invocation to the next.
 *
 * Nothing that must hold depends on it alone: a cold start forgets all of it. It keeps calls cheap, and keeps Zoho's
 * silence if the record cannot be written.
 */
export type ConnectionMemory = {
  quiet: Silences;
  /** What the service last said to an app's call, which calls share. */
  probe?: { at: Date; versionId: string; verdict: ProbeVerdict };
};

export type EnvironmentMemory = {
  readonly of: (connection: string) => ConnectionMemory;
  testAlertAt?: Date;
};

/** An empty memory, as a cold start has it. */
export function createEnvironmentMemory(): EnvironmentMemory {
  const connections = new Map<string, ConnectionMemory>();
  return {
    of: (connection) => {
      const known = connections.get(connection) ?? { quiet: {} };
      connections.set(connection, known);
      return known;
    },
  };
}
