import { parseJson } from '../parse-json.ts';
import type { Fact, RunOfLambda } from '../world/facts.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { hearOfCredentials, hearProbeAnswer, hearStoreFailure, hearTokenAnswer } from './hearing.ts';
import { judgePublished, judgeRecord } from './judge-alerts.ts';
import { JudgeOfRequests } from './judge-requests.ts';
import { judgeRest, judgeRunEnd } from './judge-runs.ts';
import { judgeLoss, judgeStoredCredentials, judgeStoredToken } from './judge-tokens.ts';
import { JudgeOfWrites } from './judge-writes.ts';
import { type Breach, lifeOf, minute, Notebook } from './notebook.ts';

/**
 * Watches the simulated world and says where an invariant is broken.
 *
 * It knows the truth (what is live at Zoho, which faults are on) and what is observable from outside, and shares no
 * decision with the code that it judges: its rules are the design's sentences, written down a second time.
 */
export class Oracle {
  readonly #notes: Notebook;
  readonly #requests: JudgeOfRequests;
  readonly #writes: JudgeOfWrites;
  #longestLossMinutes = 0;

  /** @param without - An excuse that does not count, by its name. */
  constructor(world: SimulatedWorld, tickInterval: number, without?: string) {
    this.#notes = new Notebook(world, tickInterval, without);
    this.#requests = new JudgeOfRequests(this.#notes);
    this.#writes = new JudgeOfWrites(this.#notes);
  }

  get breaches(): readonly Breach[] {
    return this.#notes.breaches;
  }

  get figures() {
    const { tokenRequests } = this.#requests;
    return { tokenRequests, longestLossMinutes: this.#longestLossMinutes };
  }

  /** Takes note of what happened, and judges it. */
  observe(fact: Fact): void {
    const notes = this.#notes;
    switch (fact.kind) {
      case 'run begins':
        this.#runBegins(fact.run);
        return;
      case 'run ends':
        judgeRunEnd(notes, fact);
        return;
      case 'token request':
        this.#requests.judge(fact);
        return;
      case 'token answer':
        if (hearTokenAnswer(notes, fact) === 'throttle') this.#requests.noteThrottle(fact);
        return;
      case 'probe answer':
        hearProbeAnswer(notes, fact);
        return;
      case 'stored':
        this.#stored(fact);
        return;
      case 'published':
        judgePublished(notes, fact);
        return;
      case 'publish failed':
        notes.deedsOf(fact.run, fact.connection).publishFailed = true;
        return;
      case 'store failed':
        hearStoreFailure(notes, fact);
        return;
      case 'place taken':
        notes.deedsOf(fact.run, fact.connection).recordFailed = false;
        return;
      case 'stray call':
        notes.breach(fact.invariant, fact.connection, fact.what);
        return;
      case 'changed':
        notes.watch(fact.connection).quietTicks = 0;
        notes.watch(fact.connection).fixedAt = undefined;
        return;
      case 'fixed':
        this.#fixed(fact);
        return;
      case 'tick not delivered':
        return;
    }
  }

  /** After two hours without any disturbance nothing may be left of what was. */
  judgeRest(): void {
    judgeRest(this.#notes);
  }

  /** A human has put everything right: the next undisturbed tick must heal. */
  #fixed({ connection, keepsGrant }: Fact & { kind: 'fixed' }): void {
    const watch = this.#notes.watch(connection);
    const isSilent = keepsGrant && watch.heard.has('throttle');
    if (!this.#notes.excuse('throttle of the same refresh token', isSilent)) watch.fixedAt = this.#notes.now;
  }

  #runBegins(run: RunOfLambda): void {
    this.#notes.beginRun(run);
    if (run.kind !== 'tick') return;
    for (const { name } of this.#notes.world.connections.connections) {
      hearOfCredentials(this.#notes, name);
      judgeLoss(this.#notes, name);
    }
  }

  #stored(fact: Fact & { kind: 'stored' }): void {
    const { run, connection, secret, label, text, isRepeat } = fact;
    if (secret === 'credentials') {
      judgeStoredCredentials(this.#notes, fact);
      return;
    }
    this.#writes.judge(fact);
    const deeds = run && this.#notes.deedsOf(run, connection);
    if (deeds !== undefined) deeds.recordFailed = false;
    if (label === 'INCIDENT') {
      if (deeds !== undefined) deeds.writeFailed = false;
      if (deeds !== undefined) deeds.hasRecordedSincePublishing = true;
      judgeRecord(this.#notes, run, connection, text);
    } else if (run !== undefined && !isRepeat) {
      judgeStoredToken(this.#notes, fact);
      if (text !== 'nothing stored yet') this.#noteToken(fact);
    }
  }

  #noteToken({ connection, before }: Fact & { kind: 'stored' }): void {
    const { left } = lifeOf(parseJson(before), this.#notes.now);
    if (left < 0) this.#longestLossMinutes = Math.max(this.#longestLossMinutes, -left / minute);
    const watch = this.#notes.watch(connection);
    watch.heard.clear();
    watch.tokenStoredAt = this.#notes.now;
  }
}
