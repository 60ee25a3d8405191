import type { AlertEvent } from '../../../lambda/incident/alert.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf } from '../world/facts.ts';
import { hearOfCredentials } from './hearing.ts';
import { type Case, day, hour, minute, shadowOfRun } from './notebook.ts';
import { nothingTold } from './watch.ts';

/** Zoho is left alone for an hour at most. */
const longestSilence = 61 * minute;
/** From when AWSCURRENT was read to when the claim is written: the halves of two calls. */
const lookToClaim = 90;
/** Codes on which nobody need act, unless they last. */
const passingCodes = ['zoho_unavailable', 'unexpected_response', 'rate_limited', 'secret_store_failed'];

/** Invariant 3: one incident, one open, one resolved; and every alert says what is so. */
export function judgePublished(of: Case, { alert, text, isAnswered }: FactOf<'published'>): void {
  const { run, watch, deeds } = of;
  const { state } = alert;
  if (run.kind !== 'tick') of.breach(3, 'a call on demand alerted somebody');
  if (watch.claimed !== state) of.breach(3, `"${state}" was published and not claimed`);
  watch.claimed = undefined;
  const isRepeat = watch.mayRepeat.delete(state);
  const isLate = of.excuse('late resolved', state === 'resolved' && watch.owesOpen);
  const fits = state === 'open' ? watch.told === 'nothing' : watch.told === 'open' || isLate;
  watch.owesOpen = false;
  if (!fits && !of.excuse('repeated alert', isRepeat))
    of.breach(3, `"${state}" was published while ${watch.told === 'open' ? 'the incident' : 'nothing'} was open`);
  if (state === 'reminder') judgeReminder(of);
  hearOfCredentials(of);
  judgeCode(of, alert);
  judgeSeverity(of, alert);
  if (!/^(DO THIS|IF IT LASTS)|^Nothing to do/m.test(text)) of.breach(3, 'an alert does not say what to do');

  watch.told = state === 'resolved' ? 'nothing' : 'open';
  if (state === 'resolved' || (state === 'open' && !isRepeat)) watch.worstTold = nothingTold();
  if (state !== 'resolved') noteTold(of, alert, isRepeat);
  if (alert.severity === 'critical') watch.criticalAbout = of.stored.document?.access_token;
  watch.lastAlertAt = of.now;
  watch.lastCode = alert.code;
  deeds.published.push(state);
  deeds.hasRecordedSincePublishing = false;
  if (!isAnswered || run.isKilled) watch.mayRepeat.add(state);
}

function judgeReminder(of: Case): void {
  const { now, watch } = of;
  const isEarly = now - watch.lastReminderAt < 5 * hour;
  watch.lastReminderAt = now;
  const isHindered = of.world.disturbances
    .between(of.name, now - 13 * hour, now)
    .some(({ what }) => ['aws fault', 'sns fault', 'crash', 'schedule'].includes(what));
  if (isEarly && !of.excuse('reminder after a hindrance', isHindered)) of.breach(3, 'two reminders within five hours');
}

/** The code is one that was heard of since the incident began, and this run's own if Zoho refused it. */
function judgeCode(of: Case, { code, state, since }: AlertEvent): void {
  const heardAt = of.watch.heardCodes.get(code) ?? 0;
  const { refusalCodes } = of.deeds;
  // An execution environment tells again of the silence that it could not record.
  const isSilence = of.excuse('silence of before the incident', code === 'rate_limited');
  if (heardAt < Date.parse(since) - (isSilence ? longestSilence : shadowOfRun)) {
    of.breach(3, `"${state}" says ${code}, which nothing and nobody has said since the incident began`);
  } else if (refusalCodes.length > 0 && !refusalCodes.includes(code)) {
    if (of.excuse('code of what is over', state === 'resolved')) return;
    of.breach(3, `"${state}" says ${code}, and this run was refused with ${refusalCodes.join(' or ')}`);
  }
}

/** Critical at a sixth of the life or less, or if nothing usable is stored; the minutes left are the stored token's. */
function judgeSeverity(of: Case, { state, severity, minutes_left: minutesLeft }: AlertEvent): void {
  const { now, run } = of;
  const { isRefused, expiresAt, life, left } = of.stored;
  if (of.excuse('severity beside a new token', now - of.watch.tokenStoredAt < shadowOfRun)) return;
  if (of.deeds.hasFoundDead) {
    if (severity !== 'critical') of.breach(3, `"${state}" is ${severity} with a token that a probe found dead left`);
    return;
  }
  if (of.excuse('severity of a refused token', isRefused)) return;
  const isLife = Number.isFinite(life) && life <= day;
  const line = isLife ? expiresAt - life / 6 : 0;
  const isCrossed = of.excuse('a line crossed within the run', line > run.startedAt && line <= now);
  const shown = Number.isFinite(expiresAt) ? `${(left / minute).toFixed(1)} minutes` : 'nothing';
  if (!isCrossed && severity !== (now < line ? 'warning' : 'critical'))
    of.breach(3, `"${state}" is ${severity} with ${shown} left`);
  const expected = isLife && left > 0 ? left / minute : 0;
  // Rounded up, and taken when the run decided, which may be a run's time ago.
  const slack = of.excuse('minutes as the run decided', true) ? shadowOfRun / minute : 0;
  if (minutesLeft < expected || minutesLeft >= expected + 1 + slack)
    of.breach(3, `"${state}" says ${minutesLeft} minutes left, the stored token ${expected.toFixed(1)}`);
}

/** An alert on its way, as a record has it. */
type Claim = { readonly alert: AlertEvent['state']; readonly claims: number; readonly at: string };

/** Judges an alert when it is claimed: whether it is one that on-call should get at all. */
export function judgeRecord(of: Case, text: string): void {
  const { claim, incident } = (parseObject(text) ?? {}) as { claim?: Claim; incident?: { code?: string } };
  const { watch, run } = of;
  const before = watch.claimOnRecord;
  watch.claimOnRecord = claim?.alert;
  if (claim === undefined) {
    if (before === undefined) return;
    // Once it is on record as sent, nobody may send it again.
    watch.mayRepeat.delete(before);
    watch.worstTold.sureUrgency = watch.worstTold.urgency;
    return;
  }
  // A claim that waits for SNS, or whose run is at work, is written again with what is new.
  const isAgain = claim.claims > 1 || claim.at === watch.lastClaim;
  watch.lastClaim = claim.at;
  watch.claimed = claim.alert;
  if (claim.alert === 'open') watch.owesOpen = true;
  if (of.excuse('claimed again', isAgain)) return;
  const code = incident?.code ?? '';
  if (claim.alert === 'escalated') judgeEscalation(of, code);
  if (claim.alert !== 'open') return;
  judgeWaking(of, code);
  // AWSCURRENT is read again before opening: if a good token was stored meanwhile, nothing is opened.
  const isFaultless = of.world.isUsable(of.name) && of.stored.document?.fault === undefined;
  if (of.excuse('stored between the last look and the claim', of.now - watch.tokenStoredAt <= lookToClaim)) return;
  if (watch.tokenStoredAt > run.startedAt && isFaultless)
    of.breach(3, 'an incident was opened after a good token had been stored');
}

/** Nobody is woken for a fault that passes while the token lives. */
function judgeWaking(of: Case, code: string): void {
  const { life, left, isRefused } = of.stored;
  const isFar = left > life / 3 && life <= day;
  if (!passingCodes.includes(code) || !isFar) return;
  if (of.excuse('woken for a dead token', isRefused)) return;
  // A run whose own write went through without an answer does not know of the new token.
  if (of.excuse('woken beside a new token', of.watch.tokenStoredAt >= of.run.startedAt)) return;
  of.breach(3, `on-call was woken for ${code} with ${(left / minute).toFixed(1)} minutes of life left`);
}

/** From what passes by itself to what needs somebody. */
const urgencies: Record<string, number> = {
  zoho_unavailable: 0,
  unexpected_response: 0,
  secret_store_failed: 0,
  rate_limited: 1,
  setting_mismatch: 2,
};
/** Of what only a person can end. */
export const urgencyOfOperators = 3;

function urgencyOf(code: string): number {
  return urgencies[code] ?? urgencyOfOperators;
}

/**
 * One escalation for each line that the stored token crosses, a sixth of its life and its end, and one for each turn to
 * a kind of failure that needs a person sooner; judged when it is claimed.
 */
function judgeEscalation(of: Case, code: string): void {
  const { worstTold, tokenStoredAt } = of.watch;
  const { life, left, isRefused } = of.stored;
  const lineTold = worstTold.version === versionOf(of) ? worstTold.line : 0;
  // The last line that the stored token has crossed.
  const line = !(left > 0) || life > day || isRefused ? 2 : left <= life / 6 ? 1 : 0;
  const urgency = urgencyOf(code);
  const hasTurned = urgency >= 2 && urgency > worstTold.urgency;
  if (line > lineTold || hasTurned) return;
  // A run whose own write went through without an answer does not know of the new token.
  if (of.excuse('escalated beside a new token', tokenStoredAt >= of.run.startedAt)) return;
  // Who knows of a wrong setting alone does not know that the token is dying.
  const isNewsOfEnd = worstTold.urgency === urgencies.setting_mismatch && urgency < 2 && !(left > life / 3);
  if (of.excuse('dying token after a wrong setting', isNewsOfEnd)) return;
  of.breach(3, `"escalated" for ${code}, and nothing had got worse since on-call was alerted`);
}

function versionOf({ world, name }: Case): string | undefined {
  return world.version(name, 'token')?.versionId;
}

/**
 * Takes note of what on-call knows by an alert.
 *
 * @param isRepeat - Whether it is sent once more because nobody could know that it was sent: the words of now stand for both.
 */
function noteTold(of: Case, alert: AlertEvent, isRepeat: boolean): void {
  const { watch, run } = of;
  const { urgency, sureUrgency } = watch.worstTold;
  const before = of.excuse('words of a repeat', isRepeat) ? sureUrgency : urgency;
  watch.worstTold = {
    version: watch.tokenStoredAt < run.startedAt ? versionOf(of) : undefined,
    line: alert.minutes_left === 0 ? 2 : alert.severity === 'critical' ? 1 : 0,
    urgency: Math.max(before, urgencyOf(alert.code)),
    sureUrgency,
  };
}
