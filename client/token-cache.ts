import type { RequestRefresh } from './request-refresh.ts';
import type { SecretSource } from './secret-source.ts';
import {
  expiryMarginMilliseconds,
  healingPausesMilliseconds,
  longestCacheMilliseconds,
  longestRetryPauseMilliseconds,
  refusalPausesMilliseconds,
  rememberedTokens,
  retryPausesMilliseconds,
  shortestCacheMilliseconds,
  verdictMilliseconds,
} from './settings.ts';
import { type Incident, parseIncident, parseTokenSecret } from './token-secret.ts';
import { TokenUnavailableError, type UnavailableReason } from './token-unavailable.ts';
import type { ZohoToken } from './zoho-token.ts';

/** What time and chance are to a reader; tests have their own. */
export type Surroundings = {
  /** Epoch milliseconds of the wall clock: it goes on while a process is frozen, which a monotonic one may not. */
  readonly now: () => number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
};

/** What a cache works with. */
export type CacheParts = {
  /** What the errors say it is about, e.g. `zoho/desk/token`. */
  readonly subject: string;
  readonly source: SecretSource;
  /** `undefined` if the app may not ask: the refresher's own probes find a dead token. */
  readonly requestRefresh: RequestRefresh | undefined;
  readonly surroundings: Surroundings;
};

/** What is known of a token that Zoho once refused; each verdict ends. */
type Verdict = {
  /** Of the first refusal. */
  readonly since: number;
  readonly refusals: number;
  readonly until: number;
  /** Whether the refresher found that it lives. */
  readonly lives: boolean;
};

/**
 * The one token that a reader holds, and when to look again.
 *
 * A token is usable until a margin before its end and while no verdict holds it back. One that is not usable is never
 * handed out, whatever the secret says. While one is usable, nobody waits for a read.
 */
export class TokenCache {
  readonly #parts: CacheParts;
  readonly #now: () => number;

  #token: ZohoToken | undefined;
  /** The answer to a cached {@link get}: made once per token, so that the hot path allocates nothing. */
  #answer: Promise<ZohoToken> | undefined;
  /** When the secret was last looked at; in the future after {@link expire}, or if the clock was set back. */
  #readAt = 0;
  #servedUntil = 0;

  #reading: Promise<void> | undefined;
  #fruitlessReads = 0;
  #nextReadAt = 0;
  #fault: Error | undefined;
  #faultSince = 0;
  /** The record as it was found after the last read, or why it cannot be read; nobody reads it before it is needed. */
  #incident: Promise<Incident | Error | undefined> | undefined;
  readonly #verdicts = new Map<string, Verdict>();
  /** Under way, by the refused token: however many calls were refused with it, there is one. */
  readonly #recoveries = new Map<string, Promise<ZohoToken | undefined>>();

  constructor(parts: CacheParts) {
    this.#parts = parts;
    this.#now = parts.surroundings.now;
  }

  /** The usable token, at the cost of a clock reading if it is cached. */
  get(): Promise<ZohoToken> {
    const now = this.#now();
    // A clock that was set back must not make a token last longer.
    if (this.#answer !== undefined && now < this.#servedUntil && now >= this.#readAt) return this.#answer;
    return this.#lookAndGet();
  }

  /** Makes the next {@link get} look at the secret. */
  expire(): void {
    this.#readAt = Number.POSITIVE_INFINITY;
  }

  /** Finds another token for one that Zoho refused; `undefined` if the refused one turns out to live. */
  replace(refused: ZohoToken): Promise<ZohoToken | undefined> {
    const { accessToken } = refused;
    const standing = this.#standing(refused);
    if (standing?.lives) return Promise.resolve(undefined);
    const usable = this.#usable;
    // Another call has been through this already.
    if (usable !== undefined && usable.accessToken !== accessToken) return Promise.resolve(usable);
    const joined = this.#recoveries.get(accessToken);
    if (joined !== undefined) return joined;
    // Told again of a refusal that is known: the next look at the secret comes when it is due.
    if (standing !== undefined) return this.get();
    const { since = this.#now(), refusals = 0 } = this.#verdicts.get(accessToken) ?? {};
    const until = Number.POSITIVE_INFINITY;
    this.#judge(accessToken, { since, refusals: refusals + 1, until, lives: false });
    if (this.#token?.accessToken === accessToken) this.#servedUntil = 0;
    const recovery = this.#recover(refused).finally(() => this.#recoveries.delete(accessToken));
    this.#recoveries.set(accessToken, recovery);
    // An app that only tells of the refusal need not handle what comes of it.
    recovery.catch(() => undefined);
    return recovery;
  }

  /**
   * Looks at the secret once past every cache, then asks the refresher, then looks again.
   *
   * What comes of it holds for a while (see settings.ts) and is then found out anew: a token that was said to live may
   * have died since, and a refusal or a failed request may have been a fault that has passed.
   */
  async #recover({ accessToken, connection }: ZohoToken): Promise<ZohoToken | undefined> {
    const { requestRefresh, surroundings } = this.#parts;
    await this.#readPastCache();
    if (this.#usable !== undefined) return this.#usable;
    const answer = await requestRefresh?.(connection).catch((fault: Error) => fault);
    const pauses = answer === 'being healed' ? healingPausesMilliseconds : answer === undefined ? [] : [0];
    for (const pause of pauses) {
      if (pause > 0) await surroundings.wait(this.#shortened(pause));
      await this.#readPastCache();
      if (this.#usable !== undefined) return this.#usable;
    }
    const now = this.#now();
    if (answer === 'fresh') {
      // Further refusals of it are the caller's own.
      this.#judge(accessToken, { since: now, refusals: 0, until: now + verdictMilliseconds, lives: true });
      if (this.#token?.accessToken === accessToken) this.#serve();
      return undefined;
    }
    const verdict = this.#verdicts.get(accessToken);
    if (verdict !== undefined) {
      const pause = refusalPausesMilliseconds[verdict.refusals - 1] ?? verdictMilliseconds;
      this.#judge(accessToken, { ...verdict, until: now + pause });
    }
    throw await this.#unavailable(answer instanceof Error ? answer : undefined);
  }

  /** The token that may be handed out at this moment. */
  get #usable(): ZohoToken | undefined {
    return this.#isUsable(this.#token) ? this.#token : undefined;
  }

  async #lookAndGet(): Promise<ZohoToken> {
    const now = this.#now();
    const mustLook = now < this.#readAt;
    if (mustLook || now >= this.#nextReadAt) {
      const reading = this.#read(false);
      // Nobody waits while there is something to hand out: Secrets Manager may hang, and the token is good for long.
      if (mustLook || this.#usable === undefined) await reading;
    } else if (this.#usable === undefined) await this.#reading;
    // What a recovery finds is better than an error.
    if (this.#usable === undefined) await Promise.allSettled(this.#recoveries.values());
    if (this.#answer !== undefined && this.#usable !== undefined) return this.#answer;
    throw await this.#unavailable();
  }

  /** Begins after the read in flight, which may have begun before the refusal. Never throws: {@link #unavailable} tells. */
  async #readPastCache(): Promise<void> {
    await this.#reading;
    await this.#read(true);
  }

  /** One read in flight, however many wait for it. */
  #read(isPastCache: boolean): Promise<void> {
    this.#reading ??= this.#readAndKeep(isPastCache).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAndKeep(isPastCache: boolean): Promise<void> {
    const { source } = this.#parts;
    let token: ZohoToken | undefined;
    try {
      const value = await source.read('AWSCURRENT', isPastCache);
      token = value && parseTokenSecret(value.text);
      // A value from a cache is taken only if it is usable and not older than what is held.
      if (value?.isCached && !(this.#isUsable(token) && token.issuedAt >= (this.#usable ?? token).issuedAt)) {
        const direct = await source.read('AWSCURRENT', true);
        token = direct && parseTokenSecret(direct.text);
      }
      this.#fault = undefined;
    } catch (fault) {
      token = undefined;
      this.#fault = fault as Error;
    }
    this.#incident = undefined;
    this.#keep(token);
  }

  #keep(token: ZohoToken | undefined): void {
    if (token !== undefined && (this.#isUsable(token) || this.#usable === undefined)) {
      this.#token = token;
      this.#answer = Promise.resolve(token);
    }
    if (this.#isUsable(token)) {
      this.#fruitlessReads = 0;
      this.#nextReadAt = 0;
      this.#faultSince = 0;
      this.#serve();
      return;
    }
    const now = this.#now();
    const pause = retryPausesMilliseconds[this.#fruitlessReads] ?? longestRetryPauseMilliseconds;
    this.#nextReadAt = now + this.#shortened(pause);
    this.#fruitlessReads += 1;
    this.#faultSince ||= now;
    this.#readAt = now;
    this.#servedUntil = this.#usable === undefined ? 0 : Math.min(this.#nextReadAt, endOf(this.#usable));
  }

  /** Hands the token out without another look for a while. */
  #serve(): void {
    const usable = this.#usable;
    if (usable === undefined) return;
    this.#readAt = this.#now();
    const spread = longestCacheMilliseconds - shortestCacheMilliseconds;
    const until = this.#readAt + shortestCacheMilliseconds + this.#parts.surroundings.random() * spread;
    this.#servedUntil = Math.min(until, endOf(usable));
  }

  /** Up to a half less, so that instances do not march in step. */
  #shortened(milliseconds: number): number {
    return milliseconds * (1 - this.#parts.surroundings.random() / 2);
  }

  /** Why nothing is usable, as an error to throw. */
  async #unavailable(askFault?: Error): Promise<TokenUnavailableError> {
    const { subject, source } = this.#parts;
    const [token, fault] = [this.#token, this.#fault];
    if (fault === undefined) {
      // The record only explains: that it cannot be read must not hide the first fault.
      this.#incident ??= source.read('INCIDENT', true).then(
        (record) => record && parseIncident(record.text),
        (recordFault: Error) => recordFault,
      );
    }
    const found = await this.#incident;
    const [incident, recordFault] = found instanceof Error ? [undefined, found] : [found, undefined];
    const verdict = token && this.#standing(token);
    let reason: UnavailableReason = fault === undefined ? 'nothing_stored' : 'unreadable';
    let since = new Date(this.#faultSince);
    if (token !== undefined && this.#now() >= endOf(token)) {
      [reason, since] = ['expired', token.expiresAt];
    } else if (verdict !== undefined) {
      [reason, since] = ['rejected', new Date(verdict.since)];
    }
    const cause = fault ?? askFault ?? recordFault;
    return new TokenUnavailableError(subject, { reason, since, incident, recordFault, askFault, cause });
  }

  #isUsable(token: ZohoToken | undefined): token is ZohoToken {
    return token !== undefined && this.#now() < endOf(token) && this.#standing(token)?.lives !== false;
  }

  /** A refused token is remembered after it was replaced, too: a cache may hold it still. */
  #judge(accessToken: string, verdict: Verdict): void {
    this.#verdicts.set(accessToken, verdict);
    const [oldest = ''] = this.#verdicts.keys();
    if (this.#verdicts.size > rememberedTokens) this.#verdicts.delete(oldest);
  }

  /** The verdict that holds now. */
  #standing({ accessToken }: ZohoToken): Verdict | undefined {
    const verdict = this.#verdicts.get(accessToken);
    const now = this.#now();
    return verdict !== undefined && now >= verdict.since && now < verdict.until ? verdict : undefined;
  }
}

/** Until when a token may be handed out: a margin before its end. */
function endOf({ expiresAt }: ZohoToken): number {
  return expiresAt.getTime() - expiryMarginMilliseconds;
}
