import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf } from '../world/facts.ts';
import { urgencyOfOperators } from './alerts.ts';
import { type Case, day, hour, lifeOf, minute, type Notebook, second, shadowOfRun } from './notebook.ts';
import { judgeNewRefreshToken } from './tokens.ts';
import { isGood, isNotSetUp, truthAbout } from './truth.ts';

/** Undisturbed ticks after which nothing is excused: the longest wait of the table, and a probe. */
const manyTicks = 14;
/** What changes how things are, once, and disturbs nothing after that. */
const changes = ['grant', 'hand', 'deploy'];

type End = FactOf<'run ends'>;

/** A run is over, or was killed: what did it leave undone? */
export function judgeRunEnd(notes: Notebook, end: End): void {
  const { run, error } = end;
  const { connections } = notes.world.connections;
  for (const connection of connections) {
    const of = notes.about(connection.name, run);
    const { published, hasRecordedSincePublishing } = of.deeds;
    const last = published.at(-1);
    if (last !== undefined && !hasRecordedSincePublishing) of.watch.mayRepeat.add(last);
    if (!run.isKilled) judgeNewRefreshToken(of);
    // What an app or an operator causes is no disturbance, but a token request may hold the next tick back.
    if (run.isKilled || run.kind !== 'tick') of.watch.quietTicks = 0;
    else judgeTick(of, end, connection);
  }
  if (!run.isKilled && error !== undefined) judgeThrow(notes, run, error.message);
}

/** What a run may throw for: only what somebody would otherwise not hear of. */
function judgeThrow(notes: Notebook, run: End['run'], message: string): void {
  // An operator, or a test alert that SNS refuses, is to be heard of; an app must not be able to page anybody.
  const { reason } = run.event as { reason?: string };
  if (run.kind === 'on demand' && reason === 'unauthorized') notes.breach(7, '', `a call on demand threw: ${message}`);
  if (message.includes('unexpected fault')) notes.breach(7, '', message);
  const isOwed = notes.excuse('throws until an alert is out', message.includes('still not published'));
  if (run.faultsMet.size === 0 && !isOwed) notes.breach(7, '', `a run threw without any fault: ${message}`);
}

/** What a tick must have done for a connection by the time it ends: invariants 2, 3, 6 and 7. */
function judgeTick(of: Case, end: End, connection: Connection): void {
  const { run, error } = end;
  const { watch, deeds, name } = of;
  if ((deeds.publishFailed || deeds.recordFailed) && deeds.published.length === 0 && error === undefined)
    of.breach(7, 'an alert or a record could not be written, and the run did not fail');
  const isBeside = of.excuse('telling beside another run', !of.isAlone());
  // What could not be recorded is alerted by the next tick.
  const isUnrecorded = of.excuse('telling under a fault of AWS', run.faultsMet.has(`aws ${name}`));
  if (!isBeside && !isUnrecorded && !of.excuse('not set up yet', isNotSetUp(of.world, name))) {
    judgeTelling(of, error);
    judgeUrgency(of, error);
  }
  if (isDisturbed(of)) {
    watch.quietTicks = 0;
    return;
  }
  // A tick counts once, however often it is delivered: what waits, waits for time to pass.
  const slot = (run.event as { scheduled_time?: string }).scheduled_time;
  if (watch.quietTicks === 0 || slot !== watch.quietSlot) watch.quietTicks += 1;
  watch.quietSlot = slot;
  judgeOutputs(of, end);
  const truth = truthAbout(of.world, connection);
  if (truth === 'ok') judgeHealing(of, error, isGood(of.world, connection));
  else judgeWaiting(of, truth, error);
}

/** Whether something but the connection itself can have kept the run from what it should do. */
function isDisturbed(of: Case): boolean {
  const { startedAt } = of.run;
  const disturbing = of
    .disturbedSince(startedAt - shadowOfRun)
    .filter(({ what, from }) => !(changes.includes(what) && from < startedAt) && what !== 'schedule');
  return of.excuse('tick beside another run', !of.isAlone()) || of.excuse('disturbed tick', disturbing.length > 0);
}

/** If only a person can end a failure, on-call is alerted at once, even if it knows of a lesser one. */
function judgeTelling(of: Case, error: End['error']): void {
  const { told, worstTold } = of.watch;
  if (of.deeds.hears !== 'operator') return;
  if (of.excuse('the run failed in place of an alert', error?.message.includes(`${of.name}:`) === true)) return;
  if (told === 'nothing') of.breach(3, 'Zoho refused for a reason that a person must end, and nobody was alerted');
  else if (worstTold.urgency < urgencyOfOperators)
    of.breach(3, 'a lesser fault has turned into one that a person must end, and nobody was alerted');
}

/** On-call hears in time: of a failing refresh at a third of the life, critically at a sixth and at its end. */
function judgeUrgency(of: Case, error: End['error']): void {
  if (of.excuse('the run failed in place of a warning', error !== undefined)) return;
  const { told, criticalAbout } = of.watch;
  const { document } = of.stored;
  const { life, left: rest } = lifeOf(document, of.run.startedAt);
  const left = life <= day ? Math.max(0, rest) : 0;
  const share = Number.isFinite(left / life) ? left / life : 0;
  const shown = `${(left / minute).toFixed(1)} minutes left`;
  if (share <= 1 / 3 && told === 'nothing') of.breach(3, `${shown}, no new token, and nobody was alerted`);
  if (share <= 1 / 6 && told === 'open' && criticalAbout !== document?.access_token)
    of.breach(3, `open with ${shown}, and never critical`);
}

/** Invariant 7: the metric that the alarm on life left watches is there, and it and the answer say what is stored. */
function judgeOutputs(of: Case, { answer, lines }: End): void {
  const { document, isRefused, life, left: rest } = of.stored;
  const expiresAt = document?.expires_at;
  const { connections = [] } = (answer ?? {}) as { connections?: { connection: string; expires_at: string | null }[] };
  const result = connections.find(({ connection }) => connection === of.name);
  if (answer !== undefined && typeof expiresAt === 'string' && result?.expires_at !== expiresAt)
    of.breach(7, `the answer says expires_at ${result?.expires_at}, stored is ${expiresAt}`);
  const metrics = lines.filter((line) => line.includes('"_aws"')).map(parseObject);
  const seconds = metrics.find((line) => line?.Connection === of.name)?.SecondsToExpiry;
  if (typeof seconds !== 'number') {
    of.breach(7, 'a tick wrote no SecondsToExpiry');
    return;
  }
  const isNothing = document?.access_token === undefined || life > day || !(rest > 0);
  const expected = isNothing ? 0 : Math.floor(rest / second);
  // A connection's metrics are written when it is done, which may be long before the run is.
  const slack = of.excuse('metrics of before the end', true) ? (of.now - of.run.startedAt) / second : 0;
  const isShort = seconds < expected - 2 && !of.excuse('metrics of a refused token', isRefused);
  if (seconds > expected + slack + 1 || isShort)
    of.breach(7, `SecondsToExpiry says ${seconds}, the stored token says ${expected}`);
}

/** Nothing stands in the way of a good token. */
function judgeHealing(of: Case, error: End['error'], hasGood: boolean): void {
  const { watch } = of;
  const { fixedAt } = watch;
  if (fixedAt !== undefined && of.run.startedAt >= fixedAt) {
    watch.fixedAt = undefined;
    if (!judgeFix(of, error, fixedAt, hasGood)) return;
  }
  const isPassing = [...watch.heard].every((heard) => heard === 'transient' || heard === 'issued');
  if (!of.world.isUsable(of.name) && isPassing && watch.heard.has('transient'))
    of.breach(2, 'a passing fault is over, and the next undisturbed tick did not heal');
  const shown = `after ${watch.quietTicks} undisturbed ticks`;
  if (watch.quietTicks < manyTicks) return;
  if (!hasGood) of.breach(6, `no good token ${shown}`);
  if (watch.told === 'open') of.breach(3, `still open ${shown}`);
}

/** The first undisturbed tick after a person's fix heals, and resolves; returns whether it could. */
function judgeFix(of: Case, error: End['error'], fixedAt: number, hasGood: boolean): boolean {
  const { told, lastCode } = of.watch;
  const isTouched = of
    .disturbedSince(fixedAt)
    .some(({ what, from }) => what !== 'schedule' && !(changes.includes(what) && from <= fixedAt));
  if (of.excuse('disturbed since the fix', isTouched)) return false;
  // A token that died before anybody noticed is found by the next probe, not by this tick.
  if (of.excuse('dead token that nobody noticed', isUnnoticed(of))) return false;
  if (!hasGood) of.breach(6, 'the first undisturbed tick after a fix did not heal');
  else if (
    told === 'open' &&
    !of.excuse('a setting is looked at later', lastCode === 'setting_mismatch') &&
    !of.excuse('the run failed in place of resolved', error?.message.includes(`${of.name}:`) === true)
  )
    of.breach(6, 'healed, but not resolved on the same tick');
  return true;
}

/** Whether the stored token is dead at Zoho although its life is not over, and no probe has said so. */
function isUnnoticed({ notes, world, now, name, stored }: Case): boolean {
  const finder = notes.refused.get(String(stored.document?.access_token));
  const isFound = finder !== undefined && !finder.isKilled && !notes.deedsOf(finder, name).recordFailed;
  return !(stored.expiresAt <= now) && !world.isUsable(name) && !isFound;
}

/** A person has to act, and knows. */
function judgeWaiting(of: Case, truth: string, error: End['error']): void {
  const { told, quietTicks, lastAlertAt } = of.watch;
  if (told === 'nothing') {
    if (quietTicks >= manyTicks && !isNotSetUp(of.world, of.name))
      of.breach(3, `${truth}, and nobody was alerted in ${quietTicks} undisturbed ticks`);
    return;
  }
  if (of.now - lastAlertAt <= 6 * hour + 2 * of.notes.tickInterval) return;
  if (of.excuse('reminder after too few quiet ticks', quietTicks < 3)) return;
  if (of.excuse('the run failed in place of a reminder', error !== undefined)) return;
  of.breach(3, 'open for more than six hours without a reminder');
}

/** After two hours without any disturbance nothing may be left of what was. */
export function judgeRest(notes: Notebook): void {
  const { world } = notes;
  for (const connection of world.connections.connections) {
    const { name } = connection;
    if (!isGood(world, connection)) notes.breach(6, name, 'no good token after two quiet hours');
    if (notes.watch(name).told === 'open') notes.breach(3, name, 'the incident was never resolved');
    const record = parseObject(world.read(name, 'token', 'INCIDENT') ?? '');
    if (record !== undefined && record.state !== 'closed')
      notes.breach(3, name, `the record says "${record.state}" after two quiet hours`);
  }
}
