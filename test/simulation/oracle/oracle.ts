import { parseObject } from '../../../lambda/parse-object.ts';
import type { Fact, FactOf } from '../world/facts.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { hearOfCredentials, hearProbeAnswer, hearStoreFailure, hearTokenAnswer } from './hearing.ts';
import { judgePublished, judgeRecord } from './judge-alerts.ts';
import { judgeRequest, judgeWrite } from './judge-limits.ts';
import { judgeRest, judgeRunEnd } from './judge-runs.ts';
import { judgeLoss, judgeStoredCredentials, judgeStoredToken } from './judge-tokens.ts';
import { lifeOf, minute, Notebook } from './notebook.ts';

/**
 * Watches the simulated world and says where an invariant is broken.
 *
 * It knows the truth (what is live at Zoho, which faults are on) and what is observable from outside, and shares no
 * decision with the code that it judges: its rules are the design's sentences, written down a second time.
 *
 * @param without - An excuse that does not count, by its name.
 */
export function createOracle(world: SimulatedWorld, tickInterval: number, without?: string) {
  const notes = new Notebook(world, tickInterval, without);
  const judges: { readonly [Kind in Fact['kind']]: (fact: FactOf<Kind>) => void } = {
    'run begins': ({ run }) => {
      notes.beginRun(run);
      if (run.kind !== 'tick') return;
      for (const { name } of world.connections.connections) {
        hearOfCredentials(notes, name);
        judgeLoss(notes, name);
      }
    },
    'run ends': (fact) => judgeRunEnd(notes, fact),
    'token request': (fact) => judgeRequest(notes, fact),
    'token answer': (fact) => hearTokenAnswer(notes, fact),
    'probe answer': (fact) => hearProbeAnswer(notes, fact),
    stored: (fact) => noteStored(notes, fact),
    published: (fact) => judgePublished(notes, fact),
    'publish failed': ({ run, connection }) => {
      notes.deedsOf(run, connection).publishFailed = true;
    },
    'store failed': (fact) => hearStoreFailure(notes, fact),
    'place taken': ({ run, connection }) => {
      notes.deedsOf(run, connection).recordFailed = false;
    },
    'stray call': ({ invariant, connection, what }) => notes.breach(invariant, connection, what),
    changed: ({ connection }) => Object.assign(notes.watch(connection), { quietTicks: 0, fixedAt: undefined }),
    // A human has put everything right: the next undisturbed tick must heal.
    fixed: ({ connection, keepsGrant }) => {
      const watch = notes.watch(connection);
      const isSilent = keepsGrant && watch.heard.has('throttle');
      if (!notes.excuse('throttle of the same refresh token', isSilent)) watch.fixedAt = notes.now;
    },
    'tick not delivered': () => {},
  };
  return {
    notes,
    /** Takes note of what happened, and judges it. */
    observe: (fact: Fact): void => (judges[fact.kind] as (fact: Fact) => void)(fact),
    /** After two hours without any disturbance nothing may be left of what was. */
    judgeRest: () => judgeRest(notes),
  };
}

function noteStored(notes: Notebook, fact: FactOf<'stored'>): void {
  const { run, connection, secret, label, text, before, isRepeat } = fact;
  if (secret === 'credentials') {
    judgeStoredCredentials(notes, fact);
    return;
  }
  judgeWrite(notes, fact);
  const deeds = run && notes.deedsOf(run, connection);
  if (deeds !== undefined) deeds.recordFailed = false;
  if (label === 'INCIDENT') {
    if (deeds !== undefined) Object.assign(deeds, { writeFailed: false, hasRecordedSincePublishing: true });
    judgeRecord(notes, run, connection, text);
    return;
  }
  if (run === undefined || isRepeat) return;
  judgeStoredToken(notes, fact);
  if (text === 'nothing stored yet') return;
  const { left } = lifeOf(parseObject(before ?? ''), notes.now);
  if (left < 0) notes.longestLossMinutes = Math.max(notes.longestLossMinutes, -left / minute);
  const watch = notes.watch(connection);
  watch.heard.clear();
  watch.tokenStoredAt = notes.now;
}
