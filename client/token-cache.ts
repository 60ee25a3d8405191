import { forgetOldest } from './remembered.ts';
import type { SecretSource } from './secret-source.ts';
import { refusalPausesMilliseconds, verdictMilliseconds } from './settings.ts';
import { cachedUntil, endOf, retryAt, type Surroundings } from './timing.ts';
import { type Incident, parseIncident, parseTokenSecret } from './token-secret.ts';
import { TokenUnavailableError } from './token-unavailable.ts';
import type { ZohoToken } from './zoho-token.ts';

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
  /** What the errors say it is about, e.g. `zoho/desk/token`. */
  readonly #subject: string;
  readonly #source: SecretSource;
  readonly #now: () => number;
  readonly #random: () => number;

  #token: ZohoToken | undefined;
  /** The answer to a cached {@link get}: made once per token, so that the hot path allocates nothing. */
  #answer: Promise<ZohoToken> | undefined;
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
  /** The recovery under way: what it finds is better than an error. */
  #settling: Promise<unknown> | undefined;
  /** Whether the next {@link get} waits for its read. */
  #isExpired = false;

  constructor(subject: string, source: SecretSource, { now, random }: Surroundings) {
    this.#subject = subject;
    this.#source = source;
    this.#now = now;
    this.#random = random;
  }

  /** The usable token, at the cost of a clock reading if it is cached. */
  get(): Promise<ZohoToken> {
    const now = this.#now();
    // A clock that was set back must not make a token last longer.
    if (this.#answer !== undefined && now < this.#servedUntil && now >= this.#readAt) return this.#answer;
    return this.#lookAndGet();
  }

  /** The token that may be handed out at this moment. */
  get usable(): ZohoToken | undefined {
    return this.#isUsable(this.#token) ? this.#token : undefined;
  }

  /** Reads the secret now, past any cache between; joins a read in flight. Never throws: {@link unavailable} tells. */
  async readPastCache(): Promise<void> {
    await this.#reading;
    await this.#read(true);
  }

  /** Makes the next {@link get} look at the secret. */
  expire(): void {
    this.#servedUntil = 0;
    this.#nextReadAt = 0;
    this.#isExpired = true;
  }

  /** Zoho refused this token: it is not handed out until a verdict is found. */
  refuse({ accessToken }: ZohoToken): void {
    const { since = this.#now(), refusals = 0 } = this.#verdicts.get(accessToken) ?? {};
    const until = Number.POSITIVE_INFINITY;
    this.#judge(accessToken, { since, refusals: refusals + 1, until, lives: false });
    if (this.#token?.accessToken === accessToken) this.#servedUntil = 0;
  }

  /** No other came of it: it is handed out again after a pause. */
  holdBack({ accessToken }: ZohoToken): void {
    const verdict = this.#verdicts.get(accessToken);
    if (verdict === undefined) return;
    const last = refusalPausesMilliseconds.length - 1;
    const pause = refusalPausesMilliseconds[Math.min(verdict.refusals - 1, last)] ?? verdictMilliseconds;
    this.#judge(accessToken, { ...verdict, until: this.#now() + pause });
  }

  /** The refresher found that Zoho accepts it: it is handed out, and further refusals of it are the caller's own. */
  trust({ accessToken }: ZohoToken): void {
    const now = this.#now();
    this.#judge(accessToken, { since: now, refusals: 0, until: now + verdictMilliseconds, lives: true });
    if (this.#token?.accessToken === accessToken) this.#serve();
  }

  isTrusted(token: ZohoToken): boolean {
    return this.#standing(token)?.lives === true;
  }

  isHeldBack(token: ZohoToken): boolean {
    return this.#standing(token)?.lives === false;
  }

  /** Lets a {@link get} that finds nothing usable wait for this first. */
  settleAfter(recovery: Promise<unknown>): void {
    const settling = recovery
      .catch(() => undefined)
      .then(() => {
        if (this.#settling === settling) this.#settling = undefined;
      });
    this.#settling = settling;
  }

  /**
   * Why nothing is usable, as an error to throw.
   *
   * @param askFault - Why the refresher could not be asked.
   */
  async unavailable(askFault?: Error): Promise<TokenUnavailableError> {
    const token = this.#token;
    const fault = this.#fault;
    if (fault === undefined) this.#incident ??= this.#readIncident();
    const found = await this.#incident;
    const [incident, recordFault] = found instanceof Error ? [undefined, found] : [found, undefined];
    const state = { incident, recordFault, askFault, cause: fault ?? askFault ?? recordFault };
    const verdict = token && this.#standing(token);
    if (token !== undefined && this.#now() >= endOf(token)) {
      return new TokenUnavailableError(this.#subject, {
        ...state,
        reason: 'expired',
        since: token.expiresAt,
      });
    }
    if (verdict !== undefined) {
      const since = new Date(verdict.since);
      return new TokenUnavailableError(this.#subject, { ...state, reason: 'rejected', since });
    }
    const reason = fault === undefined ? 'nothing_stored' : 'unreadable';
    const since = new Date(this.#faultSince);
    return new TokenUnavailableError(this.#subject, { ...state, reason, since });
  }

  async #lookAndGet(): Promise<ZohoToken> {
    const now = this.#now();
    const hadExpired = this.#isExpired;
    this.#isExpired = false;
    if (now >= this.#nextReadAt || now < this.#readAt) {
      const reading = this.#read(false);
      // Nobody waits while there is something to hand out: Secrets Manager may hang, and the token is good for long.
      if (hadExpired || this.usable === undefined || now < this.#readAt) await reading;
    } else if (this.usable === undefined) await this.#reading;
    if (this.usable === undefined) await this.#settling;
    if (this.#answer !== undefined && this.usable !== undefined) return this.#answer;
    throw await this.unavailable();
  }

  /** One read in flight, however many wait for it. */
  #read(isPastCache: boolean): Promise<void> {
    this.#reading ??= this.#readAndKeep(isPastCache).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAndKeep(isPastCache: boolean): Promise<void> {
    let token: ZohoToken | undefined;
    try {
      const value = await this.#source.read('AWSCURRENT', isPastCache);
      const found = value && parseTokenSecret(value.text);
      if (value?.isCached && !this.#isNews(found)) {
        const direct = await this.#source.read('AWSCURRENT', true);
        token = direct && parseTokenSecret(direct.text);
      } else token = found;
      this.#fault = undefined;
    } catch (fault) {
      this.#fault = fault as Error;
    }
    this.#incident = undefined;
    this.#keep(token);
  }

  #keep(token: ZohoToken | undefined): void {
    if (token !== undefined && (this.#isUsable(token) || this.usable === undefined)) {
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
    this.#nextReadAt = retryAt(this.#fruitlessReads, now, this.#random());
    this.#fruitlessReads += 1;
    this.#faultSince ||= now;
    this.#readAt = now;
    this.#servedUntil = this.usable === undefined ? 0 : Math.min(this.#nextReadAt, endOf(this.usable));
  }

  #serve(): void {
    const { usable } = this;
    if (usable === undefined) return;
    this.#readAt = this.#now();
    this.#servedUntil = cachedUntil(usable, this.#readAt, this.#random());
  }

  /** The record only explains: that it cannot be read must not hide the first fault. */
  async #readIncident(): Promise<Incident | Error | undefined> {
    const record = await this.#source.read('INCIDENT', true).catch((fault: Error) => fault);
    return record instanceof Error ? record : record && parseIncident(record.text);
  }

  #isUsable(token: ZohoToken | undefined): boolean {
    return token !== undefined && this.#now() < endOf(token) && !this.isHeldBack(token);
  }

  #judge(accessToken: string, verdict: Verdict): void {
    this.#verdicts.set(accessToken, verdict);
    forgetOldest(this.#verdicts);
  }

  /** The verdict that holds now. */
  #standing({ accessToken }: ZohoToken): Verdict | undefined {
    const verdict = this.#verdicts.get(accessToken);
    const now = this.#now();
    return verdict !== undefined && now >= verdict.since && now < verdict.until ? verdict : undefined;
  }

  /** A value from a cache is taken only if it is usable and not older than what is held. */
  #isNews(token: ZohoToken | undefined): boolean {
    if (token === undefined || !this.#isUsable(token)) return false;
    return this.usable === undefined || token.issuedAt >= this.usable.issuedAt;
  }
}
