import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import { fingerprint } from '../../../local/zoho/made-up.ts';
import { searchForSecrets } from '../../support/secrets-search.ts';
import type { AlertSeen, StageOnClock } from '../../support/stage.ts';
import { type Cell, isSlow, isZohoAway } from './cells.ts';
import { expectedCode, mustBeSilent, mustFail } from './expected.ts';
import { outcomeOf } from './outcome.ts';

/** At a sixth of the life, at its end, and for a turn for the worse. */
const mostEscalations = 3;

/** Checks the invariants of one cell, from outside. */
export class CellWatch {
  readonly #stage: StageOnClock;
  readonly #subject: string;
  readonly #other: string;
  readonly #broken: string[];
  #text: string | undefined;
  readonly #versions = new Set<string>();
  #publishFaults: number;
  readonly #wasGood: boolean;
  readonly #beganAt: number;
  /** Every code that a tick gave for the subject. */
  readonly #heardCodes = new Set<string>();

  constructor(stage: StageOnClock, subject: string, other: string, broken: string[]) {
    this.#stage = stage;
    this.#subject = subject;
    this.#other = other;
    this.#broken = broken;
    this.#text = stage.read(subject);
    this.#wasGood = stage.isGood(subject);
    this.#beganAt = stage.minute();
    this.#publishFaults = stage.sns.faults.hits;
    for (const { connection, code } of stage.alerts()) if (connection === subject) this.#heardCodes.add(code);
  }

  /** After a tick; `cell` while the fault lasts. */
  judge(invoked: Invoked, cell: Cell | undefined): void {
    const stage = this.#stage;
    for (const line of invoked.lines) {
      const { connection, code } = JSON.parse(line) as { connection?: string; code?: string };
      if (connection === this.#subject && code != null) this.#heardCodes.add(code);
    }
    const text = stage.read(this.#subject);
    if (text !== this.#text && text !== 'nothing stored yet' && !stage.isGood(this.#subject)) {
      this.#break(1, 'a token was stored that is not good');
    }
    this.#text = text;
    // A token that is nearly dead ends in the second tick under the fault.
    const hasLife = cell !== undefined && (cell.state === 'fresh' || cell.state === 'due');
    // Where the consent is revoked, or replaced, its access tokens end with it.
    const isEnded = cell?.call === 'SNS Publish' || cell?.fault === 'new_refresh_token';
    if (hasLife && this.#wasGood && !isEnded && !stage.isGood(this.#subject)) {
      this.#break(2, 'an app had no token although the old one had life left');
    }
    const isOtherHit = cell !== undefined && isZohoAway(cell);
    if (!isOtherHit && !stage.isGood(this.#other))
      this.#break(2, `${this.#other} was not kept, though nothing was wrong with it`);
    this.#judgeHearing(invoked, cell);
    this.#judgePublishing(invoked);
    this.#judgeRequests();
    this.#judgeVersions();
  }

  /** What the first tick under the fault says of it, where it is met. */
  judgeFirst(invoked: Invoked, cell: Cell): void {
    const { hasThrown, code } = outcomeOf(this.#stage, invoked, this.#subject);
    const expected = expectedCode(cell);
    if (expected !== undefined && code !== expected)
      this.#break(1, `the fault was judged ${code}, expected ${expected}`);
    if (mustFail(cell) && !hasThrown)
      this.#break(7, 'nobody can be told of it, and the invocation did not fail');
  }

  /** A person has made a secret anew: with it its versions are gone. */
  forgetVersions(): void {
    this.#versions.clear();
  }

  /** The first tick after the fault is over, and after a person has done what only a person can. */
  judgeHealing(invoked: Invoked, cell: Cell): void {
    this.judge(invoked, undefined);
    const isSilent = expectedCode(cell) === 'rate_limited';
    if (!isSilent && !this.#stage.isGood(this.#subject)) this.#break(6, 'the tick after did not heal');
  }

  judgeEnd(cell: Cell): void {
    const stage = this.#stage;
    if (!stage.isGood(this.#subject)) this.#break(6, 'no good token at the end');
    const alerts = stage.alerts().filter(({ connection }) => connection === this.#subject);
    const states = alerts.map(({ state }) => state);
    this.#judgeAlerts(alerts, cell);
    if (states.length > 0 && states.at(-1) !== 'resolved') this.#break(3, `alerts end with ${states.at(-1)}`);
    let isOpen = false;
    let wasResolved = false;
    let repeats = 0;
    const isLate = cell.call === 'SNS Publish' || cell.call === 'PutSecretValue record';
    for (const state of states) {
      if ((state === 'open' && isOpen) || (state === 'resolved' && wasResolved)) repeats += 1;
      // What could not be said before the fault was over is one mail.
      else if (state !== 'open' && !isOpen && !(state === 'resolved' && isLate)) {
        this.#break(3, `"${state}" before "open"`);
      }
      isOpen = state !== 'resolved';
      wasResolved = state === 'resolved';
    }
    // SNS may have taken an alert whose answer got lost, and a record may be refused after its alert is out.
    const isExcused =
      cell.call === 'SNS Publish' && /^(cut_connection_(during|before)|hang|slow_drip)$/.test(cell.fault);
    if (repeats > 0 && !isExcused) this.#break(3, `${repeats} alerts repeated for no reason`);
    const found = searchForSecrets(stage.outputs(), stage.secrets);
    if (found !== undefined) this.#break(4, found);
    const unknown = stage.secretsManager.calls.filter(
      ({ operation }) => !['GetSecretValue', 'PutSecretValue'].includes(operation),
    );
    if (unknown.length > 0) this.#break(8, `called ${unknown[0]?.operation}`);
  }

  /** Nobody is woken for what passes, no line is told twice, and what is told is what was heard. */
  #judgeAlerts(alerts: readonly AlertSeen[], cell: Cell): void {
    if (mustBeSilent(cell) && alerts.length > 0)
      this.#break(3, `on-call was woken for ${cell.fault}, which passed`);
    const escalations = alerts.filter(({ state }) => state === 'escalated').length;
    if (escalations > mostEscalations) this.#break(3, `${escalations} escalations`);
    for (const { code } of alerts) {
      if (!this.#heardCodes.has(code)) this.#break(3, `an alert says ${code}, which no tick said`);
    }
    const faultEndsAt = this.#beganAt + (isSlow(cell) ? 1 : 6);
    for (const { severity, minute } of alerts.filter(({ state }) => state === 'open')) {
      // A wrong setting is told beside a token that was stored all the same.
      const isStored = expectedCode(cell) === 'setting_mismatch';
      const isCritical = !isStored && ['nearly dead', 'expired', 'nothing stored'].includes(cell.state);
      const isFresh = ['fresh', 'due'].includes(cell.state) && minute < faultEndsAt;
      if (isCritical && minute < faultEndsAt && severity !== 'critical')
        this.#break(3, `open is ${severity} although hardly any life is left`);
      if (isFresh && this.#isAlive(cell) && severity !== 'warning')
        this.#break(3, `open is ${severity} although more than a sixth of the life is left`);
    }
  }

  /** Whether the stored token goes on working under the fault. */
  #isAlive({ call }: Cell): boolean {
    return !call.endsWith('probe') && call !== 'SNS Publish';
  }

  /** What a person must end is told at once, or the invocation fails. */
  #judgeHearing(invoked: Invoked, cell: Cell | undefined): void {
    const stage = this.#stage;
    const told = stage.alerts().filter(({ connection }) => connection === this.#subject);
    const isOpen = told.length > 0 && told.at(-1)?.state !== 'resolved';
    if (isOpen || invoked.error !== undefined) return;
    if (cell === undefined) return;
    const result = stage.resultOf(invoked, this.#subject);
    const isFailing = result?.outcome === 'failed' || result?.outcome === 'waiting';
    const isNotSetUp = result?.code === 'credentials_missing' && cell.state === 'nothing stored';
    if (isFailing && !isNotSetUp && this.#shareOfLifeLeft() <= 1 / 3)
      this.#break(3, `${result?.code} with a third of the life or less left, and nobody was told`);
    const needsPerson = [
      'credentials_missing',
      'invalid_client',
      'invalid_client_secret',
      'invalid_code',
      'prefix_mismatch',
      'scope_mismatch',
      'token_rejected',
      'setting_mismatch',
    ];
    if (needsPerson.includes(result?.code ?? '') && result?.outcome !== 'waiting') {
      this.#break(7, `${result?.code} and nobody heard`);
    }
    if (!stage.isGood(this.#subject) && result?.outcome === 'failed')
      this.#break(7, 'no usable token and nobody heard');
  }

  /** Of the stored token, by everybody's clock; 0 where none is stored. */
  #shareOfLifeLeft(): number {
    const { issued_at: issuedAt, expires_at: expiresAt } = this.#stage.document(this.#subject);
    const [from, to] = [issuedAt, expiresAt].map((instant) => Date.parse(String(instant)));
    const share = ((to ?? 0) - this.#stage.instant()) / ((to ?? 0) - (from ?? 0));
    return Number.isFinite(share) ? share : 0;
  }

  /** An alert that SNS did not take, or did not say that it took, is heard of by the invocation that fails. */
  #judgePublishing(invoked: Invoked): void {
    const { hits } = this.#stage.sns.faults;
    if (hits > this.#publishFaults && invoked.error === undefined)
      this.#break(7, 'SNS did not take an alert, and the invocation did not fail');
    this.#publishFaults = hits;
  }

  #judgeRequests(): void {
    const stage = this.#stage;
    const tails = new Set(
      stage.secretsManager
        .versions(`zoho/${this.#subject}/credentials`)
        .map(({ secretString }) => /"refresh_token":"([^"]+)"/.exec(secretString)?.[1] ?? '')
        .map(fingerprint),
    );
    for (const tail of tails) {
      const requests = stage.zoho.requests.filter(
        ({ kind, refreshTokenTail }) => kind === 'token' && refreshTokenTail === tail,
      );
      for (const { at } of requests) {
        if (requests.filter((request) => request.at >= at && request.at - at < 600_000).length > 5) {
          this.#break(5, 'more than five token requests in ten minutes');
        }
      }
      const throttled = requests.filter(({ outcome }) => outcome === 'throttled');
      const isHasty = throttled.some(({ at }) =>
        requests.some((request) => request.at > at && request.at - at < 14 * 60_000),
      );
      if (isHasty) this.#break(5, 'a token request within 15 minutes of a throttle answer');
    }
  }

  #judgeVersions(): void {
    for (const secret of ['token', 'credentials']) {
      const now = new Set(
        this.#stage.secretsManager
          .versions(`zoho/${this.#subject}/${secret}`)
          .map(({ versionId }) => versionId),
      );
      for (const known of this.#versions) {
        if (known.startsWith(secret) && !now.has(known.slice(secret.length)))
          this.#break(8, `a version of ${secret} is gone`);
      }
      for (const versionId of now) this.#versions.add(`${secret}${versionId}`);
    }
  }

  #break(invariant: number, what: string): void {
    const text = `${invariant}: ${what}`;
    if (!this.#broken.includes(text)) this.#broken.push(text);
  }
}
