import type { FailureKind } from './failure.ts';
import type { ProbeVerdict } from './zoho/probe-answer.ts';

/**
 * What an execution environment happens to remember from one invocation to the next.
 *
 * Nothing that must hold depends on it: a cold start forgets all of it. It lets a tick make up for one that was lost,
 * and keeps on-demand calls cheap.
 */
export type ConnectionMemory = {
  /** Slot of the last tick whose tries were had. */
  lastSlot?: Date;
  lastTry?: { kind: FailureKind; at: Date };
  /** The last probe that an app's call caused. */
  unauthorizedProbe?: { at: Date; versionId: string; verdict: ProbeVerdict };
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
      const known = connections.get(connection) ?? {};
      connections.set(connection, known);
      return known;
    },
  };
}
