import { dueSince } from '../due.ts';
import { isUsable, type StoredToken } from '../stored-token.ts';
import type { Situation } from './next-step.ts';
import type { Incident } from './record.ts';

/**
 * Brings an incident up to what this run found.
 *
 * @param standing - The incident on record.
 * @returns `undefined` where there is none; `isWorthRecording` where a later run could not find the change by itself.
 */
export function judgeIncident(
  standing: Incident | undefined,
  situation: Situation,
): { incident: Incident; isWorthRecording: boolean } | undefined {
  const { failure } = situation;
  if (standing === undefined) return failure === undefined ? undefined : begin(situation, failure);
  const found = withDeadVersion(standing, situation.stored);
  if (failure === undefined) return { incident: found, isWorthRecording: found !== standing };
  // A passing fault does not displace a diagnosis that a person must act on, nor Zoho's wish for silence.
  const isDiagnosed = standing.kind === 'operator' || standing.kind === 'throttle';
  // Nor does a wrong setting that a probe finds in the old token; one in a new token shows that the rest is mended.
  const isOldToken = situation.stored.versionId === standing.tokenVersion;
  const isAside = failure.kind === 'transient' || (failure.kind === 'setting' && isOldToken);
  if (isDiagnosed && isAside) return { incident: found, isWorthRecording: found !== standing };
  const beginsAnew =
    failure.kind !== standing.kind ||
    failure.credentialsVersion !== standing.credentialsVersion ||
    situation.configuration !== standing.configuration;
  const incident: Incident = {
    ...found,
    code: failure.code,
    kind: failure.kind,
    message: failure.message,
    countedFrom: beginsAnew ? situation.slot : standing.countedFrom,
    failedAt: situation.now,
    credentialsVersion: failure.credentialsVersion,
    configuration: situation.configuration,
    tokenVersion: situation.stored.versionId,
  };
  // Kinds without waits are found again by the next try, unless they must end the waits of another.
  const hasWaits = failure.kind === 'operator' || failure.kind === 'throttle';
  const endsWaits = failure.kind === 'setting' && failure.kind !== standing.kind;
  const isOtherCode = failure.code !== standing.code;
  const isThrottleAnswer =
    failure.kind === 'throttle' && standing.failedAt.getTime() !== situation.now.getTime();
  const isNews = (hasWaits && (beginsAnew || isOtherCode)) || endsWaits || isThrottleAnswer;
  return { incident, isWorthRecording: isNews || found !== standing };
}

function begin(situation: Situation, failure: NonNullable<Situation['failure']>) {
  const { now, slot, configuration, stored } = situation;
  const incident: Incident = {
    since: failure.kind === 'transient' ? dueSince(stored, now) : now,
    code: failure.code,
    kind: failure.kind,
    message: failure.message,
    countedFrom: slot,
    failedAt: now,
    credentialsVersion: failure.credentialsVersion,
    configuration,
    tokenVersion: stored.versionId,
    deadVersion: stored.isFoundDead ? stored.versionId : undefined,
    openedAt: undefined,
    toldKind: undefined,
    toldLine: 'enough',
    toldLineOf: undefined,
    reminders: 0,
  };
  return { incident, isWorthRecording: failure.kind !== 'transient' || !isUsable(stored, now) };
}

function withDeadVersion(incident: Incident, { isFoundDead, versionId }: StoredToken): Incident {
  return isFoundDead && incident.deadVersion !== versionId
    ? { ...incident, deadVersion: versionId }
    : incident;
}
