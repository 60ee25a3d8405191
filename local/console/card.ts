import { parseTokenDocument } from '../../lambda/aws/token-document.ts';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { commandFor, failureRow } from '../../lambda/failure.ts';
import { type IncidentRecord, noRecord, parseRecord } from '../../lambda/incident/record.ts';
import { tokenSecretId } from '../../lambda/run.ts';
import { refreshAtLifeLeft } from '../../lambda/settings.ts';
import { isUsable, lifeLeftFraction, lifeLineOf, type StoredToken } from '../../lambda/stored-token.ts';
import type { Stage } from '../stage.ts';
import { maskToken } from './mask.ts';
import type { CardView, Level } from './view.ts';

/** What the console knows beside the store. */
export type CardContext = {
  readonly now: number;
  /** The failure of the last tick, which may not be worth a record yet; `undefined` if it did not fail. */
  readonly lastFailure: string | undefined;
  /** Whether the last tick could not alert on-call. */
  readonly isUnheard: boolean;
  /** Titles of the faults that the page has switched on for this connection. */
  readonly broken: readonly string[];
  /** Whether apps cannot read the token secret now, whatever stands in it. */
  readonly isStoreDown: boolean;
};

/** Looks at one connection: at the store as apps and the refresher see it, and at Zoho, as only the stand-in allows. */
export function lookAtConnection(stage: Stage, connection: Connection, context: CardContext): CardView {
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
    ...judge(stored, incident, context),
    token: document && {
      masked: maskToken(document.accessToken.reveal()),
      issuedAt: document.issuedAt.getTime(),
      expiresAt: document.expiresAt.getTime(),
      isDead: isAccepted === false && document.expiresAt.getTime() > context.now,
    },
    incident: incident && {
      code: incident.code,
      since: incident.since.getTime(),
      isTold: incident.told !== undefined,
      // On this stage, not on the deployment that the alert's own command names.
      command: commandFor(incident.code, name, '--local'),
      remedy: failureRow(incident.code).remedy,
    },
    app: whatAppsGet(stored, isAccepted, context),
    isUnheard: context.isUnheard,
    broken: context.broken,
  };
}

function judge(
  stored: StoredToken,
  incident: IncidentRecord['incident'],
  { now, lastFailure, isUnheard }: CardContext,
): { level: Level; state: string } {
  const at = new Date(now);
  const isFailing = incident !== undefined || lastFailure !== undefined;
  const isTold = incident?.told !== undefined;
  const told = isTold ? ', on-call alerted' : ', nobody alerted yet';
  const suffix = isUnheard ? ', on-call could not be alerted' : isFailing ? told : '';
  if (stored.document === undefined)
    return { level: isFailing ? 'critical' : 'watch', state: `no token stored yet${suffix}` };
  if (!isUsable(stored, at)) {
    const isUnnoticed = !isFailing && stored.document.expiresAt.getTime() > now;
    return { level: 'critical', state: `token dead${isUnnoticed ? ', not seen yet' : suffix}` };
  }
  const line = lifeLineOf(stored, at);
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
    state: lifeLeftFraction(stored, at) <= refreshAtLifeLeft ? 'due for a refresh' : 'healthy',
  };
}

function whatAppsGet(
  stored: StoredToken,
  isAccepted: boolean | undefined,
  { now, isStoreDown }: CardContext,
): CardView['app'] {
  const { document } = stored;
  const unusable = (text: string) => ({ isUsable: false, text });
  if (isStoreDown)
    return unusable('nothing: Secrets Manager fails; an app that has read the token goes on with it until it ends');
  if (document === undefined) return unusable('nothing: no token is stored yet');
  if (document.expiresAt.getTime() <= now) return unusable('a token that has expired');
  if (isAccepted === false) return unusable('a token that Zoho rejects');
  if (!isUsable(stored, new Date(now))) return unusable('a token with an absurd lifetime');
  return { isUsable: true, text: isAccepted ? 'a token that Zoho accepts' : 'a token that has life left' };
}
