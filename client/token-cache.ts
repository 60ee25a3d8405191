import { forgetOldest } from './remembered.ts';
import type { SecretSource } from './secret-source.ts';
import { cachedUntil, endOf, retryAt, type Surroundings } from './timing.ts';
import { type Incident, parseIncident, parseTokenSecret } from './token-secret.ts';
import { TokenUnavailableError } from './token-unavailable.ts';
import type { ZohoToken } from './zoho-token.ts';

/**
 * The one token that a reader holds, and when to look again.
 *
 * A token is usable until a margin before its end and while nobody said that Zoho refuses it. One that is not usable is
 * never handed out, whatever the secret says.
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
  /** The record as it was found after the last read; nobody reads it before it is needed. */
  #incident: Promise<Incident | undefined> | undefined;
  /** Refused tokens, and since when. */
  readonly #refused = new Map<string, number>();

  constructor(subject: string, source: SecretSource, { now, random }: Surroundings) {
    this.#subject = subject;
    this.#source = source;
    this.#now = now;
    this.#random = random;
  }

  /** The usable token, at the cost of a clock reading where it is cached. */
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
  }

  /** Zoho refused this token: it is not handed out again. */
  refuse({ accessToken }: ZohoToken): void {
    if (this.#refused.has(accessToken)) return;
    this.#refused.set(accessToken, this.#now());
    forgetOldest(this.#refused);
    if (this.#token?.accessToken === accessToken) this.#servedUntil = 0;
  }

  /** Takes {@link refuse} back: the refresher found that Zoho accepts it. */
  trust({ accessToken }: ZohoToken): void {
    this.#refused.delete(accessToken);
    if (this.#token?.accessToken === accessToken) this.#serve();
  }

  /** Why nothing is usable, as an error to throw. */
  async unavailable(): Promise<TokenUnavailableError> {
    const token = this.#token;
    if (this.#fault === undefined) this.#incident ??= this.#readIncident();
    const incident = await this.#incident;
    const refusedAt = token === undefined ? undefined : this.#refused.get(token.accessToken);
    const cause = this.#fault;
    if (token !== undefined && this.#now() >= endOf(token)) {
      return new TokenUnavailableError(this.#subject, {
        reason: 'expired',
        since: token.expiresAt,
        incident,
        cause,
      });
    }
    if (refusedAt !== undefined) {
      const since = new Date(refusedAt);
      return new TokenUnavailableError(this.#subject, { reason: 'rejected', since, incident, cause });
    }
    const reason = cause === undefined ? 'nothing_stored' : 'unreadable';
    const since = new Date(this.#faultSince);
    return new TokenUnavailableError(this.#subject, { reason, since, incident, cause });
  }

  async #lookAndGet(): Promise<ZohoToken> {
    const now = this.#now();
    if (now >= this.#nextReadAt || now < this.#readAt) {
      const reading = this.#read(false);
      // While reads fail, nobody waits for the next one as long as there is something to hand out.
      if (this.#fruitlessReads === 0 || this.usable === undefined) await reading;
    } else if (this.usable === undefined) await this.#reading;
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
  async #readIncident(): Promise<Incident | undefined> {
    const record = await this.#source.read('INCIDENT', true).catch(() => undefined);
    return record && parseIncident(record.text);
  }

  #isUsable(token: ZohoToken | undefined): boolean {
    return token !== undefined && this.#now() < endOf(token) && !this.#refused.has(token.accessToken);
  }

  /** A value from a cache is taken only if it is usable and not older than what is held. */
  #isNews(token: ZohoToken | undefined): boolean {
    if (token === undefined || !this.#isUsable(token)) return false;
    return this.usable === undefined || token.issuedAt >= this.usable.issuedAt;
  }
}
