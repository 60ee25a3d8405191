import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf, RunOfLambda } from '../world/facts.ts';
import { hasMetAws } from '../world/world-faults.ts';
import { urgencyOfOperators } from './judge-escalations.ts';
import { day, hour, lifeOf, minute, type Notebook, second, shadowOfRun } from './notebook.ts';
import { isGood, isNotSetUp, truthAbout } from './truth.ts';

/** Undisturbed ticks after which nothing is excused: the longest wait of the table, and a probe. */
const manyTicks = 14;
/** What changes how things are, once, and disturbs nothing after that. */
const changes = ['grant', 'hand', 'deploy'];

type End = FactOf<'run ends'>;

/** What a tick must have done for a connection by the time it ends: invariants 2, 3, 6 and 7. */
export function judgeTick(notes: Notebook, end: End, connection: Connection): void {
  const { run, error } = end;
  const { name } = connection;
  const watch = notes.watch(name);
  const isBeside = notes.excuse('telling beside another run', !notes.isAlone(run));
  // What could not be recorded is told by the next tick.
  const isUnrecorded = notes.excuse('telling under a fault of AWS', hasMetAws(run, name));
  if (!isBeside && !isUnrecorded && !notes.excuse('not set up yet', isNotSetUp(notes.world, name))) {
    judgeTelling(notes, run, name, error);
    judgeUrgency(notes, run, name, error);
  }
  if (isDisturbed(notes, run, name)) {
    watch.quietTicks = 0;
    return;
  }
  // A tick counts once, however often it is delivered: what waits, waits for time to pass.
  const slot = (run.event as { scheduled_time?: string }).scheduled_time;
  if (watch.quietTicks === 0 || slot !== watch.quietSlot) watch.quietTicks += 1;
  watch.quietSlot = slot;
  judgeOutputs(notes, end, name);
  const truth = truthAbout(notes.world, connection);
  if (truth === 'ok') judgeHealing(notes, end, connection);
  else judgeWaiting(notes, name, truth, error);
}

/** Whether something but the connection itself can have kept the run from what it should do. */
function isDisturbed(notes: Notebook, run: RunOfLambda, name: string): boolean {
  const disturbing = notes
    .disturbedSince(run.startedAt - shadowOfRun, run, name)
    .filter(({ what, from }) => !(changes.includes(what) && from < run.startedAt) && what !== 'schedule');
  return (
    notes.excuse('tick beside another run', !notes.isAlone(run)) ||
    notes.excuse('disturbed tick', disturbing.length > 0)
  );
}

/** If only a person can end a failure, one is told at once, also if on-call knows of a lesser one. */
function judgeTelling(notes: Notebook, run: RunOfLambda, name: string, error: End['error']): void {
  const { told, worstTold } = notes.watch(name);
  if (notes.deedsOf(run, name).hears !== 'operator') return;
  if (notes.excuse('the run failed in place of an alert', error?.message.includes(`${name}:`) === true)) return;
  if (told === 'nothing')
    notes.breach(3, name, 'Zoho refused for a reason that a person must end, and nobody was told');
  else if (worstTold.urgency < urgencyOfOperators)
    notes.breach(3, name, 'a lesser fault has turned into one that a person must end, and nobody was told');
}

/** On-call hears in time: of a failing refresh at a third of the life, critically at a sixth and at its end. */
function judgeUrgency(notes: Notebook, run: RunOfLambda, name: string, error: End['error']): void {
  if (notes.excuse('the run failed in place of a warning', error !== undefined)) return;
  const { told, criticalAbout } = notes.watch(name);
  const document = notes.world.document(name);
  const { life, left: rest } = lifeOf(document, run.startedAt);
  const left = life <= day ? Math.max(0, rest) : 0;
  const share = Number.isFinite(left / life) ? left / life : 0;
  const shown = `${(left / minute).toFixed(1)} minutes left`;
  if (share <= 1 / 3 && told === 'nothing') notes.breach(3, name, `${shown}, no new token, and nobody was told`);
  if (share <= 1 / 6 && told === 'open' && criticalAbout !== document?.access_token)
    notes.breach(3, name, `open with ${shown}, and never critical`);
}

/** Invariant 7: the metric that the alarm on life left watches is there, and it and the answer say what is stored. */
function judgeOutputs(notes: Notebook, { run, answer, lines }: End, name: string): void {
  const { document, isRefused, life, left: rest } = notes.stored(name);
  const expiresAt = document?.expires_at;
  const { connections = [] } = (answer ?? {}) as { connections?: { connection: string; expires_at: string | null }[] };
  const result = connections.find(({ connection }) => connection === name);
  if (answer !== undefined && typeof expiresAt === 'string' && result?.expires_at !== expiresAt)
    notes.breach(7, name, `the answer says expires_at ${result?.expires_at}, stored is ${expiresAt}`);
  const metrics = lines.filter((line) => line.includes('"_aws"')).map(parseObject);
  const seconds = metrics.find((line) => line?.Connection === name)?.SecondsToExpiry;
  if (typeof seconds !== 'number') {
    notes.breach(7, name, 'a tick wrote no SecondsToExpiry');
    return;
  }
  const isNothing = document?.access_token === undefined || life > day || !(rest > 0);
  const expected = isNothing ? 0 : Math.floor(rest / second);
  // A connection's metrics are written when it is done, which may be long before the run is.
  const slack = notes.excuse('metrics of before the end', true) ? (notes.now - run.startedAt) / second : 0;
  const isShort = seconds < expected - 2 && !notes.excuse('metrics of a refused token', isRefused);
  if (seconds > expected + slack + 1 || isShort)
    notes.breach(7, name, `SecondsToExpiry says ${seconds}, the stored token says ${expected}`);
}

/** Nothing stands in the way of a good token. */
function judgeHealing(notes: Notebook, end: End, connection: Connection): void {
  const { name } = connection;
  const watch = notes.watch(name);
  const hasGood = isGood(notes.world, connection);
  if (watch.fixedAt !== undefined && end.run.startedAt >= watch.fixedAt) {
    const { fixedAt } = watch;
    watch.fixedAt = undefined;
    if (!judgeFix(notes, end, name, fixedAt, hasGood)) return;
  }
  const isPassing = [...watch.heard].every((heard) => heard === 'transient' || heard === 'issued');
  if (!notes.world.isUsable(name) && isPassing && watch.heard.has('transient'))
    notes.breach(2, name, 'a passing fault is over, and the next undisturbed tick did not heal');
  const shown = `after ${watch.quietTicks} undisturbed ticks`;
  if (watch.quietTicks < manyTicks) return;
  if (!hasGood) notes.breach(6, name, `no good token ${shown}`);
  if (watch.told === 'open') notes.breach(3, name, `still open ${shown}`);
}

/** The first undisturbed tick after a person's fix heals, and resolves; returns whether it could. */
function judgeFix(notes: Notebook, { run, error }: End, name: string, fixedAt: number, hasGood: boolean): boolean {
  const { told, lastCode } = notes.watch(name);
  const isTouched = notes
    .disturbedSince(fixedAt, run, name)
    .some(({ what, from }) => what !== 'schedule' && !(changes.includes(what) && from <= fixedAt));
  if (notes.excuse('disturbed since the fix', isTouched)) return false;
  // A token that died before anybody noticed is found by the next probe, not by this tick.
  if (notes.excuse('dead token that nobody noticed', isUnnoticed(notes, name))) return false;
  if (!hasGood) notes.breach(6, name, 'the first undisturbed tick after a fix did not heal');
  else if (
    told === 'open' &&
    !notes.excuse('a setting is looked at later', lastCode === 'setting_mismatch') &&
    !notes.excuse('the run failed in place of resolved', error?.message.includes(`${name}:`) === true)
  )
    notes.breach(6, name, 'healed, but not resolved on the same tick');
  return true;
}

/** Whether the stored token is dead at Zoho although its life is not over, and no probe has said so. */
function isUnnoticed(notes: Notebook, name: string): boolean {
  const document = notes.world.document(name);
  const isOver = Date.parse(String(document?.expires_at)) <= notes.now;
  const finder = notes.refused.get(String(document?.access_token));
  const isFound = finder !== undefined && !finder.isKilled && !notes.deedsOf(finder, name).recordFailed;
  return !isOver && !notes.world.isUsable(name) && !isFound;
}

/** A person has to act, and knows. */
function judgeWaiting(notes: Notebook, name: string, truth: string, error: End['error']): void {
  const { told, quietTicks, lastAlertAt } = notes.watch(name);
  if (told === 'nothing') {
    if (quietTicks >= manyTicks && !isNotSetUp(notes.world, name))
      notes.breach(3, name, `${truth}, and nobody was told in ${quietTicks} undisturbed ticks`);
    return;
  }
  if (notes.now - lastAlertAt <= 6 * hour + 2 * notes.tickInterval) return;
  if (notes.excuse('reminder after too few quiet ticks', quietTicks < 3)) return;
  if (notes.excuse('the run failed in place of a reminder', error !== undefined)) return;
  notes.breach(3, name, 'open for more than six hours without a reminder');
}
