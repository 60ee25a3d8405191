import { discard, isTokenRefused } from './refusal.ts';
import { type CacheParts, TokenCache } from './token-cache.ts';
import type { ZohoToken } from './zoho-token.ts';

/** Hands out the living token of one connection. Make one per connection and process, and keep it. */
export type TokenReader = {
  /**
   * Gives a token that lives, mostly from memory; call it for every request and never keep what it gives.
   *
   * @throws TokenUnavailableError when there is none; nothing else.
   */
  get(): Promise<ZohoToken>;
  /**
   * Runs a call to Zoho with a living token, and once more with another if Zoho refuses the first.
   *
   * @param call - May be run twice. Zoho refuses a token before it does anything, so nothing happens twice.
   * @returns What the call returned.
   * @throws What the call threw, or TokenUnavailableError if Zoho refused the token and no other is stored.
   */
  withToken<Result>(call: (token: ZohoToken) => Promise<Result>): Promise<Result>;
  /**
   * For apps that call Zoho in their own way: tells that Zoho refused a token, and gives another.
   *
   * @returns `undefined` if the refresher found within the last two minutes that the token lives: the refusal has
   *   another reason.
   * @throws TokenUnavailableError when there is no other.
   */
  replace(refused: ZohoToken): Promise<ZohoToken | undefined>;
  /** Makes the next `get` look at the secret, e.g. on Secrets Manager's event "Secret Label Updated". */
  expire(): void;
};

/** What a reader is made of. */
export type ReaderParts = CacheParts & {
  readonly isRefused: ((result: unknown) => boolean | Promise<boolean>) | undefined;
};

/** Puts a reader together. */
export function makeReader(parts: ReaderParts): TokenReader {
  const cache = new TokenCache(parts);
  const judge = parts.isRefused ?? isTokenRefused;

  async function attempt<Result>(call: (token: ZohoToken) => Promise<Result>, token: ZohoToken) {
    const result = (async () => call(token))();
    const seen: unknown = await result.catch((fault: unknown) => fault);
    // A body that breaks off while it is looked at, or a judge that throws, proves nothing about the token.
    const isRefused = await (async () => judge(seen))().catch(() => false);
    return { result, seen, isRefused };
  }

  return {
    get: () => cache.get(),
    replace: (refused) => cache.replace(refused),
    expire: () => cache.expire(),
    async withToken(call) {
      const token = await cache.get();
      const first = await attempt(call, token);
      if (!first.isRefused) return first.result;
      const other = await cache.replace(token);
      if (other === undefined) return first.result;
      discard(first.seen);
      const second = await attempt(call, other);
      // No third try. The token is not handed out again, and the refresher is asked for a new one.
      if (second.isRefused) cache.replace(other).catch(() => undefined);
      return second.result;
    },
  };
}
