import { parseObject } from '../../../lambda/parse-object.ts';
import type { Fact, FactOf } from '../world/facts.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { judgePublished, judgeRecord } from './alerts.ts';
import { hearOfCredentials, hearProbeAnswer, hearStoreFailure, hearTokenAnswer } from './hearing.ts';
import { judgeRequest, judgeWrite } from './limits.ts';
import { type Case, lifeOf, minute, Notebook } from './notebook.ts';
import { judgeRest, judgeRunEnd } from './ticks.ts';
import { judgeLoss, judgeStoredCredentials, judgeStoredToken } from './tokens.ts';

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
  const about = ({ run, connection }: Pick<FactOf<'place taken'>, 'run' | 'connection'>) =>
    notes.about(connection, run);
  const judges: { readonly [Kind in Fact['kind']]: (fact: FactOf<Kind>) => void } = {
    'run begins': ({ run }) => {
      notes.beginRun(run);
      if (run.kind !== 'tick') return;
      for (const { name } of world.connections.connections) {
        const of = notes.about(name, run);
        hearOfCredentials(of);
        judgeLoss(of);
      }
    },
    'run ends': (fact) => judgeRunEnd(notes, fact),
    'token request': ({ run, connection, refreshToken }) => {
      if (run !== undefined) judgeRequest(notes.about(connection, run), refreshToken);
    },
    'token answer': (fact) => hearTokenAnswer(about(fact), fact),
    'probe answer': (fact) => hearProbeAnswer(about(fact), fact),
    stored: (fact) => {
      if (fact.run !== undefined) noteStored(notes.about(fact.connection, fact.run), fact);
    },
    published: (fact) => {
      const { state, connection } = fact.alert;
      if (state !== 'test') judgePublished(notes.about(connection, fact.run), fact);
    },
    'publish failed': (fact) => {
      about(fact).deeds.publishFailed = true;
    },
    'store failed': (fact) => hearStoreFailure(about(fact), fact),
    'place taken': (fact) => {
      about(fact).deeds.recordFailed = false;
    },
    'stray call': ({ invariant, connection, what }) => notes.breach(invariant, connection, what),
    changed: ({ connection }) => Object.assign(notes.watch(connection), { quietTicks: 0, fixedAt: undefined }),
    // A human has put everything right: the next undisturbed tick must heal.
    fixed: ({ connection, keepsGrant }) => {
      const watch = notes.watch(connection);
      const isSilent = keepsGrant && watch.heard.has('throttle');
      if (!notes.excuse('throttle of the same refresh token', isSilent)) watch.fixedAt = world.time.now;
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

function noteStored(of: Case, fact: FactOf<'stored'>): void {
  const { watch, deeds } = of;
  const { secret, label, text, before, isRepeat } = fact;
  if (secret === 'credentials') {
    judgeStoredCredentials(of, text);
    return;
  }
  judgeWrite(of, fact);
  deeds.recordFailed = false;
  if (label === 'INCIDENT') {
    Object.assign(deeds, { writeFailed: false, hasRecordedSincePublishing: true });
    judgeRecord(of, text);
    return;
  }
  if (isRepeat) return;
  judgeStoredToken(of, fact);
  if (text === 'nothing stored yet') return;
  const { left } = lifeOf(parseObject(before ?? ''), of.now);
  if (left < 0) of.notes.longestLossMinutes = Math.max(of.notes.longestLossMinutes, -left / minute);
  watch.heard.clear();
  watch.tokenStoredAt = of.now;
}
