import type { Connection } from '../connections/read-connections.ts';
import { commandFor, failureRow, waitsOf } from '../failure.ts';
import { criticalAtLifeLeft, defaultTickIntervalMilliseconds } from '../settings.ts';
import { dueSince, lifeLeftFraction, lifeLeftMilliseconds, type StoredToken } from '../stored-token.ts';
import { services } from '../zoho/services.ts';
import { type Headline, type Urgency, writeSms, writeSubject } from './headline.ts';
import type { AlertState, Incident } from './record.ts';
import { clock, duration, timeOf } from './time-words.ts';

/** The JSON event that machines receive; its fields are a contract. */
export type AlertEvent = {
  readonly version: 1;
  /** The same in all alerts of an incident. */
  readonly incident_id: string;
  readonly state: AlertState | 'test';
  readonly severity: 'warning' | 'critical';
  readonly connection: string;
  readonly service: string;
  readonly code: string;
  readonly summary: string;
  /** What apps feel, and by when. */
  readonly impact: string;
  readonly remedy: string;
  /** Ready to paste in the folder of the deployment; `null` if no command helps. */
  readonly command: string | null;
  readonly heals_itself: boolean;
  /** `null` if nobody has to act, or if it is too late to act in time. */
  readonly act_by: string | null;
  readonly usable: boolean;
  readonly since: string;
  readonly sent_at: string;
  readonly attempts: number;
  /** `null` if nothing is stored. */
  readonly expires_at: string | null;
  /** Rounded up, so that 0 always means that apps have no usable token. */
  readonly minutes_left: number;
  readonly account: string;
  readonly region: string;
  readonly secret_prefix: string;
  readonly runbook_url: string;
  readonly logs_url: string;
};

/** An alert, with the words that only people read. */
export type Alert = {
  readonly event: AlertEvent;
  readonly subject: string;
  readonly sms: string;
  /** What happens by itself from here on; empty if nothing does. */
  readonly next: string;
  readonly where: string;
};

/** Which deployment an alert is about, and what it points to. */
export type AlertLinks = {
  readonly account: string;
  readonly region: string;
  readonly secretPrefix: string;
  readonly stage: string | undefined;
  readonly runbookUrl: string;
  /** Of one connection, or of the whole function. */
  readonly logsUrl: (connection?: string) => string;
};

/** How things stand when an alert is written. */
export type AlertFacts = { readonly stored: StoredToken; readonly now: Date };
/** All that the words of an alert are chosen by. */
type Situation = ReturnType<typeof situationOf>;

function situationOf(connection: Connection, state: AlertState, incident: Incident, { stored, now }: AlertFacts) {
  const row = failureRow(incident.code);
  const { issuedAt, expiresAt } = stored.document ?? { issuedAt: now, expiresAt: now };
  return {
    ...row,
    ...incident,
    ...stored,
    issuedAt,
    expiresAt,
    now,
    message: incident.message.replace(/\.$/, ''),
    isOver: state === 'resolved',
    healsItself: row.kind === 'transient' || row.kind === 'throttle',
    left: lifeLeftMilliseconds(stored, now),
    isCritical: lifeLeftFraction(stored, now) <= criticalAtLifeLeft,
    dueSince: dueSince(stored, now),
    tokenPrefixes: connection.tokenPrefixes,
    serviceTitle: services[connection.service].title,
    calls: services[connection.service].operations.replace(/./, (first) => first.toUpperCase()),
  };
}

/** Makes the alert about a step of an incident, as things stand at the time of telling. */
export function describeIncident(
  connection: Connection,
  state: AlertState,
  incident: Incident,
  facts: AlertFacts,
  links: AlertLinks,
): Alert {
  const situation = situationOf(connection, state, incident, facts);
  const { code, isOver, left } = situation;
  const place = `${links.secretPrefix}/${connection.name}`;
  const expiresAt = situation.document?.expiresAt.toISOString() ?? null;
  const headline = headlineOf(place, situation);
  return {
    event: {
      ...eventOf(connection.name, code, incident.since, facts.now, links),
      state,
      severity: situation.isCritical ? 'critical' : 'warning',
      service: connection.service,
      summary: `${place} ${isOver ? summaryOfEnd(situation) : `${situation.title}: ${situation.message}`}.`,
      impact: isOver ? feltOf(situation) : impactOf(situation),
      remedy: isOver ? 'Nothing to do.' : `${situation.remedy}${whoCan(situation)}`,
      command: isOver ? null : commandFor(code, connection.name, optionsOf(links)),
      heals_itself: situation.healsItself,
      act_by: isOver || situation.kind !== 'operator' || left === 0 ? null : expiresAt,
      usable: left > 0,
      attempts: attemptsOf(situation),
      expires_at: expiresAt,
      minutes_left: Math.ceil(left / 60_000),
    },
    subject: writeSubject(headline),
    sms: writeSms(headline),
    next: isOver ? '' : nextOf(situation),
    where: whereOf(links),
  };
}

const goodAgain = 'has a good token again';

function headlineOf(place: string, situation: Situation): Headline {
  const { isOver, told, code } = situation;
  const title = isOver && told !== undefined ? goodAgain : situation.title;
  return { urgency: urgencyOf(situation), place, title, code, inShort: isOver ? 'nothing to do' : situation.inShort };
}

/** How much of a hurry there is. */
function urgencyOf({ isOver, told, left, expiresAt, healsItself, kind, isCritical, now }: Situation): Urgency {
  if (isOver) return { word: told === undefined ? 'HAPPENED AND IS OVER' : 'RESOLVED', short: 'RESOLVED' };
  if (left === 0) return { word: 'FAILING NOW', short: 'FAILING NOW' };
  const word = healsItself ? 'WATCH UNTIL' : 'ACT BY';
  // Nobody has to be in time for a setting: the token itself is refreshed.
  const short = kind === 'setting' ? 'ACT' : `${word} ${timeOf(expiresAt)}`;
  if (isCritical) return { word: `${short}, ${Math.ceil(left / 60_000)} MIN LEFT`, short };
  return { word: kind === 'setting' ? short : `${word} ${clock(expiresAt, now)}`, short };
}

function summaryOfEnd({ code, told, since, message, now }: Situation): string {
  const lasted = duration(now.getTime() - since.getTime());
  const late = `failed for ${lasted}. On-call could not be alerted before it was over`;
  return `${told === undefined ? late : `${goodAgain} after ${lasted}`}. It was ${code} (${message})`;
}

/** Which deployment a command is to act on. */
function optionsOf({ stage, secretPrefix, region }: AlertLinks): string {
  return `${stage === undefined ? `--secret-prefix ${secretPrefix}` : `--stage ${stage}`} --region ${region}`;
}

/** Makes the alert that only shows the way alerts take. */
export function describeTest(now: Date, links: AlertLinks): Alert {
  return {
    event: {
      ...eventOf('all', 'test', now, now, links),
      state: 'test',
      summary: 'Somebody ran `npx --no-install zoho-tokens test-alert`.',
      impact: 'This is a test: nothing is wrong.',
      remedy: 'Nothing to do: alerts reach you.',
    },
    subject: `TEST: ${links.secretPrefix}/all, nothing is wrong`,
    sms: `TEST ${links.secretPrefix}/all: nothing to do`,
    next: '',
    where: whereOf(links),
  };
}

function whereOf({ secretPrefix, stage, account, region }: AlertLinks): string {
  return `${secretPrefix}${stage === undefined ? '' : ` (${stage})`}, account ${account}, ${region}.`;
}

/** What every alert has, and for the rest what a test alert says. */
function eventOf(connection: string, code: string, since: Date, now: Date, links: AlertLinks) {
  return {
    version: 1,
    incident_id: `${links.secretPrefix}/${connection}/${since.toISOString().slice(0, 16)}Z`,
    severity: 'warning',
    connection,
    service: connection,
    code,
    command: null,
    heals_itself: true,
    act_by: null,
    usable: true,
    since: since.toISOString(),
    sent_at: now.toISOString(),
    attempts: 0,
    expires_at: null,
    minutes_left: 0,
    account: links.account,
    region: links.region,
    secret_prefix: links.secretPrefix,
    runbook_url: `${links.runbookUrl}#${code}`,
    logs_url: links.logsUrl(connection === 'all' ? undefined : connection),
  } as const;
}

/** Tries are counted if they wait; what every tick tries again is estimated, since no record is written for it. */
function attemptsOf({ code, since, tries, kind, dueSince: due, now }: Situation): number {
  if (waitsOf(code) !== undefined) return tries;
  // A passing fault that came in place of another is as old as the token is due.
  const from = Math.max(since.getTime(), kind === 'transient' && due < now ? due.getTime() : 0);
  return 1 + Math.floor((now.getTime() - from) / defaultTickIntervalMilliseconds);
}

function impactOf(situation: Situation): string {
  const { calls, serviceTitle, expiresAt, left, kind, now } = situation;
  if (left === 0) return `${calls} fail now: ${whyUnusable(situation)}.`;
  const end = clock(expiresAt, now);
  // What the service accepted is not said to fail.
  if (kind === 'setting')
    return `${serviceTitle} accepts the stored token until ${end}. Calls that use the wrong setting may fail.`;
  const condition = kind === 'operator' ? '' : ', if this lasts';
  return `${calls} stop at ${end}, in ${duration(left)}${condition}. They still work now.`;
}

function whyUnusable({ document, expiresAt, isFoundDead, serviceTitle, now }: Situation): string {
  if (document === undefined) return 'no token is stored';
  if (isFoundDead) return `the stored token is rejected by ${serviceTitle}`;
  return expiresAt <= now
    ? `the stored token expired at ${clock(expiresAt, now)}`
    : 'the stored value claims a lifetime that no Zoho token has';
}

/** What apps felt of an incident that is over, and for how long. */
function feltOf({ calls, left, kind, since, unusableFrom: from, issuedAt, now }: Situation): string {
  if (left === 0) return `${calls} do not work: another alert follows.`;
  if (kind === 'setting')
    return `Calls that used the wrong setting may have failed since ${clock(since, now)}. They work now.`;
  if (from === undefined) return `${calls} work.`;
  if (from >= issuedAt) return `${calls} worked all the time.`;
  const lasted = `${duration(issuedAt.getTime() - from.getTime())}, from ${clock(from, now)} to ${clock(issuedAt, now)}`;
  return `${calls} failed for ${lasted}. They work now.`;
}

/** What comes by itself: the next try, the next mail. */
function nextOf({ kind, nextTry, due, issuedAt, expiresAt, left, now }: Situation): string {
  const later = due > now ? `at ${clock(due, now)}` : 'with the next tick';
  const tries = {
    'next tick': 'The refresher tries again every five minutes.',
    'next probe': 'Refreshes go on, and each probe looks at the setting again.',
    'operator waits': `The refresher tries again ${later}, or within five minutes after new credentials.`,
    'throttle waits': `The refresher leaves Zoho alone and tries again ${later}.`,
  }[nextTry];
  const line = expiresAt.getTime() - (expiresAt.getTime() - issuedAt.getTime()) * criticalAtLifeLeft;
  const louder = new Date(line > now.getTime() ? line : expiresAt);
  const isAllSaid = left === 0 || kind === 'setting';
  const mail = isAllSaid ? 'A reminder follows every 6 hours' : `A louder mail follows at ${clock(louder, now)}`;
  return `${tries} ${mail}; a RESOLVED mail ends this.`;
}

/** Who can carry out the remedy. */
function whoCan({ command, kind, serviceTitle, tokenPrefixes }: Situation): string {
  const isOrganisation = !tokenPrefixes.includes('1000.');
  const user = isOrganisation ? 'an administrator of the Zoho organisation' : 'a Zoho user';
  if (command === 'authorize') return ` Needs ${user} with access to ${serviceTitle}. Takes about three minutes.`;
  return kind === 'transient' ? '' : ' Needs somebody who may deploy this stack.';
}
