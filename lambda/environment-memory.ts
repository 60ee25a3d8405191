import type { FailureKind } from './failure.ts';
import type { JudgedFailure } from './incident/next-step.ts';
import { type IncidentRecord, type Throttle, throttledAnew } from './incident/record.ts';
import type { ProbeVerdict } from './zoho/probe-answer.ts';

/**
 * What an execution environment happens to remember from one invocation to the next.
 *
 * Nothing that must hold depends on it alone: a cold start forgets all of it. It lets a tick make up for one that was
 * lost, keeps on-demand calls cheap, and keeps Zoho's silence where the record cannot be written.
 */
export type ConnectionMemory = {
  /** Slot of the last tick whose tries were had. */
  lastSlot?: Date;
  lastTry?: { kind: FailureKind; at: Date };
  /** The last throttle answer, which the record may not know of. */
  throttled?: { throttle: Throttle; failure: JudgedFailure };
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

/** Remembers a throttle answer, should there be one in what was judged. */
export function rememberThrottle(
  memory: ConnectionMemory,
  record: IncidentRecord,
  failure: JudgedFailure | undefined,
  at: Date,
  slot?: Date,
): void {
  const hash = failure?.throttledRefreshToken;
  if (failure === undefined || hash === undefined) return;
  memory.throttled = { throttle: throttledAnew(record, hash, at, slot), failure };
}
