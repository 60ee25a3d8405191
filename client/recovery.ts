import { forgetOldest } from './remembered.ts';
import type { RequestRefresh } from './request-refresh.ts';
import { healingPausesMilliseconds } from './settings.ts';
import { type Surroundings, shortened } from './timing.ts';
import type { TokenCache } from './token-cache.ts';
import type { ZohoToken } from './zoho-token.ts';

/** Finds another token for one that Zoho refused; `undefined` where the refused one turns out to live. */
export type Recover = (refused: ZohoToken) => Promise<ZohoToken | undefined>;

/**
 * Makes what follows a refusal: look at the secret once past every cache, then ask the refresher, then look again.
 *
 * However many calls were refused with one token, one recovery is under way for it, and the refresher is asked about it
 * once: not even an app that is refused for a reason of its own, over and over, can keep the refresher busy.
 *
 * @param requestRefresh - `undefined` where the app may not ask: the refresher's own probes find a dead token.
 * @throws TokenUnavailableError, from the function that is returned, when no living token came of it.
 */
export function createRecovery(
  cache: TokenCache,
  requestRefresh: RequestRefresh | undefined,
  { random, wait }: Surroundings,
): Recover {
  const underWay = new Map<string, Promise<ZohoToken | undefined>>();
  const askedAbout = new Set<string>();
  /** Refused, and yet alive by the word of the refresher: what an app is told with them is its own affair. */
  const trusted = new Set<string>();

  async function recover(refused: ZohoToken): Promise<ZohoToken | undefined> {
    cache.refuse(refused);
    await cache.readPastCache();
    if (cache.usable !== undefined) return cache.usable;
    const answer = await ask(refused);
    const pauses = answer === 'being healed' ? healingPausesMilliseconds : answer === undefined ? [] : [0];
    for (const pause of pauses) {
      if (pause > 0) await wait(shortened(pause, random()));
      await cache.readPastCache();
      if (cache.usable !== undefined) return cache.usable;
    }
    if (answer !== 'fresh') throw await cache.unavailable();
    trusted.add(refused.accessToken);
    forgetOldest(trusted);
    cache.trust(refused);
    return undefined;
  }

  async function ask({ accessToken, connection }: ZohoToken) {
    if (requestRefresh === undefined || askedAbout.has(accessToken)) return undefined;
    askedAbout.add(accessToken);
    forgetOldest(askedAbout);
    return await requestRefresh(connection);
  }

  return (refused) => {
    const { accessToken } = refused;
    if (trusted.has(accessToken)) return Promise.resolve(undefined);
    const { usable } = cache;
    // Another call has been through this already.
    if (usable !== undefined && usable.accessToken !== accessToken) return Promise.resolve(usable);
    const recovery =
      underWay.get(accessToken) ?? recover(refused).finally(() => underWay.delete(accessToken));
    underWay.set(accessToken, recovery);
    return recovery;
  };
}
