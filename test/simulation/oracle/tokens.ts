import { parseObject } from '../../../lambda/parse-object.ts';
import type { FactOf } from '../world/facts.ts';
import { hasMetAws } from '../world/world-faults.ts';
import { type Case, day, hour, lifeOf, minute } from './notebook.ts';
import { faultsOfAnswer } from './truth.ts';

/** Invariant 1: AWSCURRENT holds only what Zoho gave to this very run and was judged good. */
export function judgeStoredToken(of: Case, { text, before }: FactOf<'stored'>): void {
  const { notes, run } = of;
  if (text === 'nothing stored yet') {
    // A person who moves the label while the run is at work leaves the place free that the run means to take.
    const isMoved = of.disturbedSince(run.startedAt).some(({ what }) => what === 'hand');
    if (before !== undefined && !of.excuse('nothing over what a person moved', isMoved))
      of.breach(1, 'a stored value was replaced by nothing');
    return;
  }
  const document = parseObject(text);
  const token = String(document?.access_token);
  const answer = notes.answers.get(token);
  const configured = of.configured();
  if (answer?.run !== run.id || configured === undefined) {
    of.breach(1, 'a token was stored that Zoho did not give to this run');
    return;
  }
  if (notes.refused.has(token)) of.breach(1, 'a token was stored that a probe had refused');
  const faults = faultsOfAnswer(answer.fields, configured);
  if (faults.length > 0) of.breach(1, `a token was stored, ${faults.join(', ')}`);
  const { expiresAt, life } = lifeOf(document, of.now);
  if (!(life >= 10 * minute && life <= day)) of.breach(1, `a token was stored with a life of ${life} ms`);
  const truth = of.world.zoho.registry.token(token);
  if (truth !== undefined && expiresAt > truth.expiresAt)
    of.breach(1, 'the stored token claims to live longer than it does');
  judgeReplacement(of, before, expiresAt);
}

/** A token that ends earlier must not replace one that works. */
function judgeReplacement(of: Case, before: string | undefined, expiresAt: number): void {
  const document = parseObject(before ?? '');
  const old = lifeOf(document, of.now);
  const isAlive = old.left > 0 && old.life <= day && of.world.levers.isLive(String(document?.access_token));
  if (!isAlive || expiresAt >= old.expiresAt) return;
  // If the label was moved by hand, two overlapping runs both write: the one that asked earlier may do so later.
  if (of.excuse('tokens of overlapping runs', expiresAt >= old.expiresAt - minute)) return;
  of.breach(1, 'a living token was replaced by one that ends earlier');
}

/** Credentials change by the Lambda's hand only if Zoho gave this run a new refresh token. */
export function judgeStoredCredentials({ notes, run, deeds, breach }: Case, text: string): void {
  const given = parseObject(text)?.refresh_token;
  const isFromZoho = [...notes.answers.values()].some(
    (answer) => answer.run === run.id && answer.fields.refresh_token === given,
  );
  if (!isFromZoho) breach(1, 'credentials were stored that Zoho did not give to this run');
  if (given === deeds.newRefreshToken) deeds.newRefreshToken = undefined;
}

/** A refresh token that Zoho gives in place of another is kept, unless a person stored credentials meanwhile. */
export function judgeNewRefreshToken(of: Case): void {
  if (of.deeds.newRefreshToken === undefined) return;
  const isByHand = of.disturbedSince(of.run.startedAt).some(({ what }) => what === 'grant');
  if (of.excuse('new refresh token of overlapping runs', !of.isAlone())) return;
  if (of.excuse('new refresh token that AWS did not take', hasMetAws(of.run, of.name))) return;
  if (of.excuse('credentials stored by hand meanwhile', isByHand)) return;
  of.breach(1, 'a new refresh token of Zoho was not kept');
}

/** A fault of Zoho that is shorter than this is never seen by an app. */
const shortFault = 30 * minute;

/** Invariant 2: was it a short fault of Zoho alone that left apps without a token? */
export function judgeLoss(of: Case): void {
  const { now, world, watch } = of;
  const { wasUsable } = watch;
  watch.wasUsable = world.isUsable(of.name);
  if (watch.wasUsable || !wasUsable) return;
  const { expiresAt, life } = of.stored;
  if (!(expiresAt <= now && life >= hour - minute && life <= hour)) return;
  const [first, ...others] = world.disturbances.between(of.name, expiresAt - 65 * minute, now);
  const length = first === undefined ? 0 : first.to - first.from;
  const isOfZoho = first?.what === 'zoho fault' && length < shortFault;
  const isOfMore = (first !== undefined && !isOfZoho) || others.length > 0;
  if (of.excuse('lost token of more than a short fault', isOfMore)) return;
  const cause = first === undefined ? 'no fault at all' : `a fault of Zoho of ${length / minute} minutes`;
  of.breach(2, `apps were left without a token by ${cause}`);
}
