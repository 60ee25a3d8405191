import { parseObject } from '../../../lambda/parse-object.ts';
import type { AlertFacts, FactOf, RunOfLambda } from '../world/facts.ts';
import { hearOfCredentials } from './hearing.ts';
import { judgeEscalation, noteTold } from './judge-escalations.ts';
import { day, hour, minute, type Notebook, shadowOfRun } from './notebook.ts';
import { nothingTold } from './watch.ts';

/** Zoho is left alone for an hour at most. */
const longestSilence = 61 * minute;
/** From when AWSCURRENT was read to when the claim is written: the halves of two calls. */
const lookToClaim = 90;
/** Codes on which nobody need act, unless they last. */
export const passingCodes = ['zoho_unavailable', 'unexpected_response', 'rate_limited', 'secret_store_failed'];

type Published = FactOf<'published'>;

/** Invariant 3: one incident, one open, one resolved; and every alert says what is so. */
export function judgePublished(notes: Notebook, fact: Published): void {
  const { run, alert, text, isAnswered } = fact;
  const { connection, state } = alert;
  if (state === 'test') return;
  const watch = notes.watch(connection);
  const deeds = notes.deedsOf(run, connection);
  const breach = (what: string) => notes.breach(3, connection, what);

  if (run.kind !== 'tick') breach('a call on demand alerted somebody');
  if (watch.claimed !== state) breach(`"${state}" was published and not claimed`);
  watch.claimed = undefined;
  const isRepeat = watch.mayRepeat.delete(state);
  const isLate = notes.excuse('late resolved', state === 'resolved' && watch.owesOpen);
  const fits = state === 'open' ? watch.told === 'nothing' : watch.told === 'open' || isLate;
  watch.owesOpen = false;
  if (!fits && !notes.excuse('repeated alert', isRepeat))
    breach(`"${state}" was published while ${watch.told === 'open' ? 'the incident' : 'nothing'} was open`);
  if (state === 'reminder') judgeReminder(notes, connection);
  hearOfCredentials(notes, connection);
  judgeCode(notes, fact);
  judgeSeverity(notes, fact);
  if (!/^(DO THIS|IF IT LASTS)|^Nothing to do/m.test(text)) breach('an alert does not say what to do');

  watch.told = state === 'resolved' ? 'nothing' : 'open';
  if (state === 'resolved' || (state === 'open' && !isRepeat)) watch.worstTold = nothingTold();
  if (state !== 'resolved') noteTold(notes, fact, isRepeat);
  if (alert.severity === 'critical') watch.criticalAbout = notes.world.document(connection)?.access_token;
  watch.lastAlertAt = notes.now;
  watch.lastCode = alert.code;
  deeds.published.push(state);
  deeds.hasRecordedSincePublishing = false;
  if (!isAnswered || run.isKilled) watch.mayRepeat.add(state);
}

function judgeReminder(notes: Notebook, connection: string): void {
  const { now } = notes;
  const watch = notes.watch(connection);
  const isEarly = now - watch.lastReminderAt < 5 * hour;
  watch.lastReminderAt = now;
  const isHindered = notes.world.disturbances
    .between(connection, now - 13 * hour, now)
    .some(({ what }) => ['aws fault', 'sns fault', 'crash', 'schedule'].includes(what));
  if (isEarly && !notes.excuse('reminder after a hindrance', isHindered))
    notes.breach(3, connection, 'two reminders within five hours');
}

/** The code is one that was heard of since the incident began, and this run's own if Zoho refused it. */
function judgeCode(notes: Notebook, { alert, run }: Published): void {
  const { connection, code, state, since } = alert;
  const heardAt = notes.watch(connection).heardCodes.get(code) ?? 0;
  const { refusalCodes } = notes.deedsOf(run, connection);
  // An execution environment tells again of the silence that it could not record.
  const isSilence = notes.excuse('silence of before the incident', code === 'rate_limited');
  if (heardAt < Date.parse(since) - (isSilence ? longestSilence : shadowOfRun)) {
    const what = `"${state}" says ${code}, which nothing and nobody has said since the incident began`;
    notes.breach(3, connection, what);
  } else if (refusalCodes.length > 0 && !refusalCodes.includes(code)) {
    if (notes.excuse('code of what is over', state === 'resolved')) return;
    notes.breach(3, connection, `"${state}" says ${code}, and this run was refused with ${refusalCodes.join(' or ')}`);
  }
}

/** Critical at a sixth of the life or less, or if nothing usable is stored; the minutes left are the stored token's. */
function judgeSeverity(notes: Notebook, { alert, run }: Published): void {
  const { connection, state, severity, minutes_left: minutesLeft } = alert;
  const { now } = notes;
  const { isRefused, expiresAt, life, left } = notes.stored(connection);
  const breach = (what: string) => notes.breach(3, connection, `"${state}" ${what}`);
  const isNews = now - notes.watch(connection).tokenStoredAt < shadowOfRun;
  if (notes.excuse('severity beside a new token', isNews)) return;
  if (notes.deedsOf(run, connection).hasFoundDead) {
    if (severity !== 'critical') breach(`is ${severity} with a token that a probe found dead left`);
    return;
  }
  if (notes.excuse('severity of a refused token', isRefused)) return;
  const isLife = Number.isFinite(life) && life <= day;
  const line = isLife ? expiresAt - life / 6 : 0;
  const isCrossed = notes.excuse('a line crossed within the run', line > run.startedAt && line <= now);
  const shown = Number.isFinite(expiresAt) ? `${(left / minute).toFixed(1)} minutes` : 'nothing';
  if (!isCrossed && severity !== (now < line ? 'warning' : 'critical')) breach(`is ${severity} with ${shown} left`);
  const expected = isLife && left > 0 ? left / minute : 0;
  // Rounded up, and taken when the run decided, which may be a run's time ago.
  const slack = notes.excuse('minutes as the run decided', true) ? shadowOfRun / minute : 0;
  if (minutesLeft < expected || minutesLeft >= expected + 1 + slack)
    breach(`says ${minutesLeft} minutes left, the stored token ${expected.toFixed(1)}`);
}

/** An alert on its way, as a record has it. */
type Claim = { readonly alert: AlertFacts['state']; readonly claims: number; readonly at: string };

/** Judges an alert when it is claimed: whether it is one that on-call should get at all. */
export function judgeRecord(notes: Notebook, run: RunOfLambda | undefined, connection: string, text: string): void {
  const { claim, incident } = (parseObject(text) ?? {}) as { claim?: Claim; incident?: { code?: string } };
  const watch = notes.watch(connection);
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
  if (run === undefined || notes.excuse('claimed again', isAgain)) return;
  const code = incident?.code ?? '';
  if (claim.alert === 'escalated') judgeEscalation(notes, run, connection, code);
  if (claim.alert !== 'open') return;
  judgeWaking(notes, run, connection, code);
  // AWSCURRENT is read again before opening: if a good token was stored meanwhile, nothing is opened.
  const isFaultless = notes.world.isUsable(connection) && notes.world.document(connection)?.fault === undefined;
  const isUnseen = notes.now - watch.tokenStoredAt <= lookToClaim;
  if (notes.excuse('stored between the last look and the claim', isUnseen)) return;
  if (watch.tokenStoredAt > run.startedAt && isFaultless)
    notes.breach(3, connection, 'an incident was opened after a good token had been stored');
}

/** Nobody is woken for a fault that passes while the token lives. */
function judgeWaking(notes: Notebook, run: RunOfLambda, connection: string, code: string): void {
  const { life, left, isRefused } = notes.stored(connection);
  const isFar = left > life / 3 && life <= day;
  if (!passingCodes.includes(code) || !isFar) return;
  if (notes.excuse('woken for a dead token', isRefused)) return;
  // A run whose own write went through without an answer does not know of the new token.
  if (notes.excuse('woken beside a new token', notes.watch(connection).tokenStoredAt >= run.startedAt)) return;
  const minutes = (left / minute).toFixed(1);
  notes.breach(3, connection, `on-call was woken for ${code} with ${minutes} minutes of life left`);
}
