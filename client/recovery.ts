import type { RequestRefresh } from './request-refresh.ts';
import { healingPausesMilliseconds } from './settings.ts';
import { type Surroundings, shortened } from './timing.ts';
import type { TokenCache } from './token-cache.ts';
import type { ZohoToken } from './zoho-token.ts';

/** Finds another token for one that Zoho refused; `undefined` if the refused one turns out to live. */
export type Recover = (refused: ZohoToken) => Promise<ZohoToken | undefined>;

/**
 * Makes what follows a refusal: look at the secret once past every cache, then ask the refresher, then look again.
 *
 * However many calls were refused with one token, one recovery is under way for it. What comes of it holds for a while
 * (see settings.ts) and is then found out anew: a token that was said to live may have died since, and a refusal or a
 * failed request may have been a fault that has passed.
 *
 * @param requestRefresh - `undefined` if the app may not ask: the refresher's own probes find a dead token.
 * @throws TokenUnavailableError, from the function that is returned, when no living token came of it.
 */
export function createRecovery(
  cache: TokenCache,
  requestRefresh: RequestRefresh | undefined,
  { random, wait }: Surroundings,
): Recover {
  const underWay = new Map<string, Promise<ZohoToken | undefined>>();

  async function recover(refused: ZohoToken): Promise<ZohoToken | undefined> {
    await cache.readPastCache();
    if (cache.usable !== undefined) return cache.usable;
    const answer = await requestRefresh?.(refused.connection).catch((fault: Error) => fault);
    const pauses = answer === 'being healed' ? healingPausesMilliseconds : answer === undefined ? [] : [0];
    for (const pause of pauses) {
      if (pause > 0) await wait(shortened(pause, random()));
      await cache.readPastCache();
      if (cache.usable !== undefined) return cache.usable;
    }
    if (answer === 'fresh') {
      cache.trust(refused);
      return undefined;
    }
    cache.holdBack(refused);
    throw await cache.unavailable(answer instanceof Error ? answer : undefined);
  }

  return (refused) => {
    const { accessToken } = refused;
    if (cache.isTrusted(refused)) return Promise.resolve(undefined);
    const { usable } = cache;
    // Another call has been through this already.
    if (usable !== undefined && usable.accessToken !== accessToken) return Promise.resolve(usable);
    const joined = underWay.get(accessToken);
    if (joined !== undefined) return joined;
    // Told again of a refusal that is known: the next look at the secret comes when it is due.
    if (cache.isHeldBack(refused)) return cache.get();
    cache.refuse(refused);
    const recovery = recover(refused).finally(() => underWay.delete(accessToken));
    underWay.set(accessToken, recovery);
    cache.settleAfter(recovery);
    return recovery;
  };
}
