import { parseJson } from '../parse-json.ts';
import type { AlertFacts, RunOfLambda } from '../world/facts.ts';
import { judgeEscalation } from './judge-escalations.ts';
import { hour, lifeOf, minute, type Notebook, second, shadowOfRun } from './notebook.ts';

/** An alert on its way, as a record has it. */
type Claim = { readonly alert: AlertFacts['state']; readonly claims: number; readonly at: string };

/** Codes on which nobody need act, unless they last. */
const passingCodes = ['zoho_unavailable', 'unexpected_response', 'rate_limited', 'secret_store_failed'];

/** From a run's last look at AWSCURRENT to its claim: two calls, unless Secrets Manager throttles the write. */
const lookToClaim = 1 * second;

/** Judges an alert when it is claimed: whether it is one that on-call should get at all. */
export function judgeRecord(
  notes: Notebook,
  run: RunOfLambda | undefined,
  connection: string,
  text: string,
): void {
  const { claim, incident } = (parseJson(text) ?? {}) as { claim?: Claim; incident?: { code?: string } };
  const watch = notes.watch(connection);
  const before = watch.claimOnRecord;
  watch.claimOnRecord = claim?.alert;
  if (claim === undefined) {
    if (before === undefined) return;
    // Once it is on record as sent, nobody may send it again.
    watch.mayRepeat.delete(before);
    watch.worstTold.sureUrgency = watch.worstTold.urgency;
    return;
  }
  // A claim that waits for SNS, or whose run is at work, is written again with what is new.
  const isNew = claim.claims > 1 || claim.at !== watch.lastClaim;
  watch.lastClaim = claim.at;
  watch.claimed = claim.alert;
  if (claim.alert === 'open') watch.owesOpen = true;
  if (run === undefined || claim.claims > 1 || !isNew) return;
  const code = incident?.code ?? '';
  if (claim.alert === 'escalated') judgeEscalation(notes, run, connection, code);
  if (claim.alert !== 'open') return;
  judgeWaking(notes, connection, code);
  judgeLastLook(notes, run, connection);
}

/** Nobody is woken for a fault that passes while the token lives. */
function judgeWaking(notes: Notebook, connection: string, code: string): void {
  const isPassing = passingCodes.includes(code);
  const document = notes.world.document(connection);
  const { life, left } = lifeOf(document, notes.now);
  const isFar = left > life / 3 && life <= 24 * hour;
  const isDead = notes.refused.has(String(document?.access_token));
  // Whose own write went through without an answer does not know of the token.
  const isNews = notes.now - notes.watch(connection).tokenStoredAt < shadowOfRun;
  if (!isPassing || !isFar || isDead || isNews) return;
  const minutes = (left / minute).toFixed(1);
  notes.breach(3, connection, `on-call was woken for ${code} with ${minutes} minutes of life left`);
}

/** AWSCURRENT is read again before opening: where a good token was stored meanwhile, nothing is opened. */
function judgeLastLook(notes: Notebook, run: RunOfLambda, connection: string): void {
  const { tokenStoredAt } = notes.watch(connection);
  const isThrottled = (run.faultsMet.get(connection) ?? []).includes('throttled');
  const isMeanwhile =
    tokenStoredAt > run.startedAt + lookToClaim && notes.now - tokenStoredAt > lookToClaim && !isThrottled;
  const document = notes.world.document(connection);
  const isFaultless = notes.world.isUsable(connection) && document?.fault === undefined;
  if (isMeanwhile && isFaultless) {
    notes.breach(3, connection, 'an incident was opened after a good token had been stored');
  }
}
