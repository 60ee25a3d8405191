import type { Fact, RunOfLambda } from '../world/facts.ts';
import { minute, type Notebook } from './notebook.ts';

/** Requests of one grant in ten minutes; each that a doubled delivery made is forgiven, up to eight. */
const mostRequests = 5;
const mostRequestsDoubled = 8;

/** A tick is up to a minute late, so that from one to the third after it may be 14 minutes. */
const silence = 14 * minute;

type HeardThrottle = { readonly at: number; readonly run: RunOfLambda };

/** Invariant 5: Zoho's limits are never the reason for a failure. */
export class JudgeOfRequests {
  tokenRequests = 0;
  readonly #notes: Notebook;
  readonly #requests = new Map<string, { at: number; run: RunOfLambda }[]>();
  /** When Zoho asked for silence, and who heard it, by refresh token. */
  readonly #throttles = new Map<string, HeardThrottle>();

  constructor(notes: Notebook) {
    this.#notes = notes;
  }

  /** Zoho asked for silence. */
  noteThrottle({ refreshToken, run }: Fact & { kind: 'token answer' }): void {
    this.#throttles.set(refreshToken, { at: this.#notes.now, run });
  }

  /** A token request reached Zoho: are there too many, or is it too soon? */
  judge({ run, connection, refreshToken }: Fact & { kind: 'token request' }): void {
    if (run === undefined) return;
    this.tokenRequests += 1;
    this.#judgeNumber(run, connection, refreshToken);
    const throttle = this.#throttles.get(refreshToken);
    if (throttle !== undefined) this.#judgeSilence(run, connection, throttle);
  }

  #judgeNumber(run: RunOfLambda, connection: string, refreshToken: string): void {
    const { now } = this.#notes;
    const known = (this.#requests.get(refreshToken) ?? []).filter(({ at }) => now - at < 10 * minute);
    const requests = [...known, { at: now, run }];
    this.#requests.set(refreshToken, requests);
    const doubled = requests.filter((request) => request.run.delivery === 'doubled').length;
    const forgiven = this.#notes.excuse('doubled deliveries', doubled > 0) ? doubled : 0;
    const most = Math.min(mostRequestsDoubled, mostRequests + forgiven);
    if (requests.length <= most) return;
    const what = `${requests.length} token requests in ten minutes, at most ${most} allowed`;
    this.#notes.breach(5, connection, what);
  }

  #judgeSilence(run: RunOfLambda, connection: string, { at, run: throttled }: HeardThrottle): void {
    const notes = this.#notes;
    const { now } = notes;
    if (now - at >= silence) return;
    const { endedAt, isKilled, environment } = throttled;
    if (notes.excuse('throttle heard by a run at work', !(endedAt !== undefined && run.startedAt > endedAt))) return;
    if (notes.excuse('throttle heard by a killed run', isKilled)) return;
    // What could not be recorded is known to the execution environment alone that heard it.
    const heard = notes.deedsOf(throttled, connection);
    const isUnread = heard.writeFailed || heard.isRecordUnread || notes.deedsOf(run, connection).isRecordUnread;
    if (notes.excuse('throttle that is not on record', isUnread && run.environment !== environment)) return;
    const minutes = ((now - at) / minute).toFixed(1);
    notes.breach(5, connection, `a token request ${minutes} minutes after a throttle answer`);
  }
}
