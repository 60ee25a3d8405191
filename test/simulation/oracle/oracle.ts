import type { Fact, RunOfLambda } from '../world/facts.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { hearOfCredentials, hearProbeAnswer, hearStoreFailure, hearTokenAnswer } from './hearing.ts';
import { judgePublished } from './judge-alerts.ts';
import { judgeRecord } from './judge-claims.ts';
import { JudgeOfLosses } from './judge-losses.ts';
import { JudgeOfRequests } from './judge-requests.ts';
import { judgeRest, judgeRunEnd } from './judge-runs.ts';
import { judgeStoredCredentials, judgeStoredToken } from './judge-tokens.ts';
import { JudgeOfWrites } from './judge-writes.ts';
import { type Breach, Notebook } from './notebook.ts';

/**
 * Watches the simulated world and says where an invariant is broken.
 *
 * It knows the truth (what is live at Zoho, which faults are on) and what is observable from outside, and shares no
 * decision with the code that it judges: its rules are the design's sentences, written down a second time.
 */
export class Oracle {
  readonly #world: SimulatedWorld;
  readonly #notes: Notebook;
  readonly #requests: JudgeOfRequests;
  readonly #writes: JudgeOfWrites;
  readonly #losses: JudgeOfLosses;

  constructor(world: SimulatedWorld, tickInterval: number) {
    this.#world = world;
    this.#notes = new Notebook(world, tickInterval);
    this.#requests = new JudgeOfRequests(this.#notes);
    this.#writes = new JudgeOfWrites(this.#notes);
    this.#losses = new JudgeOfLosses(this.#notes);
  }

  get breaches(): readonly Breach[] {
    return this.#notes.breaches;
  }

  get figures() {
    return {
      tokenRequests: this.#requests.tokenRequests,
      longestLossMinutes: this.#losses.longestMinutes,
      mostWritesPerDay: this.#writes.mostPerDay,
    };
  }

  /** Takes note of what happened, and judges it. */
  observe(fact: Fact): void {
    switch (fact.kind) {
      case 'run begins':
        this.#runBegins(fact.run);
        return;
      case 'run ends':
        judgeRunEnd(this.#notes, fact);
        return;
      case 'token request':
        this.#requests.judge(fact);
        return;
      case 'token answer':
        if (hearTokenAnswer(this.#notes, fact) === 'throttle') this.#requests.noteThrottle(fact);
        return;
      case 'probe answer':
        hearProbeAnswer(this.#notes, fact);
        return;
      case 'stored':
        this.#stored(fact);
        return;
      case 'published':
        judgePublished(this.#notes, fact);
        return;
      case 'publish failed':
        this.#notes.deedsOf(fact.run, fact.connection).publishFailed = true;
        return;
      case 'store failed':
        hearStoreFailure(this.#notes, fact);
        return;
      case 'place taken':
        this.#notes.deedsOf(fact.run, fact.connection).recordFailed = false;
        return;
      case 'stray call':
        this.#notes.breach(fact.invariant, fact.connection, fact.what);
        return;
      case 'tick not delivered':
        return;
    }
  }

  /** Somebody or something changed what holds for a connection. */
  noteChange(connection: string): void {
    const watch = this.#notes.watch(connection);
    watch.quietTicks = 0;
    watch.fixedAt = undefined;
  }

  /** A human has put everything right: the next undisturbed tick must heal. */
  noteFix(connection: string, options: { keepsGrant: boolean }): void {
    const watch = this.#notes.watch(connection);
    // A throttle of the same refresh token is still waited out.
    if (options.keepsGrant && watch.heard.has('throttle')) return;
    watch.fixedAt = this.#notes.now;
  }

  /** After two hours without any disturbance nothing may be left of what was. */
  judgeRest(): void {
    judgeRest(this.#notes);
  }

  #runBegins(run: RunOfLambda): void {
    this.#notes.beginRun(run);
    if (run.kind !== 'tick') return;
    for (const { name } of this.#world.connections.connections) {
      hearOfCredentials(this.#notes, name);
      this.#losses.judge(name);
    }
  }

  #stored(fact: Fact & { kind: 'stored' }): void {
    if (fact.secret === 'credentials') {
      judgeStoredCredentials(this.#notes, fact);
      return;
    }
    this.#writes.judge(fact);
    if (fact.label === 'INCIDENT') this.#recordStored(fact);
    else this.#tokenStored(fact);
  }

  #recordStored({ run, connection, text }: Fact & { kind: 'stored' }): void {
    if (run !== undefined) {
      const deeds = this.#notes.deedsOf(run, connection);
      deeds.recordFailed = false;
      deeds.writeFailed = false;
      deeds.hasRecordedSincePublishing = true;
    }
    judgeRecord(this.#notes, run, connection, text);
  }

  #tokenStored(fact: Fact & { kind: 'stored' }): void {
    const { run, connection, text, before, isRepeat } = fact;
    if (run === undefined) return;
    this.#notes.deedsOf(run, connection).recordFailed = false;
    if (isRepeat) return;
    judgeStoredToken(this.#notes, fact);
    if (text === 'nothing stored yet') return;
    this.#losses.measure(before);
    const watch = this.#notes.watch(connection);
    watch.heard.clear();
    watch.tokenStoredAt = this.#notes.now;
  }
}
