import { nothingStoredYet, writeFirstVersion } from './aws/secret-versions.ts';
import { isProbeWanted, type Trigger } from './decide.ts';
import { RefreshError } from './failure.ts';
import { noRecord } from './incident/record.ts';
import { type KeptRecord, readRecord } from './incident/record-chain.ts';
import type { ConnectionRun } from './run.ts';
import { unauthorizedProbeMilliseconds } from './settings.ts';
import { isUsable, type StoredToken, storedTokenOf } from './stored-token.ts';
import { probeToken } from './zoho/probe.ts';
import type { ProbeVerdict } from './zoho/services/service.ts';

/** What is stored of a connection. */
export type Seen = {
  readonly stored: StoredToken;
  readonly kept: KeptRecord;
  /** Why the record could not be read; it then counts as none. */
  readonly unread?: RefreshError | undefined;
};

/**
 * Reads the stored token, then the record: the two calls of a healthy tick, over one connection to AWS. A secret
 * without any version gets its first one here, before anything else is written.
 * @throws {@link RefreshError} `secret_store_failed`, `secret_store_refused` if the token cannot be read.
 */
export async function look({ versions, secretId }: ConnectionRun): Promise<Seen> {
  const version = (await versions.get(secretId, 'AWSCURRENT')) ?? {
    versionId: await writeFirstVersion(versions, secretId),
    text: nothingStoredYet,
  };
  const stored = storedTokenOf(version);
  try {
    const kept = await readRecord(versions, secretId);
    return { stored: { ...stored, isFoundDead: kept.record.dead?.token === version.versionId }, kept };
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    return { stored, kept: { versionId: undefined, record: noRecord }, unread: fault };
  }
}

/** What the service says of the token that apps read now; it is asked on a probe slot and for calls. */
export async function probeStored(
  run: ConnectionRun,
  stored: StoredToken,
  trigger: Trigger,
): Promise<Partial<ProbeVerdict>> {
  const at = run.now();
  const { document, versionId } = stored;
  if (document === undefined || !isUsable(stored, at) || !isProbeWanted(trigger, run.probeIntervalMilliseconds))
    return {};
  const { probes } = run.memory;
  const { name } = run.connection;
  const isApps = trigger.kind === 'call' && trigger.reason === 'unauthorized';
  const last = isApps ? probes.get(name) : undefined;
  if (last !== undefined && at.getTime() - last.at.getTime() < unauthorizedProbeMilliseconds) {
    return last.versionId === versionId ? last : {};
  }
  const said = await probeToken(run.callZoho, run.connection, document.accessToken, document.scopes);
  if (isApps) probes.set(name, { ...said, at, versionId });
  return said;
}
