import { createRecovery } from './recovery.ts';
import { discard, isTokenRefused } from './refusal.ts';
import type { RequestRefresh } from './request-refresh.ts';
import type { SecretSource } from './secret-source.ts';
import type { Surroundings } from './timing.ts';
import { TokenCache } from './token-cache.ts';
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
export type ReaderParts = {
  /** What the errors say it is about, e.g. `zoho/desk/token`. */
  readonly subject: string;
  readonly source: SecretSource;
  readonly requestRefresh: RequestRefresh | undefined;
  readonly isRefused: ((result: unknown) => boolean | Promise<boolean>) | undefined;
  readonly surroundings: Surroundings;
};

type Attempt<Result> =
  | { readonly kind: 'returned'; readonly result: Result; readonly isRefused: boolean }
  | { readonly kind: 'threw'; readonly fault: unknown; readonly isRefused: boolean };

/** Puts a reader together. */
export function makeReader(parts: ReaderParts): TokenReader {
  const cache = new TokenCache(parts.subject, parts.source, parts.surroundings);
  const recover = createRecovery(cache, parts.requestRefresh, parts.surroundings);
  const isRefused = parts.isRefused ?? isTokenRefused;

  /** A body that breaks off while it is looked at, or a judge that throws, proves nothing about the token. */
  const judge = async (result: unknown) => {
    try {
      return await isRefused(result);
    } catch {
      return false;
    }
  };

  async function attempt<Result>(
    call: (token: ZohoToken) => Promise<Result>,
    token: ZohoToken,
  ): Promise<Attempt<Result>> {
    let result: Result;
    try {
      result = await call(token);
    } catch (fault) {
      return { kind: 'threw', fault, isRefused: await judge(fault) };
    }
    return { kind: 'returned', result, isRefused: await judge(result) };
  }

  return {
    get: () => cache.get(),
    replace: (refused) => recover(refused),
    expire: () => cache.expire(),
    async withToken(call) {
      const token = await cache.get();
      const first = await attempt(call, token);
      if (!first.isRefused) return settle(first);
      const other = await recover(token);
      if (other === undefined) return settle(first);
      if (first.kind === 'returned') discard(first.result);
      const second = await attempt(call, other);
      // No third try. The token is not handed out again, and the refresher is asked for a new one.
      if (second.isRefused) recover(other).catch(() => undefined);
      return settle(second);
    },
  };
}

function settle<Result>(attempt: Attempt<Result>): Result {
  if (attempt.kind === 'threw') throw attempt.fault;
  return attempt.result;
}
