import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import type { StageOnClock } from '../../support/stage.ts';
import { faultsOfAlerts, faultsOfOutputs, faultsOfRequests, versionsOf } from '../stage-judges.ts';
import { type Cell, isSlow, isZohoAway } from './cells.ts';
import { expectedCode, mustBeSilent, mustFail, operatorCodes } from './expected.ts';

/** At a sixth of the life, at its end, and for a turn for the worse. */
const mostEscalations = 3;

/** What a tick came to for one connection: from its answer, or from its log line if the invocation failed. */
export function outcomeOf(stage: StageOnClock, invoked: Invoked, subject: string) {
  const line = fieldsOfLines(invoked).findLast(
    (fields) => fields.event === 'connection' && fields.connection === subject,
  );
  const { outcome = line?.outcome, code = line?.code } = stage.resultOf(invoked, subject) ?? {};
  return {
    hasThrown: invoked.error !== undefined,
    outcome: String(outcome ?? ''),
    code: typeof code === 'string' ? code : null,
  };
}

function fieldsOfLines({ lines }: Invoked): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Checks the invariants of one cell, from outside. */
export class CellWatch {
  readonly #stage: StageOnClock;
  readonly #subject: string;
  readonly #other: string;
  readonly #cell: Cell;
  readonly #broken = new Set<string>();
  #text: string | undefined;
  #versions: readonly string[] = [];
  #publishFaults: number;
  readonly #wasGood: boolean;
  readonly #beganAt: number;
  /** Every code that a tick gave for the subject. */
  readonly #heardCodes: Set<string>;

  constructor(stage: StageOnClock, subject: string, other: string, cell: Cell) {
    this.#stage = stage;
    this.#subject = subject;
    this.#other = other;
    this.#cell = cell;
    this.#text = stage.read(subject);
    this.#wasGood = stage.isGood(subject);
    this.#beganAt = stage.minute();
    this.#publishFaults = stage.sns.faults.hits;
    this.#heardCodes = new Set(this.#alerts().map(({ code }) => code));
  }

  /** After any tick. */
  judge(invoked: Invoked, isOtherAway = false): void {
    const stage = this.#stage;
    for (const { connection, code } of fieldsOfLines(invoked)) {
      if (connection === this.#subject && typeof code === 'string') this.#heardCodes.add(code);
    }
    const text = stage.read(this.#subject);
    if (text !== this.#text && text !== 'nothing stored yet' && !stage.isGood(this.#subject))
      this.#break(1, 'a token was stored that is not good');
    this.#text = text;
    if (!isOtherAway && !stage.isGood(this.#other))
      this.#break(2, `${this.#other} was not kept, though nothing was wrong with it`);
    // An alert that SNS did not take, or did not say that it took, is heard of by the invocation that fails.
    const { hits } = stage.sns.faults;
    if (hits > this.#publishFaults && invoked.error === undefined)
      this.#break(7, 'SNS did not take an alert, and the invocation did not fail');
    this.#publishFaults = hits;
    for (const fault of faultsOfRequests(stage)) this.#broken.add(fault);
    const versions = versionsOf(stage, this.#subject);
    if (this.#versions.some((known) => !versions.includes(known))) this.#break(8, 'a version is gone');
    this.#versions = versions;
  }

  /** After a tick under the fault. */
  judgeFaulty(invoked: Invoked): void {
    this.judge(invoked, isZohoAway(this.#cell));
    const { call, fault, state } = this.#cell;
    // A token that is nearly dead ends in the second tick under the fault.
    const hasLife = state === 'fresh' || state === 'due';
    // If the consent is revoked, or replaced, its access tokens end with it.
    const isEnded = call === 'SNS Publish' || fault === 'new_refresh_token';
    if (hasLife && this.#wasGood && !isEnded && !this.#stage.isGood(this.#subject))
      this.#break(2, 'an app had no token although the old one had life left');
    this.#judgeHearing(invoked);
  }

  /** What the first tick under the fault says of it, if it is met. */
  judgeFirst(invoked: Invoked): void {
    const { hasThrown, code } = outcomeOf(this.#stage, invoked, this.#subject);
    const expected = expectedCode(this.#cell);
    if (expected !== undefined && code !== expected)
      this.#break(1, `the fault was judged ${code}, expected ${expected}`);
    if (mustFail(this.#cell) && !hasThrown) this.#break(7, 'nobody can be told of it, and the invocation did not fail');
  }

  /** A person has made a secret anew: with it its versions are gone. */
  forgetVersions(): void {
    this.#versions = [];
  }

  /** The first tick after the fault is over, and after a person has done what only a person can. */
  judgeHealing(invoked: Invoked): void {
    this.judge(invoked);
    const isSilent = expectedCode(this.#cell) === 'rate_limited';
    if (!isSilent && !this.#stage.isGood(this.#subject)) this.#break(6, 'the tick after did not heal');
  }

  /** @returns Everything that was broken. */
  judgeEnd(): string[] {
    const { call, fault } = this.#cell;
    if (!this.#stage.isGood(this.#subject)) this.#break(6, 'no good token at the end');
    this.#judgeAlerts();
    const may = {
      repeat: call === 'SNS Publish' && /^(cut_connection_(during|before)|hang|slow_drip)$/.test(fault),
      resolveLate: call === 'SNS Publish' || call === 'PutSecretValue record',
    };
    const states = this.#alerts().map(({ state }) => state);
    const more = [...faultsOfAlerts(states, may), ...faultsOfOutputs(this.#stage)];
    return [...this.#broken, ...more];
  }

  #alerts() {
    return this.#stage.alerts().filter(({ connection }) => connection === this.#subject);
  }

  /** Nobody is woken for what passes, no line is told twice, and what is told is what was heard. */
  #judgeAlerts(): void {
    const { call, fault, state: stateOfToken } = this.#cell;
    const alerts = this.#alerts();
    if (mustBeSilent(this.#cell) && alerts.length > 0) this.#break(3, `on-call was woken for ${fault}, which passed`);
    const escalations = alerts.filter(({ state }) => state === 'escalated').length;
    if (escalations > mostEscalations) this.#break(3, `${escalations} escalations`);
    for (const { code } of alerts) {
      if (!this.#heardCodes.has(code)) this.#break(3, `an alert says ${code}, which no tick said`);
    }
    const faultEndsAt = this.#beganAt + (isSlow(this.#cell) ? 1 : 6);
    // A wrong setting is told beside a token that was stored all the same.
    const isStored = expectedCode(this.#cell) === 'setting_mismatch';
    const isCritical = !isStored && ['nearly dead', 'expired', 'nothing stored'].includes(stateOfToken);
    // Whether the stored token goes on working under the fault.
    const isAlive = !call.endsWith('probe') && call !== 'SNS Publish' && ['fresh', 'due'].includes(stateOfToken);
    for (const { state, severity, minute } of alerts) {
      if (state !== 'open' || minute >= faultEndsAt) continue;
      if (isCritical && severity !== 'critical') this.#break(3, `open is ${severity} although hardly any life is left`);
      if (isAlive && severity !== 'warning')
        this.#break(3, `open is ${severity} although more than a sixth of the life is left`);
    }
  }

  /** What a person must end is told at once, or the invocation fails. */
  #judgeHearing(invoked: Invoked): void {
    const told = this.#alerts().at(-1)?.state ?? 'resolved';
    if (told !== 'resolved' || invoked.error !== undefined) return;
    const { outcome, code } = this.#stage.resultOf(invoked, this.#subject) ?? {};
    const isFailing = outcome === 'failed' || outcome === 'waiting';
    const isNotSetUp = code === 'credentials_missing' && this.#cell.state === 'nothing stored';
    if (isFailing && !isNotSetUp && this.#shareOfLifeLeft() <= 1 / 3)
      this.#break(3, `${code} with a third of the life or less left, and nobody was told`);
    const needsPerson = [...operatorCodes, 'credentials_missing', 'setting_mismatch'];
    if (needsPerson.includes(code ?? '') && outcome !== 'waiting') this.#break(7, `${code} and nobody heard`);
    if (!this.#stage.isGood(this.#subject) && outcome === 'failed') this.#break(7, 'no usable token and nobody heard');
  }

  /** Of the stored token, by everybody's clock; 0 if none is stored. */
  #shareOfLifeLeft(): number {
    const { issued_at: issuedAt, expires_at: expiresAt } = this.#stage.document(this.#subject);
    const [from = 0, to = 0] = [issuedAt, expiresAt].map((instant) => Date.parse(String(instant)));
    const share = (to - this.#stage.instant()) / (to - from);
    return Number.isFinite(share) ? share : 0;
  }

  #break(invariant: number, what: string): void {
    this.#broken.add(`${invariant}: ${what}`);
  }
}
