import type { RunOfLambda } from '../world/facts.ts';
import { type Notebook, shadowOfRun } from './notebook.ts';

/** What changes how things are, once, and disturbs nothing after that. */
const changes = ['grant', 'hand', 'deploy'];

/** Whether the run could tell whatever it had to tell: only Zoho may have been in disorder. */
export function isHearable(notes: Notebook, run: RunOfLambda, name: string): boolean {
  const disturbing = notes.world.disturbances
    .between(name, run.startedAt - 2 * notes.tickInterval, run.endedAt ?? notes.now)
    .filter(({ what }) => ['aws fault', 'sns fault', 'crash', 'schedule'].includes(what));
  return notes.isAlone(run) && disturbing.length === 0;
}

/** Whether nothing but the connection itself can have kept the run from what it should do. */
export function isQuiet(notes: Notebook, run: RunOfLambda, name: string): boolean {
  const disturbing = notes.world.disturbances
    .between(name, run.startedAt - shadowOfRun, run.endedAt ?? notes.now)
    .filter(({ what, from }) => !(changes.includes(what) && from < run.startedAt))
    .filter(({ what }) => what !== 'schedule');
  return notes.isAlone(run) && disturbing.length === 0 && (run.faultsMet.get(name) ?? []).length === 0;
}

/** Whether nothing has gone wrong since a human's fix. */
export function isUndisturbedSince(
  notes: Notebook,
  fixedAt: number,
  run: RunOfLambda,
  name: string,
): boolean {
  return notes.world.disturbances
    .between(name, fixedAt, run.endedAt ?? notes.now)
    .every(({ what, from }) => what === 'schedule' || (changes.includes(what) && from <= fixedAt));
}

/** Whether the stored token is dead at Zoho although its life is not over, and no probe has said so. */
export function isUnnoticed(notes: Notebook, name: string): boolean {
  const document = notes.world.document(name);
  const isOver = Date.parse(String(document?.expires_at)) <= notes.now;
  const finder = notes.refused.get(String(document?.access_token));
  const isFound = finder !== undefined && !finder.isKilled && !notes.deedsOf(finder, name).recordFailed;
  return !isOver && !notes.world.isUsable(name) && !isFound;
}
