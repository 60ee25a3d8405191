import { parseJson } from '../parse-json.ts';
import type { Fact, RunOfLambda } from '../world/facts.ts';
import { faultsOfAws } from '../world/world-faults.ts';
import { hour, lifeOf, minute, type Notebook } from './notebook.ts';
import { faultsOfAnswer } from './sort-answers.ts';

type Stored = Fact & { kind: 'stored' };

/** Invariant 1: AWSCURRENT holds only what Zoho gave to this very run and was judged good. */
export function judgeStoredToken(notes: Notebook, { run, connection, text, before }: Stored): void {
  if (run === undefined) return;
  const breach = (what: string) => notes.breach(1, connection, what);
  if (text === 'nothing stored yet') {
    if (before !== undefined && !isMovedByHand(notes, run, connection)) {
      breach('a stored value was replaced by nothing');
    }
    return;
  }
  const document = parseJson(text);
  const token = String(document?.access_token);
  const answer = notes.answers.get(token);
  if (answer?.run !== run.id) {
    breach('a token was stored that Zoho did not give to this run');
    return;
  }
  if (notes.refused.has(token)) breach('a token was stored that a probe had refused');
  const configured = notes.configurationOf(run, connection);
  if (configured === undefined) {
    breach('a token was stored for nobody');
    return;
  }
  const faults = faultsOfAnswer(answer.fields, configured);
  if (faults.length > 0) breach(`a token was stored, ${faults.join(', ')}`);
  const { expiresAt, life } = lifeOf(document, notes.now);
  if (!(life >= 10 * minute && life <= 24 * hour)) breach(`a token was stored with a life of ${life} ms`);
  const truth = notes.world.zoho.registry.token(token);
  if (truth !== undefined && expiresAt > truth.expiresAt) {
    breach('the stored token claims to live longer than it does');
  }
  judgeReplacement(notes, run, before, expiresAt, connection);
}

/** A person who moves the label while the run is at work leaves the place free that the run means to take. */
function isMovedByHand(notes: Notebook, run: RunOfLambda, connection: string): boolean {
  return notes.world.disturbances
    .between(connection, run.startedAt, notes.now)
    .some(({ what }) => what === 'hand');
}

/** A token that ends earlier must not replace one that works. */
function judgeReplacement(
  notes: Notebook,
  run: RunOfLambda,
  before: string | undefined,
  expiresAt: number,
  connection: string,
): void {
  if (isMovedByHand(notes, run, connection)) return;
  const document = parseJson(before);
  const old = lifeOf(document, notes.now);
  const oldToken = String(document?.access_token);
  const isOldAlive = old.left > 0 && old.life <= 24 * hour && notes.world.levers.isLive(oldToken);
  // Of two overlapping runs the one that asked a moment earlier may write a moment later.
  if (isOldAlive && !notes.refused.has(oldToken) && expiresAt < old.expiresAt - minute) {
    notes.breach(1, connection, 'a living token was replaced by one that ends earlier');
  }
}

/** Credentials change by the Lambda's hand only where Zoho gave this run a new refresh token. */
export function judgeStoredCredentials(notes: Notebook, { run, connection, text }: Stored): void {
  if (run === undefined) return;
  const given = parseJson(text)?.refresh_token;
  const isFromZoho = [...notes.answers.values()].some(
    (answer) => answer.run === run.id && answer.fields.refresh_token === given,
  );
  if (!isFromZoho) notes.breach(1, connection, 'credentials were stored that Zoho did not give to this run');
  const deeds = notes.deedsOf(run, connection);
  if (given === deeds.newRefreshToken) deeds.newRefreshToken = undefined;
}

/** A refresh token that Zoho gives in place of another is kept, unless a person stored credentials meanwhile. */
export function judgeNewRefreshToken(notes: Notebook, run: RunOfLambda, name: string): void {
  if (notes.deedsOf(run, name).newRefreshToken === undefined || !notes.isAlone(run)) return;
  const hasAwsFault = (run.faultsMet.get(name) ?? []).some((fault) => faultsOfAws.includes(fault));
  const isStoredByHand = notes.world.disturbances
    .between(name, run.startedAt, run.endedAt ?? notes.now)
    .some(({ what }) => what === 'hand' || what === 'grant');
  if (!hasAwsFault && !isStoredByHand) notes.breach(1, name, 'a new refresh token of Zoho was not kept');
}
