import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { Fact, RunOfLambda } from '../world/facts.ts';
import { hasMetAws } from '../world/world-faults.ts';
import { urgencyOfOperators } from './judge-escalations.ts';
import { judgeOutputs } from './judge-outputs.ts';
import { day, hour, lifeOf, minute, type Notebook, shadowOfRun } from './notebook.ts';
import { isGood, isNotSetUp, truthAbout } from './truth.ts';
import type { Watch } from './watch.ts';

/** Undisturbed ticks after which nothing is excused: the longest wait of the table, and a probe. */
const manyTicks = 14;
/** What changes how things are, once, and disturbs nothing after that. */
const changes = ['grant', 'hand', 'deploy'];

type End = Fact & { kind: 'run ends' };

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
  countQuietTick(watch, run);
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

/** Counts a tick once, however often it is delivered: what waits, waits for time to pass. */
function countQuietTick(watch: Watch, { event }: RunOfLambda): void {
  const slot = (event as { scheduled_time?: string }).scheduled_time;
  if (watch.quietTicks === 0 || slot !== watch.quietSlot) watch.quietTicks += 1;
  watch.quietSlot = slot;
}

/** If only a person can end a failure, one is told at once, also if on-call knows of a lesser one. */
function judgeTelling(notes: Notebook, run: RunOfLambda, name: string, error: End['error']): void {
  const { told, worstTold } = notes.watch(name);
  if (notes.deedsOf(run, name).hears !== 'operator') return;
  if (notes.excuse('the run failed in place of an alert', error?.message.includes(`${name}:`) === true)) return;
  if (told === 'nothing') {
    notes.breach(3, name, 'Zoho refused for a reason that a person must end, and nobody was told');
  } else if (worstTold.urgency < urgencyOfOperators) {
    notes.breach(3, name, 'a lesser fault has turned into one that a person must end, and nobody was told');
  }
}

/** On-call hears in time: of a failing refresh at a third of the life, critically at a sixth and at its end. */
function judgeUrgency(notes: Notebook, run: RunOfLambda, name: string, error: End['error']): void {
  if (notes.excuse('the run failed in place of a warning', error !== undefined)) return;
  const watch = notes.watch(name);
  const document = notes.world.document(name);
  const { life, left: rest } = lifeOf(document, run.startedAt);
  const left = life <= day ? Math.max(0, rest) : 0;
  const share = Number.isFinite(left / life) ? left / life : 0;
  const shown = `${(left / minute).toFixed(1)} minutes left`;
  if (share <= 1 / 3 && watch.told === 'nothing') {
    notes.breach(3, name, `${shown}, no new token, and nobody was told`);
  }
  if (share <= 1 / 6 && watch.told === 'open' && watch.criticalAbout !== document?.access_token) {
    notes.breach(3, name, `open with ${shown}, and never critical`);
  }
}

/** Nothing stands in the way of a good token. */
function judgeHealing(notes: Notebook, { run, error }: End, connection: Connection): void {
  const { name } = connection;
  const watch = notes.watch(name);
  const hasGood = isGood(notes.world, connection);
  if (watch.fixedAt !== undefined && run.startedAt >= watch.fixedAt) {
    const isTouched = notes
      .disturbedSince(watch.fixedAt, run, name)
      .some(({ what, from }) => what !== 'schedule' && !(changes.includes(what) && from <= (watch.fixedAt ?? 0)));
    watch.fixedAt = undefined;
    if (notes.excuse('disturbed since the fix', isTouched)) return;
    // A token that died before anybody noticed is found by the next probe, not by this tick.
    if (notes.excuse('dead token that nobody noticed', isUnnoticed(notes, name))) return;
    if (!hasGood) notes.breach(6, name, 'the first undisturbed tick after a fix did not heal');
    else if (
      watch.told === 'open' &&
      !notes.excuse('a setting is looked at later', watch.lastCode === 'setting_mismatch') &&
      !notes.excuse('the run failed in place of resolved', error?.message.includes(`${name}:`) === true)
    )
      notes.breach(6, name, 'healed, but not resolved on the same tick');
  }
  const isPassing = [...watch.heard].every((heard) => heard === 'transient' || heard === 'issued');
  if (!notes.world.isUsable(name) && isPassing && watch.heard.has('transient')) {
    notes.breach(2, name, 'a passing fault is over, and the next undisturbed tick did not heal');
  }
  const shown = `after ${watch.quietTicks} undisturbed ticks`;
  if (watch.quietTicks < manyTicks) return;
  if (!hasGood) notes.breach(6, name, `no good token ${shown}`);
  if (watch.told === 'open') notes.breach(3, name, `still open ${shown}`);
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
