import type { Fact } from '../world/facts.ts';
import { hearOfCredentials } from './hearing.ts';
import { faultsOfAlert } from './judge-alert-words.ts';
import { noteTold } from './judge-escalations.ts';
import { hour, type Notebook } from './notebook.ts';
import { nothingTold } from './watch.ts';

/** Invariant 3: one incident, one open, one resolved; and every alert says what is so. */
export function judgePublished(notes: Notebook, fact: Fact & { kind: 'published' }): void {
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
  const isLate = state === 'resolved' && watch.owesOpen;
  const fits = state === 'open' ? watch.told === 'nothing' : watch.told === 'open' || isLate;
  watch.owesOpen = false;
  if (!fits && !isRepeat) {
    const standing = watch.told === 'open' ? 'the incident was open' : 'nothing was open';
    breach(`"${state}" was published while ${standing}`);
  }
  if (state === 'reminder') judgeReminder(notes, connection, isRepeat);
  hearOfCredentials(notes, connection);
  const faults = faultsOfAlert({
    alert,
    now: notes.now,
    watch,
    deeds,
    run,
    stored: notes.world.document(connection),
    refused: notes.refused,
    isRepeat,
  });
  for (const fault of faults) breach(fault);
  if (!/^(DO THIS|IF IT LASTS)|^Nothing to do/m.test(text)) breach('an alert does not say what to do');

  watch.told = state === 'resolved' ? 'nothing' : 'open';
  if (state === 'resolved' || (state === 'open' && !isRepeat)) watch.worstTold = nothingTold();
  if (state !== 'resolved') noteTold(notes, fact, isRepeat);
  if (alert.severity === 'critical') {
    watch.criticalAbout = notes.world.document(connection)?.access_token;
  }
  watch.lastAlertAt = notes.now;
  watch.lastCode = alert.code;
  deeds.published.push(state);
  deeds.hasRecordedSincePublishing = false;
  if (!isAnswered || run.isKilled) watch.mayRepeat.add(state);
}

function judgeReminder(notes: Notebook, connection: string, isRepeat: boolean): void {
  const { now } = notes;
  const watch = notes.watch(connection);
  const wasHindered = notes.world.disturbances
    .between(connection, now - 13 * hour, now)
    .some(({ what }) => ['aws fault', 'sns fault', 'crash', 'schedule'].includes(what));
  if (!isRepeat && !wasHindered && now - watch.lastReminderAt < 5 * hour) {
    notes.breach(3, connection, 'two reminders within five hours');
  }
  watch.lastReminderAt = now;
}
