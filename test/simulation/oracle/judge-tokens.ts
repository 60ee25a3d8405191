import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf, RunOfLambda } from '../world/facts.ts';
import { hasMetAws } from '../world/world-faults.ts';
import { day, hour, lifeOf, minute, type Notebook } from './notebook.ts';
import { faultsOfAnswer } from './truth.ts';

type Stored = FactOf<'stored'>;

/** Invariant 1: AWSCURRENT holds only what Zoho gave to this very run and was judged good. */
export function judgeStoredToken(notes: Notebook, { run, connection, text, before }: Stored): void {
  if (run === undefined) return;
  const breach = (what: string) => notes.breach(1, connection, what);
  if (text === 'nothing stored yet') {
    // A person who moves the label while the run is at work leaves the place free that the run means to take.
    const isMoved = notes.disturbedSince(run.startedAt, run, connection).some(({ what }) => what === 'hand');
    if (before !== undefined && !notes.excuse('nothing over what a person moved', isMoved))
      breach('a stored value was replaced by nothing');
    return;
  }
  const document = parseObject(text);
  const token = String(document?.access_token);
  const answer = notes.answers.get(token);
  const configured = notes.configurationOf(run, connection);
  if (answer?.run !== run.id || configured === undefined) {
    breach('a token was stored that Zoho did not give to this run');
    return;
  }
  if (notes.refused.has(token)) breach('a token was stored that a probe had refused');
  const faults = faultsOfAnswer(answer.fields, configured);
  if (faults.length > 0) breach(`a token was stored, ${faults.join(', ')}`);
  const { expiresAt, life } = lifeOf(document, notes.now);
  if (!(life >= 10 * minute && life <= day)) breach(`a token was stored with a life of ${life} ms`);
  const truth = notes.world.zoho.registry.token(token);
  if (truth !== undefined && expiresAt > truth.expiresAt) breach('the stored token claims to live longer than it does');
  judgeReplacement(notes, connection, before, expiresAt);
}

/** A token that ends earlier must not replace one that works. */
function judgeReplacement(notes: Notebook, connection: string, before: string | undefined, expiresAt: number): void {
  const document = parseObject(before ?? '');
  const old = lifeOf(document, notes.now);
  const token = String(document?.access_token);
  const isAlive = old.left > 0 && old.life <= day && notes.world.levers.isLive(token);
  if (!isAlive || expiresAt >= old.expiresAt) return;
  // If the label was moved by hand, two overlapping runs both write: the one that asked earlier may do so later.
  if (notes.excuse('tokens of overlapping runs', expiresAt >= old.expiresAt - minute)) return;
  notes.breach(1, connection, 'a living token was replaced by one that ends earlier');
}

/** Credentials change by the Lambda's hand only if Zoho gave this run a new refresh token. */
export function judgeStoredCredentials(notes: Notebook, { run, connection, text }: Stored): void {
  if (run === undefined) return;
  const given = parseObject(text)?.refresh_token;
  const isFromZoho = [...notes.answers.values()].some(
    (answer) => answer.run === run.id && answer.fields.refresh_token === given,
  );
  if (!isFromZoho) notes.breach(1, connection, 'credentials were stored that Zoho did not give to this run');
  const deeds = notes.deedsOf(run, connection);
  if (given === deeds.newRefreshToken) deeds.newRefreshToken = undefined;
}

/** A refresh token that Zoho gives in place of another is kept, unless a person stored credentials meanwhile. */
export function judgeNewRefreshToken(notes: Notebook, run: RunOfLambda, name: string): void {
  if (notes.deedsOf(run, name).newRefreshToken === undefined) return;
  const since = notes.disturbedSince(run.startedAt, run, name);
  const isByHand = since.some(({ what }) => what === 'grant');
  if (notes.excuse('new refresh token of overlapping runs', !notes.isAlone(run))) return;
  if (notes.excuse('new refresh token that AWS did not take', hasMetAws(run, name))) return;
  if (notes.excuse('credentials stored by hand meanwhile', isByHand)) return;
  notes.breach(1, name, 'a new refresh token of Zoho was not kept');
}

/** A fault of Zoho that is shorter than this is never seen by an app. */
const shortFault = 30 * minute;

/** Invariant 2: was it a short fault of Zoho alone that left apps without a token? */
export function judgeLoss(notes: Notebook, name: string): void {
  const { now, world } = notes;
  const watch = notes.watch(name);
  const { wasUsable } = watch;
  watch.wasUsable = world.isUsable(name);
  if (watch.wasUsable || !wasUsable) return;
  const { expiresAt, life } = lifeOf(world.document(name), now);
  if (!(expiresAt <= now && life >= hour - minute && life <= hour)) return;
  const disturbing = world.disturbances.between(name, expiresAt - 65 * minute, now);
  const [first, ...others] = disturbing;
  const length = first === undefined ? 0 : first.to - first.from;
  const isOfZoho = first?.what === 'zoho fault' && length < shortFault;
  const isOfMore = (first !== undefined && !isOfZoho) || others.length > 0;
  if (notes.excuse('lost token of more than a short fault', isOfMore)) return;
  const cause = first === undefined ? 'no fault at all' : `a fault of Zoho of ${length / minute} minutes`;
  notes.breach(2, name, `apps were left without a token by ${cause}`);
}
