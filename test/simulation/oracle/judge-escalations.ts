import type { FactOf, RunOfLambda } from '../world/facts.ts';
import { day, type Notebook } from './notebook.ts';

/** From what passes by itself to what needs somebody. */
const urgencies: Record<string, number> = {
  zoho_unavailable: 0,
  unexpected_response: 0,
  secret_store_failed: 0,
  rate_limited: 1,
  setting_mismatch: 2,
};
/** Of what only a person can end. */
export const urgencyOfOperators = 3;

function urgencyOf(code: string): number {
  return urgencies[code] ?? urgencyOfOperators;
}

/**
 * One escalation for each line that the stored token crosses, a sixth of its life and its end, and one for each turn to
 * a kind of failure that needs a person sooner; judged when it is claimed.
 */
export function judgeEscalation(notes: Notebook, run: RunOfLambda, connection: string, code: string): void {
  const { worstTold, tokenStoredAt } = notes.watch(connection);
  const { version, life, left } = notes.stored(connection);
  const lineTold = worstTold.version === version ? worstTold.line : 0;
  const hasCrossed = lineNow(notes, connection) > lineTold;
  const urgency = urgencyOf(code);
  const hasTurned = urgency >= 2 && urgency > worstTold.urgency;
  // Who knows of a wrong setting alone does not know that the token is dying.
  const isNewsOfEnd = worstTold.urgency === urgencies.setting_mismatch && urgency < 2 && !(left > life / 3);
  if (hasCrossed || hasTurned) return;
  // A run whose own write went through without an answer does not know of the new token.
  if (notes.excuse('escalated beside a new token', tokenStoredAt >= run.startedAt)) return;
  if (notes.excuse('dying token after a wrong setting', isNewsOfEnd)) return;
  notes.breach(3, connection, `"escalated" for ${code}, and nothing had got worse since on-call was told`);
}

/**
 * Takes note of what on-call knows by an alert.
 *
 * @param isRepeat - Whether it is told once more as nobody could say that it was: the words of now stand for both.
 */
export function noteTold(notes: Notebook, { run, alert }: FactOf<'published'>, isRepeat: boolean): void {
  const watch = notes.watch(alert.connection);
  const { urgency, sureUrgency } = watch.worstTold;
  const isSure = watch.tokenStoredAt < run.startedAt;
  const before = notes.excuse('words of a repeat', isRepeat) ? sureUrgency : urgency;
  watch.worstTold = {
    version: isSure ? notes.stored(alert.connection).version : undefined,
    line: alert.minutes_left === 0 ? 2 : alert.severity === 'critical' ? 1 : 0,
    urgency: Math.max(before, urgencyOf(alert.code)),
    sureUrgency,
  };
}

/** The last line that the stored token has crossed. */
function lineNow(notes: Notebook, connection: string): number {
  const { life, left, isRefused } = notes.stored(connection);
  if (!(left > 0) || life > day || isRefused) return 2;
  return left <= life / 6 ? 1 : 0;
}
