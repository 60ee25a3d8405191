import { readOrJudgeCredentials } from './attempt.ts';
import { configurationHash } from './aws/token-document.ts';
import type { Connection } from './connections/read-connections.ts';
import { isDue } from './due.ts';
import { RefreshError } from './failure.ts';
import { heal } from './heal.ts';
import { isHealed, isYoung } from './incident/next-step.ts';
import { laterThrottle } from './incident/record.ts';
import { type StoredRecord, writeRecord } from './incident/record-chain.ts';
import { mayAsk } from './incident/waits.ts';
import { look } from './look.ts';
import { type Outcome, type Run, tokenSecretId } from './run.ts';
import {
  onDemandRequestsPerWindow,
  onDemandWindowMilliseconds,
  unauthorizedProbeMilliseconds,
  youngTokenMilliseconds,
} from './settings.ts';
import { isUsable, type StoredToken } from './stored-token.ts';
import { probeToken } from './zoho/probe.ts';

/** Why somebody asks between the ticks. */
export type OnDemandCall = { readonly reason: 'unauthorized' | 'operator'; readonly force: boolean };

/**
 * Answers an app that got a 401, or an operator: refreshes only what needs it, and only where no other run does.
 *
 * Nobody is alerted from here, and nothing is thrown for a judged failure: the next tick tells.
 */
export async function answerOnDemand(run: Run, connection: Connection, call: OnDemandCall): Promise<Outcome> {
  try {
    const seen = await look(run, connection);
    if (seen.stored === undefined || seen.record === undefined) throw seen.fault;
    return await decide(run, connection, call, seen.stored, seen.record);
  } catch (fault) {
    if (!(fault instanceof RefreshError)) throw fault;
    return { outcome: 'failed', code: fault.code, message: fault.message, stored: undefined };
  }
}

async function decide(
  run: Run,
  connection: Connection,
  { reason, force }: OnDemandCall,
  seen: StoredToken,
  at: StoredRecord,
): Promise<Outcome> {
  const now = run.now();
  const { record } = at;
  const configuration = configurationHash(connection);
  const isOver = isHealed(record, { now, slot: now, configuration, stored: seen, failure: undefined });
  const standing = isOver ? undefined : record.incident;
  const waiting = (): Outcome => ({ outcome: 'waiting', code: standing?.code ?? null, stored: seen });

  const issuedAt = seen.document?.issuedAt.getTime() ?? 0;
  if (reason === 'operator' && Math.abs(now.getTime() - issuedAt) < youngTokenMilliseconds) {
    return isUsable(seen, now) ? { outcome: 'fresh', code: null, stored: seen } : waiting();
  }
  const probed = await probeStored(run, connection, reason, seen);
  const { stored } = probed;
  const isNeeded =
    !isUsable(stored, now) ||
    (reason === 'operator' && (force || probed.lacksScope || isDue(connection, stored, standing, now)));
  if (!isNeeded) return { outcome: 'fresh', code: probed.code, stored, probe: probed.probe };

  if (record.healing !== undefined && isYoung(record.healing.at, now)) return waiting();
  // A run that is publishing must find its claim again: writing now would make it tell twice.
  if (record.step?.status === 'claimed' && isYoung(record.step.at, now)) return waiting();
  const credentials = await readOrJudgeCredentials(run, connection, stored);
  if ('outcome' in credentials) return credentials;
  const memory = run.memory.of(connection.name);
  const permission = mayAsk({
    record: {
      ...record,
      incident: standing,
      throttle: laterThrottle(record.throttle, memory.throttled?.throttle),
    },
    caller: { kind: 'on demand', force },
    now,
    tickIntervalMilliseconds: run.tickIntervalMilliseconds,
    credentials,
    configuration,
    lastTry: memory.lastTry,
  });
  const askedAt = record.askedAt.filter(
    (asked) => now.getTime() - asked.getTime() < onDemandWindowMilliseconds,
  );
  const secretId = tokenSecretId(run.secretPrefix, connection);
  const writer = { versions: run.versions, tokenSecretId: secretId, nonce: run.nonce };
  const deadVersion = stored.isFoundDead ? stored.versionId : undefined;
  if (permission !== 'ask' || askedAt.length >= onDemandRequestsPerWindow) {
    // The next tick has to know that apps have no usable token, although nothing can be done about it now.
    const isNews =
      deadVersion !== undefined && standing !== undefined && standing.deadVersion !== deadVersion;
    if (isNews) await writeRecord(writer, at, { ...record, incident: { ...standing, deadVersion } });
    return waiting();
  }
  return (await heal(run, connection, writer, { at, stored, credentials, askedAt })) ?? waiting();
}

type Probed = {
  readonly stored: StoredToken;
  readonly lacksScope: boolean;
  readonly code: 'setting_mismatch' | null;
  readonly probe: string | undefined;
};

/** Probes the stored token; for apps at most once in two minutes, however many of them call. */
async function probeStored(
  run: Run,
  connection: Connection,
  reason: OnDemandCall['reason'],
  stored: StoredToken,
): Promise<Probed> {
  const now = run.now();
  const { document, versionId } = stored;
  if (document === undefined || versionId === undefined || !isUsable(stored, now)) {
    return { stored, lacksScope: false, code: null, probe: undefined };
  }
  const memory = run.memory.of(connection.name);
  const last = memory.unauthorizedProbe;
  const isRecent = last !== undefined && now.getTime() - last.at.getTime() < unauthorizedProbeMilliseconds;
  if (reason === 'unauthorized' && isRecent) {
    const isFoundDead = last.versionId === versionId && last.verdict.verdict === 'rejected';
    return { stored: { ...stored, isFoundDead }, lacksScope: false, code: null, probe: undefined };
  }
  const verdict = await probeToken(run.callZoho, connection, document.accessToken, document.scopes);
  if (reason === 'unauthorized') memory.unauthorizedProbe = { at: now, versionId, verdict };
  return {
    stored: { ...stored, isFoundDead: verdict.verdict === 'rejected' },
    lacksScope: verdict.verdict === 'lacks scope',
    code: verdict.verdict === 'wrong setting' ? 'setting_mismatch' : null,
    probe: verdict.verdict,
  };
}
