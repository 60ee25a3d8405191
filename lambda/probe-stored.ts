import type { Connection } from './connections/read-connections.ts';
import { isProbeWanted, type Trigger } from './decide.ts';
import type { Run } from './run.ts';
import { unauthorizedProbeMilliseconds } from './settings.ts';
import { isUsable, type StoredToken } from './stored-token.ts';
import { probeToken } from './zoho/probe.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/** The stored token, and what the service said of it; no verdict if it was not asked. */
export type Probed = { readonly stored: StoredToken } & Partial<ProbeVerdict>;

/** Asks the service about the token that apps read now, on a probe slot and for calls. */
export async function probeStored(
  run: Run,
  connection: Connection,
  stored: StoredToken,
  trigger: Trigger,
): Promise<Probed> {
  const now = run.now();
  const { document, versionId } = stored;
  const isWanted = isProbeWanted(trigger, run.probeIntervalMilliseconds);
  if (document === undefined || !isWanted || !isUsable(stored, now)) return { stored };

  const isApps = trigger.kind === 'call' && trigger.reason === 'unauthorized';
  const memory = run.memory.of(connection.name);
  const last = isApps ? memory.probe : undefined;
  if (last !== undefined && now.getTime() - last.at.getTime() < unauthorizedProbeMilliseconds) {
    return last.versionId === versionId ? judged(stored, last.verdict) : { stored };
  }
  const verdict = await probeToken(run.callZoho, connection, document.accessToken, document.scopes);
  if (isApps) memory.probe = { at: now, versionId, verdict };
  return judged(stored, verdict);
}

function judged(stored: StoredToken, { verdict, reason }: ProbeVerdict): Probed {
  return { stored: { ...stored, isFoundDead: verdict === 'rejected' }, verdict, reason };
}
