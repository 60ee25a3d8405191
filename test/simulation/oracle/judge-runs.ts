import { parseJson } from '../parse-json.ts';
import type { Fact } from '../world/facts.ts';
import { judgeSilence, judgeThrow } from './judge-outputs.ts';
import { judgeTick } from './judge-ticks.ts';
import { judgeNewRefreshToken } from './judge-tokens.ts';
import type { Notebook } from './notebook.ts';
import { isGood } from './truth.ts';

type End = Fact & { kind: 'run ends' };

/** A run is over, or was killed: what did it leave undone? */
export function judgeRunEnd(notes: Notebook, end: End): void {
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
    if (run.kind === 'tick') {
      judgeSilence(notes, end, connection.name);
      judgeTick(notes, end, connection);
    } else {
      // What an app or an operator causes is no disturbance, but a token request may hold the next tick back.
      notes.watch(connection.name).quietTicks = 0;
    }
  }
}

/** After two hours without any disturbance nothing may be left of what was. */
export function judgeRest(notes: Notebook): void {
  const { world } = notes;
  for (const connection of world.connections.connections) {
    const { name } = connection;
    if (!isGood(world, connection)) notes.breach(6, name, 'no good token after two quiet hours');
    if (notes.watch(name).told === 'open') notes.breach(3, name, 'the incident was never resolved');
    const record = parseJson(world.read(name, 'token', 'INCIDENT'));
    if (record !== undefined && record.state !== 'closed') {
      notes.breach(3, name, `the record says "${record.state}" after two quiet hours`);
    }
  }
}
