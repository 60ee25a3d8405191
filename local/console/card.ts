import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { commandFor, failureRow } from '../../lambda/failure.ts';
import { type IncidentRecord, noRecord, parseRecord } from '../../lambda/incident/record.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { refreshAtLifeLeft } from '../../lambda/settings.ts';
import { isUsable, lifeLeftFraction, lifeLineOf, type StoredToken } from '../../lambda/stored-token.ts';
import type { Breakage } from '../faults/breakage.ts';
import type { Stage } from '../stage.ts';
import { shortenToken } from './mask.ts';
import type { Level } from './view.ts';

/** A connection as the page shows it; no secret is in it beyond a token's prefix and last four characters. */
export type CardView = ReturnType<typeof lookAtConnection>;

/**
 * Looks at one connection: at the store as apps and the refresher see it, and at Zoho, as only the stand-in allows.
 *
 * @param hasFailed - Whether the last try failed: there may be no record of it yet.
 * @param isUnheard - Whether the last tick could not alert on-call.
 */
export function lookAtConnection(
  stage: Stage,
  breakage: Breakage,
  connection: Connection,
  hasFailed: boolean,
  isUnheard: boolean,
) {
  const now = new Date(stage.now());
  const { name, service, dataCenter } = connection;
  const secretId = tokenSecretId(stage.secretPrefix, connection);
  const document = parseTokenDocument(stage.secretsManager.read(secretId) ?? '');
  const { incident } = parseRecord(stage.secretsManager.read(secretId, 'INCIDENT') ?? '') ?? noRecord;
  const token = document?.accessToken.reveal();
  const isAccepted = token === undefined ? undefined : stage.zoho?.isLive(token);
  const stored: StoredToken = { versionId: '', document, isFoundDead: isAccepted === false };
  return {
    name,
    service,
    dataCenter,
    ...judge(stored, incident, now, hasFailed, isUnheard),
    token: document && {
      masked: shortenToken(document.accessToken.reveal()),
      issuedAt: document.issuedAt.getTime(),
      expiresAt: document.expiresAt.getTime(),
      /** Whether Zoho ended it before its time: then nothing is left of it, whatever the store says. */
      isDead: isAccepted === false && document.expiresAt > now,
    },
    incident: incident && {
      code: incident.code,
      since: incident.since.getTime(),
      isTold: incident.told !== undefined,
      // On this stage, not on the deployment that the alert's own command names.
      command: commandFor(incident.code, name, '--local'),
      remedy: failureRow(incident.code).remedy,
    },
    /** What an app that asks right now would get. */
    app: breakage.isStoreDown(connection)
      ? unusable('nothing: Secrets Manager fails; an app that has read the token goes on with it until it ends')
      : whatAppsGet(stored, isAccepted, now),
    isUnheard,
    broken: breakage.titlesFor(name),
  };
}

function judge(
  stored: StoredToken,
  incident: IncidentRecord['incident'],
  now: Date,
  hasFailed: boolean,
  isUnheard: boolean,
): { level: Level; state: string } {
  const isFailing = incident !== undefined || hasFailed;
  const isTold = incident?.told !== undefined;
  const told = isTold ? ', on-call alerted' : ', nobody alerted yet';
  const suffix = isUnheard ? ', on-call could not be alerted' : isFailing ? told : '';
  if (stored.document === undefined)
    return { level: isFailing ? 'critical' : 'watch', state: `no token stored yet${suffix}` };
  if (!isUsable(stored, now)) {
    const isUnnoticed = !isFailing && stored.document.expiresAt > now;
    return { level: 'critical', state: `token dead${isUnnoticed ? ', not seen yet' : suffix}` };
  }
  const line = lifeLineOf(stored, now);
  if (isFailing)
    return {
      level: line === 'critical' ? 'critical' : isTold ? 'warning' : 'watch',
      state: `${isTold ? 'incident open' : 'failing'}${suffix}`,
    };
  // Nobody tried, or nobody could say so: the CloudWatch alarm is about to speak.
  if (line !== 'enough')
    return { level: line === 'critical' ? 'critical' : 'warning', state: 'overdue, nobody refreshes it' };
  return {
    level: 'good',
    state: lifeLeftFraction(stored, now) <= refreshAtLifeLeft ? 'due for a refresh' : 'healthy',
  };
}

const unusable = (text: string) => ({ isUsable: false, text });

function whatAppsGet(stored: StoredToken, isAccepted: boolean | undefined, now: Date) {
  const { document } = stored;
  if (document === undefined) return unusable('nothing: no token is stored yet');
  if (document.expiresAt <= now) return unusable('a token that has expired');
  if (isAccepted === false) return unusable('a token that Zoho rejects');
  if (!isUsable(stored, now)) return unusable('a token with an absurd lifetime');
  return { isUsable: true, text: isAccepted ? 'a token that Zoho accepts' : 'a token that has life left' };
}
