import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf, RunOfLambda } from '../world/facts.ts';
import { judgeTick } from './judge-ticks.ts';
import { judgeNewRefreshToken } from './judge-tokens.ts';
import type { Notebook } from './notebook.ts';
import { isGood } from './truth.ts';

/** A run is over, or was killed: what did it leave undone? */
export function judgeRunEnd(notes: Notebook, end: FactOf<'run ends'>): void {
  const { run, error } = end;
  const { connections } = notes.world.connections;
  for (const { name } of connections) {
    const { published, hasRecordedSincePublishing } = notes.deedsOf(run, name);
    const last = published.at(-1);
    if (last !== undefined && !hasRecordedSincePublishing) notes.watch(name).mayRepeat.add(last);
    if (run.isKilled) notes.watch(name).quietTicks = 0;
    else judgeNewRefreshToken(notes, run, name);
  }
  if (run.isKilled) return;
  if (error !== undefined) judgeThrow(notes, run, error.message);
  for (const connection of connections) {
    const { name } = connection;
    // What an app or an operator causes is no disturbance, but a token request may hold the next tick back.
    if (run.kind !== 'tick') notes.watch(name).quietTicks = 0;
    else {
      const { publishFailed, recordFailed, published } = notes.deedsOf(run, name);
      if ((publishFailed || recordFailed) && published.length === 0 && error === undefined)
        notes.breach(7, name, 'an alert or a record could not be written, and the run did not fail');
      judgeTick(notes, end, connection);
    }
  }
}

/** What a run may throw for: only what somebody would otherwise not hear of. */
function judgeThrow(notes: Notebook, run: RunOfLambda, message: string): void {
  // An operator, or a test alert that SNS refuses, is to be heard of; an app must not be able to page anybody.
  const { reason } = run.event as { reason?: string };
  if (run.kind === 'on demand' && reason === 'unauthorized') notes.breach(7, '', `a call on demand threw: ${message}`);
  if (message.includes('unexpected fault')) notes.breach(7, '', message);
  const isOwed = notes.excuse('throws until an alert is out', message.includes('still not published'));
  if (run.faultsMet.size === 0 && !isOwed) notes.breach(7, '', `a run threw without any fault: ${message}`);
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
