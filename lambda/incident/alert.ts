import type { Connection } from '../connections/read-connections.ts';
import { commandFor, type FailureCode, type FailureKind, failureRow, waitsOf } from '../failure.ts';
import { dashboardUrl } from '../log.ts';
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
  /** What happened. */
  readonly summary: string;
  /** What apps feel, and by when. */
  readonly impact: string;
  /** What to do with the command at hand, and who can do it. */
  readonly remedy: string;
  /** Ready to paste in the folder of the deployment; `null` if no command helps. */
  readonly command: string | null;
  readonly heals_itself: boolean;
  /** `null` if nobody has to act, or if it is too late to act in time. */
  readonly act_by: string | null;
  /** Whether apps have a usable token now. */
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
  /** `undefined` if the Region's console is not known. */
  readonly dashboardUrl: string | undefined;
};

/** Which deployment an alert is about, and what it points to. */
export type AlertLinks = {
  readonly account: string;
  readonly region: string;
  readonly secretPrefix: string;
  /** Stage of `deployment.json`. */
  readonly stage: string | undefined;
  readonly runbookUrl: string;
  /** Of one connection, or of the whole function. */
  readonly logsUrl: (connection?: string) => string;
};

/** How things stand when an alert is written. */
export type AlertFacts = { readonly stored: StoredToken; readonly now: Date };

/** Makes the alert about a step of an incident, as things stand at the time of telling. */
export function describeIncident(
  connection: Connection,
  state: AlertState,
  incident: Incident,
  facts: AlertFacts,
  links: AlertLinks,
): Alert {
  const { stored, now } = facts;
  const { code, since } = incident;
  const { kind, remedy } = failureRow(code);
  const left = lifeLeftMilliseconds(stored, now);
  const isOver = state === 'resolved';
  const place = `${links.secretPrefix}/${connection.name}`;
  const expiresAt = stored.document?.expiresAt.toISOString() ?? null;
  const headline = headlineOf(place, isOver, incident, facts);
  return {
    event: {
      ...eventOf(connection.name, code, since, now, links),
      state,
      severity: isCritical(facts) ? 'critical' : 'warning',
      service: connection.service,
      summary: `${place} ${isOver ? summaryOfEnd(incident, now) : summaryOf(incident)}.`,
      impact: isOver ? feltOf(connection, incident, facts) : impactOf(connection, incident, facts),
      remedy: isOver ? 'Nothing to do.' : `${remedy}${whoCan(connection, code)}`,
      command: isOver ? null : commandFor(code, connection.name, optionsOf(links)),
      heals_itself: healsItself(kind),
      act_by: isOver || kind !== 'operator' || left === 0 ? null : expiresAt,
      usable: left > 0,
      attempts: attemptsOf(incident, facts),
      expires_at: expiresAt,
      minutes_left: Math.ceil(left / 60_000),
    },
    subject: writeSubject(headline),
    sms: writeSms(headline),
    next: isOver ? '' : nextOf(incident, facts, left),
    where: whereOf(links),
    dashboardUrl: dashboardUrl(links.region, links.secretPrefix),
  };
}

const goodAgain = 'has a good token again';

function headlineOf(place: string, isOver: boolean, incident: Incident, facts: AlertFacts): Headline {
  const { code, told } = incident;
  const { title, inShort } = failureRow(code);
  return {
    urgency: urgencyOf(isOver, incident, facts),
    place,
    title: isOver && told !== undefined ? goodAgain : title,
    code,
    inShort: isOver ? 'nothing to do' : inShort,
  };
}

function healsItself(kind: FailureKind): boolean {
  return kind === 'transient' || kind === 'throttle';
}

function isCritical({ stored, now }: AlertFacts): boolean {
  return lifeLeftFraction(stored, now) <= criticalAtLifeLeft;
}

/** How much of a hurry there is. */
function urgencyOf(isOver: boolean, { code, told }: Incident, facts: AlertFacts): Urgency {
  if (isOver) return { word: told === undefined ? 'HAPPENED AND IS OVER' : 'RESOLVED', short: 'RESOLVED' };
  const { stored, now } = facts;
  const { kind } = failureRow(code);
  const left = lifeLeftMilliseconds(stored, now);
  if (left === 0 || stored.document === undefined) return { word: 'FAILING NOW', short: 'FAILING NOW' };
  const { expiresAt } = stored.document;
  const word = healsItself(kind) ? 'WATCH UNTIL' : 'ACT BY';
  // Nobody has to be in time for a setting: the token itself is refreshed.
  const short = kind === 'setting' ? 'ACT' : `${word} ${timeOf(expiresAt)}`;
  if (isCritical(facts)) return { word: `${short}, ${Math.ceil(left / 60_000)} MIN LEFT`, short };
  return { word: kind === 'setting' ? short : `${word} ${clock(expiresAt, now)}`, short };
}

function summaryOf({ code, message }: Incident): string {
  return `${failureRow(code).title}: ${message.replace(/\.$/, '')}`;
}

function summaryOfEnd({ code, told, since, message }: Incident, now: Date): string {
  const lasted = duration(now.getTime() - since.getTime());
  const late = `failed for ${lasted}. On-call could not be alerted before it was over`;
  const what = told === undefined ? late : `${goodAgain} after ${lasted}`;
  return `${what}. It was ${code} (${message.replace(/\.$/, '')})`;
}

/** Which deployment a command is to act on. */
function optionsOf({ stage, secretPrefix, region }: AlertLinks): string {
  return `${stage === undefined ? `--secret-prefix ${secretPrefix}` : `--stage ${stage}`} --region ${region}`;
}

/** When the stored token ends. */
function endOf({ stored, now }: AlertFacts): string {
  return stored.document === undefined ? '' : clock(stored.document.expiresAt, now);
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
    dashboardUrl: dashboardUrl(links.region, links.secretPrefix),
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
function attemptsOf({ code, since, tries }: Incident, { stored, now }: AlertFacts): number {
  if (waitsOf(code) !== undefined) return tries;
  // A passing fault that came in place of another is as old as the token is due.
  const due = dueSince(stored, now);
  const isLater = failureRow(code).kind === 'transient' && since < due && due < now;
  return 1 + Math.floor((now.getTime() - (isLater ? due : since).getTime()) / defaultTickIntervalMilliseconds);
}

function impactOf({ service }: Connection, incident: Incident, facts: AlertFacts): string {
  const { stored, now } = facts;
  const end = endOf(facts);
  const { title: name, operations } = services[service];
  const calls = capital(operations);
  const left = lifeLeftMilliseconds(stored, now);
  if (left === 0) return `${calls} fail now: ${whyUnusable(name, stored, now)}.`;
  const { kind } = failureRow(incident.code);
  // What the service accepted is not said to fail.
  if (kind === 'setting')
    return `${name} accepts the stored token until ${end}. Calls that use the wrong setting may fail.`;
  const condition = kind === 'operator' ? '' : ', if this lasts';
  return `${calls} stop at ${end}, in ${duration(left)}${condition}. They still work now.`;
}

function whyUnusable(service: string, { document, isFoundDead }: StoredToken, now: Date): string {
  if (document === undefined) return 'no token is stored';
  if (isFoundDead) return `the stored token is rejected by ${service}`;
  return document.expiresAt <= now
    ? `the stored token expired at ${clock(document.expiresAt, now)}`
    : 'the stored value claims a lifetime that no Zoho token has';
}

/** What apps felt of an incident that is over, and for how long. */
function feltOf({ service }: Connection, incident: Incident, { stored, now }: AlertFacts): string {
  const calls = capital(services[service].operations);
  if (lifeLeftMilliseconds(stored, now) === 0) return `${calls} do not work: another alert follows.`;
  const { code, since, unusableFrom: from } = incident;
  const until = stored.document?.issuedAt ?? now;
  if (failureRow(code).kind === 'setting')
    return `Calls that used the wrong setting may have failed since ${clock(since, now)}. They work now.`;
  if (from === undefined) return `${calls} work.`;
  if (from >= until) return `${calls} worked all the time.`;
  const [first, last] = [clock(from, now), clock(until, now)];
  return `${calls} failed for ${duration(until.getTime() - from.getTime())}, from ${first} to ${last}. They work now.`;
}

/** What comes by itself: the next try, the next mail. */
function nextOf({ code, due }: Incident, { stored, now }: AlertFacts, left: number): string {
  const { kind, nextTry } = failureRow(code);
  const later = due > now ? `at ${clock(due, now)}` : 'with the next tick';
  const tries = {
    'next tick': 'The refresher tries again every five minutes.',
    'next probe': 'Refreshes go on, and each probe looks at the setting again.',
    'operator waits': `The refresher tries again ${later}, or within five minutes after new credentials.`,
    'throttle waits': `The refresher leaves Zoho alone and tries again ${later}.`,
  }[nextTry];
  const { issuedAt, expiresAt } = stored.document ?? { issuedAt: now, expiresAt: now };
  const line = expiresAt.getTime() - (expiresAt.getTime() - issuedAt.getTime()) * criticalAtLifeLeft;
  const louder = new Date(line > now.getTime() ? line : expiresAt);
  const isAllSaid = left === 0 || kind === 'setting';
  const mail = isAllSaid ? 'A reminder follows every 6 hours' : `A louder mail follows at ${clock(louder, now)}`;
  return `${tries} ${mail}; a RESOLVED mail ends this.`;
}

/** Who can carry out the remedy. */
function whoCan({ service, tokenPrefixes }: Connection, code: FailureCode): string {
  const { command, kind } = failureRow(code);
  const isOrganisation = !tokenPrefixes.includes('1000.');
  const user = isOrganisation ? 'an administrator of the Zoho organisation' : 'a Zoho user';
  if (command === 'authorize')
    return ` Needs ${user} with access to ${services[service].title}. Takes about three minutes.`;
  return kind === 'transient' ? '' : ' Needs somebody who may deploy this stack.';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
