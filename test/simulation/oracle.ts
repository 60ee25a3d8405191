import type { Connection, Connections } from '../../lambda/connections/read-connections.ts';
import type { Fact, RunOfLambda } from './facts.ts';
import { faultsOfAlert } from './judge-alert.ts';
import { faultsOfAnswer, sortProbeAnswer, sortTokenAnswer } from './sort-answers.ts';
import { isGood, isNotSetUp, isWithoutCredentials, truthAbout } from './truth.ts';
import { type Deeds, type HeardThrottle, startDeeds, startWatch, type Watch } from './watch.ts';
import { faultsOfAws, parseJson, type SimulatedWorld } from './world.ts';

/** What must never happen, and did. */
export type Breach = {
  /** Number of the invariant in the design. */
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  readonly connection: string;
  readonly at: number;
  readonly what: string;
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** One write in ten minutes, sustained: what Secrets Manager can bear, as each version stays for a day. */
const mostWritesPerDay = 144;

/** Time after a run in which others may take it for alive: Lambda's time-out. */
const shadowOfRun = 61 * second;

/**
 * Watches the simulated world and says where an invariant is broken.
 *
 * It knows the truth (what is live at Zoho, which faults are on) and what is observable from outside, and shares no
 * decision with the code that it judges: its rules are the design's sentences, written down a second time.
 */
export class Oracle {
  readonly breaches: Breach[] = [];
  tokenRequests = 0;
  /** The longest time from the end of a token to the next. */
  longestLossMinutes = 0;
  /** The most versions of one secret in 24 hours. */
  mostWritesPerDay = 0;
  readonly #world: SimulatedWorld;
  readonly #tickInterval: number;
  readonly #watches = new Map<string, Watch>();
  /** Runs that are not over for longer than their shadow. */
  #runs: RunOfLambda[] = [];
  readonly #deeds = new Map<string, Deeds>();
  readonly #configurations = new Map<number, Connections>();
  /** Tokens that Zoho issued, with the answer as the run got it. */
  readonly #answers = new Map<string, { run: number; fields: Record<string, unknown> }>();
  /** Tokens that a run was told are dead, or lack a scope. */
  readonly #refused = new Map<string, RunOfLambda>();
  readonly #requests = new Map<string, { at: number; run: RunOfLambda }[]>();
  readonly #throttles = new Map<string, HeardThrottle>();

  constructor(world: SimulatedWorld, tickInterval: number) {
    this.#world = world;
    this.#tickInterval = tickInterval;
  }

  /** Takes note of what happened, and judges it. */
  observe(fact: Fact): void {
    switch (fact.kind) {
      case 'run begins':
        this.#runBegins(fact.run);
        return;
      case 'run ends':
        this.#runEnds(fact);
        return;
      case 'token request':
        this.#tokenRequest(fact);
        return;
      case 'token answer':
        this.#tokenAnswer(fact);
        return;
      case 'probe answer':
        this.#probeAnswer(fact);
        return;
      case 'stored':
        if (fact.secret === 'token') this.#tokenStored(fact);
        else this.#credentialsStored(fact);
        return;
      case 'published':
        this.#published(fact);
        return;
      case 'publish failed':
        this.#deedsOf(fact.run, fact.connection).publishFailed = true;
        return;
      case 'store failed': {
        const deeds = this.#deedsOf(fact.run, fact.connection);
        const met = fact.run.faultsMet.get(fact.connection) ?? [];
        this.#hear(fact.connection, ['secret_store_failed']);
        if (met.some((fault) => /access-denied|kms/.test(fault)))
          this.#hear(fact.connection, ['refused by AWS']);
        if (fact.operation === 'PutSecretValue') deeds.writeFailed = true;
        // Before its first version a secret takes no record either.
        const isFirst = this.#world.read(fact.connection, 'token') === undefined;
        if (fact.operation === 'PutSecretValue' && (fact.label === 'INCIDENT' || isFirst))
          deeds.recordFailed = true;
        return;
      }
      case 'place taken': {
        const deeds = this.#deedsOf(fact.run, fact.connection);
        deeds.recordFailed = false;
        return;
      }
      case 'tick not delivered':
        return;
    }
  }

  /** Somebody or something changed what holds for a connection. */
  noteChange(connection: string): void {
    const watch = this.#watch(connection);
    watch.quietTicks = 0;
    watch.fixedAt = undefined;
  }

  /** A human has put everything right: the next undisturbed tick must heal. */
  noteFix(connection: string): void {
    this.#watch(connection).fixedAt = this.#world.time.now;
  }

  /** After two hours without any disturbance nothing may be left of what was. */
  judgeRest(): void {
    for (const connection of this.#world.connections.connections) {
      const { name } = connection;
      if (!isGood(this.#world, connection)) this.#breach(6, name, 'no good token after two quiet hours');
      if (this.#watch(name).told === 'open') this.#breach(3, name, 'the incident was never resolved');
      const record = parseJson(this.#world.read(name, 'token', 'INCIDENT'));
      if (record !== undefined && record.state !== 'closed') {
        this.#breach(3, name, `the record says "${record.state}" after two quiet hours`);
      }
    }
  }

  #breach(invariant: Breach['invariant'], connection: string, what: string): void {
    this.breaches.push({ invariant, connection, at: this.#world.time.now, what });
  }

  #watch(connection: string): Watch {
    const known = this.#watches.get(connection);
    if (known !== undefined) return known;
    const watch = startWatch();
    this.#watches.set(connection, watch);
    return watch;
  }

  #deedsOf(run: RunOfLambda, connection: string): Deeds {
    const key = `${run.id} ${connection}`;
    const known = this.#deeds.get(key);
    if (known !== undefined) return known;
    const deeds = startDeeds();
    this.#deeds.set(key, deeds);
    return deeds;
  }

  // Invariant 1: only tokens that were judged good.

  #tokenStored({ run, connection, label, text, before, isRepeat }: Fact & { kind: 'stored' }): void {
    // Calls on demand have a budget of their own.
    if (run?.kind === 'tick' && !isRepeat) this.#countWrite(connection);
    if (run !== undefined) this.#deedsOf(run, connection).recordFailed = false;
    if (run !== undefined && label === 'INCIDENT') this.#deedsOf(run, connection).writeFailed = false;
    if (label === 'INCIDENT') {
      if (run !== undefined) this.#deedsOf(run, connection).hasRecordedSincePublishing = true;
      this.#noteStep(connection, text);
      this.#judgeOpening(connection, text);
      return;
    }
    if (run === undefined || isRepeat) return;
    if (text === 'nothing stored yet') {
      if (before !== undefined) this.#breach(1, connection, 'a stored value was replaced by nothing');
      return;
    }
    const document = parseJson(text);
    const token = String(document?.access_token);
    const answer = this.#answers.get(token);
    if (answer === undefined || answer.run !== run.id) {
      this.#breach(1, connection, 'a token was stored that Zoho did not give to this run');
      return;
    }
    if (this.#refused.has(token)) this.#breach(1, connection, 'a token was stored that a probe had refused');
    const configured = this.#configurations.get(run.id)?.connections.find(({ name }) => name === connection);
    if (configured === undefined) {
      this.#breach(1, connection, 'a token was stored for nobody');
      return;
    }
    const faults = faultsOfAnswer(answer.fields, configured);
    if (faults.length > 0) this.#breach(1, connection, `a token was stored, ${faults.join(', ')}`);
    const expiresAt = Date.parse(String(document?.expires_at));
    const life = expiresAt - Date.parse(String(document?.issued_at));
    if (!(life >= 10 * minute && life <= 24 * hour)) {
      this.#breach(1, connection, `a token was stored with a life of ${life} ms`);
    }
    const truth = this.#world.zoho.registry.token(token);
    if (truth !== undefined && expiresAt > truth.expiresAt) {
      this.#breach(1, connection, 'the stored token claims to live longer than it does');
    }
    this.#compareWith(before, expiresAt, connection);
    this.#measureLoss(before);
    this.#watch(connection).heard.clear();
    this.#watch(connection).tokenStoredAt = this.#world.time.now;
  }

  #measureLoss(before: string | undefined): void {
    const oldExpiry = Date.parse(String(parseJson(before)?.expires_at));
    if (!(oldExpiry < this.#world.time.now)) return;
    this.longestLossMinutes = Math.max(this.longestLossMinutes, (this.#world.time.now - oldExpiry) / minute);
  }

  /** A token that ends earlier must not replace one that works. */
  #compareWith(before: string | undefined, expiresAt: number, connection: string): void {
    const old = parseJson(before);
    const oldExpiry = Date.parse(String(old?.expires_at));
    const oldLife = oldExpiry - Date.parse(String(old?.issued_at));
    const oldToken = String(old?.access_token);
    const isOldAlive =
      oldExpiry > this.#world.time.now && oldLife <= 24 * hour && this.#world.levers.isLive(oldToken);
    // Of two overlapping runs the one that asked a moment earlier may write a moment later.
    if (isOldAlive && !this.#refused.has(oldToken) && expiresAt < oldExpiry - minute) {
      this.#breach(1, connection, 'a living token was replaced by one that ends earlier');
    }
  }

  #credentialsStored({ run, connection, text }: Fact & { kind: 'stored' }): void {
    if (run === undefined) return;
    const given = parseJson(text)?.refresh_token;
    const isFromZoho = [...this.#answers.values()].some(
      (answer) => answer.run === run.id && answer.fields.refresh_token === given,
    );
    if (!isFromZoho)
      this.#breach(1, connection, 'credentials were stored that Zoho did not give to this run');
    const deeds = this.#deedsOf(run, connection);
    if (given === deeds.newRefreshToken) deeds.newRefreshToken = undefined;
  }

  #countWrite(connection: string): void {
    const { writes } = this.#watch(connection);
    const now = this.#world.time.now;
    while (writes[0] !== undefined && now - writes[0] >= 24 * hour) writes.shift();
    writes.push(now);
    this.mostWritesPerDay = Math.max(this.mostWritesPerDay, writes.length);
    if (writes.length > mostWritesPerDay) this.#breach(5, connection, `${writes.length} versions in a day`);
  }

  #probeAnswer({ run, connection, accessToken, body, status }: Fact & { kind: 'probe answer' }): void {
    if (body === undefined) return;
    const { isRefusal, codes } = sortProbeAnswer(status, parseJson(body));
    this.#hear(connection, codes);
    if (!isRefusal) return;
    this.#refused.set(accessToken, run);
    this.#watch(connection).heard.add('operator');
    // Of a new token it is as good as a refusal of Zoho's.
    if (this.#answers.get(accessToken)?.run === run.id) this.#deedsOf(run, connection).hears = 'operator';
  }

  #hear(connection: string, codes: readonly string[]): void {
    for (const code of codes) this.#watch(connection).heardCodes.set(code, this.#world.time.now);
  }

  // Invariant 5: Zoho's limits.

  #tokenRequest({ run, connection, refreshToken }: Fact & { kind: 'token request' }): void {
    if (run === undefined) return;
    this.tokenRequests += 1;
    const now = this.#world.time.now;
    const known = (this.#requests.get(refreshToken) ?? []).filter(({ at }) => now - at < 10 * minute);
    const requests = [...known, { at: now, run }];
    this.#requests.set(refreshToken, requests);
    const doubled = requests.filter((request) => request.run.delivery === 'doubled').length;
    const most = Math.min(8, 5 + doubled);
    if (requests.length > most) {
      this.#breach(
        5,
        connection,
        `${requests.length} token requests in ten minutes, at most ${most} allowed`,
      );
    }
    const throttle = this.#throttles.get(refreshToken);
    // A tick is up to a minute late, so that from one to the third after it may be 14 minutes; and of two overlapping
    // runs the earlier answer may be the one on record.
    if (throttle === undefined || now - throttle.at >= 14 * minute - 15 * second) return;
    const { run: throttled } = throttle;
    // What could not be recorded is known to the execution environment alone that heard it.
    const isOnRecord = !this.#deedsOf(throttled, connection).writeFailed;
    const couldKnow =
      throttled.endedAt !== undefined &&
      run.startedAt > throttled.endedAt &&
      !throttled.isKilled &&
      (isOnRecord || run.environment === throttled.environment);
    if (couldKnow) {
      const minutes = ((now - throttle.at) / minute).toFixed(1);
      this.#breach(5, connection, `a token request ${minutes} minutes after a throttle answer`);
    }
  }

  #tokenAnswer({ run, connection, refreshToken, body, status }: Fact & { kind: 'token answer' }): void {
    const fields = parseJson(body);
    const configured = this.#configurations.get(run.id)?.connections.find(({ name }) => name === connection);
    const { heard, codes } = sortTokenAnswer(status, body, fields, configured);
    const deeds = this.#deedsOf(run, connection);
    const watch = this.#watch(connection);
    deeds.hears = heard;
    watch.heard.add(heard);
    this.#hear(connection, codes);
    if (heard === 'throttle') this.#throttles.set(refreshToken, { at: this.#world.time.now, run });
    const { access_token: token, refresh_token: given } = fields ?? {};
    if (typeof token === 'string') this.#answers.set(token, { run: run.id, fields: fields ?? {} });
    if (typeof given === 'string' && given !== refreshToken) deeds.newRefreshToken = given;
  }

  // Invariant 3: one incident, one open, one resolved.

  #published({ run, alert, text, isAnswered }: Fact & { kind: 'published' }): void {
    if (alert.state === 'test') return;
    const watch = this.#watch(alert.connection);
    const deeds = this.#deedsOf(run, alert.connection);
    if (run.kind !== 'tick') this.#breach(3, alert.connection, 'a call on demand alerted somebody');
    const isRepeat = watch.mayRepeat.delete(alert.state);
    const fits = alert.state === 'open' ? watch.told === 'nothing' : watch.told === 'open';
    if (!fits && !isRepeat) {
      this.#breach(
        3,
        alert.connection,
        `"${alert.state}" was published while ${watch.told === 'open' ? 'the incident was open' : 'nothing was open'}`,
      );
    }
    if (alert.state === 'reminder') {
      const { now } = this.#world.time;
      const wasHindered = this.#world.disturbances
        .between(alert.connection, now - 13 * hour, now)
        .some(({ what }) => ['aws fault', 'sns fault', 'crash', 'schedule'].includes(what));
      if (!isRepeat && !wasHindered && now - watch.lastReminderAt < 5 * hour) {
        this.#breach(3, alert.connection, 'two reminders within five hours');
      }
      watch.lastReminderAt = now;
    }
    const now = this.#world.time.now;
    const stored = this.#world.document(alert.connection);
    const isFoundDead = this.#refused.has(String(stored?.access_token));
    if (alert.state === 'open' && !isRepeat) {
      watch.escalations = 0;
      watch.tokensOfIncident.clear();
    }
    watch.tokensOfIncident.add(stored?.access_token);
    this.#hearOfCredentials(alert.connection);
    for (const fault of faultsOfAlert({ alert, now, watch, stored, isFoundDead, isRepeat })) {
      this.#breach(3, alert.connection, fault);
    }
    if (alert.state === 'escalated') watch.escalations += 1;
    if (!/Next step: \S/.test(text)) this.#breach(3, alert.connection, 'an alert names no next step');
    watch.told = alert.state === 'resolved' ? 'nothing' : 'open';
    if (alert.severity === 'critical') {
      watch.criticalAbout = this.#world.document(alert.connection)?.access_token;
    }
    watch.lastAlertAt = this.#world.time.now;
    watch.lastCode = alert.code;
    deeds.published.push(alert.state);
    deeds.hasRecordedSincePublishing = false;
    if (!isAnswered || run.isKilled) watch.mayRepeat.add(alert.state);
  }

  /** Once an alert is on record as sent, nobody may send it again. */
  #noteStep(connection: string, record: string): void {
    const { step } = (parseJson(record) ?? {}) as { step?: { alert?: 'open'; status?: string } };
    if (step?.status === 'sent' && step.alert !== undefined)
      this.#watch(connection).mayRepeat.delete(step.alert);
  }

  /** Nobody is woken for a fault that passes while the token lives; judged when the alert is claimed. */
  #judgeOpening(connection: string, record: string): void {
    const { step, incident } = (parseJson(record) ?? {}) as {
      step?: { alert?: string; status?: string; claims?: number; at?: string };
      incident?: { code?: string };
    };
    if (step?.alert !== 'open' || step.status !== 'claimed' || step.claims !== 1) return;
    // A claim that still waits for SNS is written again with what is new.
    if (this.#world.time.now - Date.parse(String(step.at)) > shadowOfRun) return;
    const code = incident?.code ?? '';
    const isPassing =
      ['zoho_unavailable', 'unexpected_response', 'rate_limited'].includes(code) ||
      (code === 'secret_store_failed' && !this.#wasRefusedByAws(connection));
    const document = this.#world.document(connection);
    const expiresAt = Date.parse(String(document?.expires_at));
    const life = expiresAt - Date.parse(String(document?.issued_at));
    const left = expiresAt - this.#world.time.now;
    const isFar = left > life / 3 && life <= 24 * hour;
    const isDead = this.#refused.has(String(document?.access_token));
    // Whose own write went through without an answer does not know of the token.
    const isNews = this.#world.time.now - this.#watch(connection).tokenStoredAt < shadowOfRun;
    if (isPassing && isFar && !isDead && !isNews) {
      this.#breach(
        3,
        connection,
        `on-call was woken for ${code} with ${(left / minute).toFixed(1)} minutes of life left`,
      );
    }
  }

  /** Whether AWS lately refused something that only a person can allow again. */
  #wasRefusedByAws(connection: string): boolean {
    const refusedAt = this.#watch(connection).heardCodes.get('refused by AWS');
    return refusedAt !== undefined && this.#world.time.now - refusedAt < 2 * hour;
  }

  #hearOfCredentials(connection: string): void {
    if (isWithoutCredentials(this.#world, connection)) this.#hear(connection, ['credentials_missing']);
  }

  // Runs: invariants 2, 3, 6 and 7.

  #runBegins(run: RunOfLambda): void {
    const now = this.#world.time.now;
    this.#runs = this.#runs.filter(({ endedAt }) => endedAt === undefined || now - endedAt < shadowOfRun);
    this.#runs.push(run);
    this.#configurations.set(run.id, this.#world.connections);
    this.#configurations.delete(run.id - 50);
    if (run.kind !== 'tick') return;
    for (const connection of this.#world.connections.connections) {
      this.#hearOfCredentials(connection.name);
      this.#judgeLoss(connection);
    }
  }

  /** Invariant 2: was it a short fault of Zoho alone that left apps without a token? */
  #judgeLoss({ name }: Connection): void {
    const watch = this.#watch(name);
    const isUsable = this.#world.isUsable(name);
    const wasUsable = watch.wasUsable;
    watch.wasUsable = isUsable;
    if (isUsable || !wasUsable) return;
    const now = this.#world.time.now;
    const document = this.#world.document(name);
    const expiresAt = Date.parse(String(document?.expires_at));
    const life = expiresAt - Date.parse(String(document?.issued_at));
    if (!(expiresAt <= now && life >= hour - minute && life <= hour)) return;
    const causes = this.#world.disturbances.between(name, expiresAt - 65 * minute, now);
    const [first, ...others] = causes;
    const length = first === undefined ? 0 : first.to - first.from;
    // Where Zoho refused as if a person had to end it, the table of failure codes waits longer than the life that was
    // left. How long apps go without is measured instead, and bounded by a test of its own.
    if (watch.heard.has('operator') && (first === undefined || length >= 11 * minute)) return;
    const isShortFault = first === undefined || (first.what === 'zoho fault' && length < 30 * minute);
    if (isShortFault && others.length === 0) {
      const cause = first === undefined ? 'no fault at all' : `a fault of Zoho of ${length / minute} minutes`;
      this.#breach(2, name, `apps were left without a token by ${cause}`);
    }
  }

  #runEnds({ run, answer, error, lines }: Fact & { kind: 'run ends' }): void {
    const { connections } = this.#world.connections;
    for (const { name } of connections) {
      const deeds = this.#deedsOf(run, name);
      const last = deeds.published.at(-1);
      if (last !== undefined && !deeds.hasRecordedSincePublishing) this.#watch(name).mayRepeat.add(last);
    }
    for (const { name } of connections) {
      if (!run.isKilled) this.#judgeNewRefreshToken(run, name);
    }
    if (run.isKilled) {
      for (const { name } of connections) this.#watch(name).quietTicks = 0;
      return;
    }
    if (error !== undefined) this.#judgeThrow(run, error);
    if (run.kind !== 'tick') {
      for (const { name } of connections) {
        // What an app or an operator causes is no disturbance, but a token request may hold the next tick back.
        if (this.#deeds.has(`${run.id} ${name}`)) this.#watch(name).quietTicks = 0;
      }
      return;
    }
    for (const connection of connections) {
      this.#judgeSilence(run, connection.name, error);
      this.#judgeTick(run, connection, answer, error, lines);
    }
  }

  /** A refresh token that Zoho gives in place of another is kept, unless a person stored credentials meanwhile. */
  #judgeNewRefreshToken(run: RunOfLambda, name: string): void {
    if (this.#deedsOf(run, name).newRefreshToken === undefined || !this.#isAlone(run)) return;
    const hasAwsFault = (run.faultsMet.get(name) ?? []).some((fault) => faultsOfAws.includes(fault));
    const isStoredByHand = this.#world.disturbances
      .between(name, run.startedAt, run.endedAt ?? this.#world.time.now)
      .some(({ what }) => what === 'hand' || what === 'grant');
    if (!hasAwsFault && !isStoredByHand) this.#breach(1, name, 'a new refresh token of Zoho was not kept');
  }

  #judgeThrow(run: RunOfLambda, error: { name: string; message: string }): void {
    // An operator, or a test alert that SNS refuses, is to be heard of; an app must not be able to page anybody.
    const { reason } = run.event as { reason?: string };
    if (run.kind === 'on demand' && reason === 'unauthorized')
      this.#breach(7, '', `a call on demand threw: ${error.message}`);
    if (error.message.includes('unexpected fault')) this.#breach(7, '', error.message);
    if (run.faultsMet.size === 0 && !error.message.includes('still not published')) {
      this.#breach(7, '', `a run threw without any fault: ${error.message}`);
    }
  }

  /** Invariant 7: where an alert could not be sent, the run must fail so that the alarm on errors speaks. */
  #judgeSilence(run: RunOfLambda, name: string, error: { message: string } | undefined): void {
    const deeds = this.#deedsOf(run, name);
    const isUntold = deeds.publishFailed || (deeds.recordFailed && deeds.published.length === 0);
    if (isUntold && error === undefined && deeds.published.length === 0) {
      this.#breach(7, name, 'an alert or a record could not be written, and the run did not fail');
    }
  }

  #judgeTick(
    run: RunOfLambda,
    connection: Connection,
    answer: unknown,
    error: { message: string } | undefined,
    lines: readonly string[],
  ): void {
    const { name } = connection;
    const watch = this.#watch(name);
    const deeds = this.#deedsOf(run, name);
    if (this.#isHearable(run, name)) this.#judgeUrgency(run, name, error);
    if (!this.#isQuiet(run, name)) {
      watch.quietTicks = 0;
      return;
    }
    watch.quietTicks += 1;
    this.#judgeMetrics(run, name, lines);
    this.#judgeAnswer(name, answer);
    const truth = truthAbout(
      { zoho: this.#world.zoho, credentials: this.#world.credentials(name) },
      connection,
    );
    const hasGood = isGood(this.#world, connection);
    const isHeard = watch.told === 'open' || error?.message.includes(`${name}:`) === true;
    if (deeds.hears === 'operator' && !isHeard && !isNotSetUp(this.#world, name)) {
      this.#breach(3, name, 'Zoho refused for a reason that a person must end, and nobody was told');
    }
    if (truth === 'ok') {
      if (watch.fixedAt !== undefined && run.startedAt >= watch.fixedAt) {
        const isUndisturbed = this.#isUndisturbedSince(watch.fixedAt, run, name);
        watch.fixedAt = undefined;
        // A token that died before anybody noticed is found by the next probe, not by this tick.
        if (!isUndisturbed || this.#isUnnoticed(name)) return;
        if (!hasGood) this.#breach(6, name, 'the first undisturbed tick after a fix did not heal');
        else if (watch.told === 'open' && error === undefined && watch.lastCode !== 'setting_mismatch')
          this.#breach(6, name, 'healed, but not resolved on the same tick');
      }
      const isPassing = [...watch.heard].every((heard) => heard === 'transient' || heard === 'issued');
      if (!this.#world.isUsable(name) && isPassing && watch.heard.has('transient')) {
        this.#breach(2, name, 'a passing fault is over, and the next undisturbed tick did not heal');
      }
      if (watch.quietTicks >= 9 && !hasGood) {
        this.#breach(6, name, `no good token after ${watch.quietTicks} undisturbed ticks`);
      }
      if (watch.quietTicks >= 9 && watch.told === 'open') {
        this.#breach(3, name, `still open after ${watch.quietTicks} undisturbed ticks`);
      }
      return;
    }
    if (watch.quietTicks >= 9 && watch.told === 'nothing' && !isNotSetUp(this.#world, name)) {
      this.#breach(3, name, `${truth}, and nobody was told in ${watch.quietTicks} undisturbed ticks`);
    }
    if (
      watch.told === 'open' &&
      this.#world.time.now - watch.lastAlertAt > 6 * hour + 2 * this.#tickInterval
    ) {
      if (watch.quietTicks >= 3 && error === undefined)
        this.#breach(3, name, 'open for more than six hours without a reminder');
    }
  }

  /** On-call hears in time: of a failing refresh at a third of the life, critically at a sixth and at its end. */
  #judgeUrgency(run: RunOfLambda, name: string, error: { message: string } | undefined): void {
    if (error !== undefined || isNotSetUp(this.#world, name)) return;
    const watch = this.#watch(name);
    const document = this.#world.document(name);
    const expiresAt = Date.parse(String(document?.expires_at));
    const life = expiresAt - Date.parse(String(document?.issued_at));
    const left = life <= 24 * hour ? Math.max(0, expiresAt - run.startedAt) : 0;
    const share = Number.isFinite(left / life) ? left / life : 0;
    const { hears } = this.#deedsOf(run, name);
    if (share <= 1 / 3 && hears !== undefined && hears !== 'issued' && watch.told === 'nothing') {
      this.#breach(
        3,
        name,
        `a refresh failed with ${(left / minute).toFixed(1)} minutes left, and nobody was told`,
      );
    }
    if (share <= 1 / 6 && watch.told === 'open' && watch.criticalAbout !== document?.access_token) {
      this.#breach(3, name, `open with ${(left / minute).toFixed(1)} minutes left, and never critical`);
    }
  }

  /** Whether the run could tell whatever it had to tell: only Zoho may have been in disorder. */
  #isHearable(run: RunOfLambda, name: string): boolean {
    const disturbing = this.#world.disturbances
      .between(name, run.startedAt - 2 * this.#tickInterval, run.endedAt ?? this.#world.time.now)
      .filter(({ what }) => ['aws fault', 'sns fault', 'crash', 'schedule'].includes(what));
    return this.#isAlone(run) && disturbing.length === 0;
  }

  #isAlone(run: RunOfLambda): boolean {
    return this.#runs.every(
      (other) =>
        other === run || (other.endedAt !== undefined && other.endedAt < run.startedAt - shadowOfRun),
    );
  }

  /** Whether nothing but the connection itself can have kept the run from what it should do. */
  #isQuiet(run: RunOfLambda, name: string): boolean {
    const end = run.endedAt ?? this.#world.time.now;
    const disturbing = this.#world.disturbances
      .between(name, run.startedAt - shadowOfRun, end)
      .filter(({ what, from }) => !(['grant', 'hand', 'deploy'].includes(what) && from < run.startedAt))
      .filter(({ what }) => what !== 'schedule');
    return this.#isAlone(run) && disturbing.length === 0 && (run.faultsMet.get(name) ?? []).length === 0;
  }

  /** Whether the stored token is dead at Zoho although its life is not over, and no probe has said so. */
  #isUnnoticed(name: string): boolean {
    const document = this.#world.document(name);
    const isOver = Date.parse(String(document?.expires_at)) <= this.#world.time.now;
    const finder = this.#refused.get(String(document?.access_token));
    const isFound = finder !== undefined && !finder.isKilled && !this.#deedsOf(finder, name).recordFailed;
    return !isOver && !this.#world.isUsable(name) && !isFound;
  }

  /** Whether nothing has gone wrong since a human's fix. */
  #isUndisturbedSince(fixedAt: number, run: RunOfLambda, name: string): boolean {
    return this.#world.disturbances
      .between(name, fixedAt, run.endedAt ?? this.#world.time.now)
      .every(
        ({ what, from }) =>
          what === 'schedule' || (['grant', 'hand', 'deploy'].includes(what) && from <= fixedAt),
      );
  }

  #judgeMetrics(run: RunOfLambda, name: string, lines: readonly string[]): void {
    const metrics = lines.map(parseJson).find((line) => line?._aws !== undefined && line.Connection === name);
    const seconds = metrics?.SecondsToExpiry;
    if (typeof seconds !== 'number') {
      this.#breach(7, name, 'a tick wrote no SecondsToExpiry');
      return;
    }
    const document = this.#world.document(name);
    const expiresAt = Date.parse(String(document?.expires_at));
    const left = Math.floor((expiresAt - this.#world.time.now) / second);
    // A connection's metrics are written when it is done, which may be long before the run is.
    const longest = (this.#world.time.now - run.startedAt) / second + 1;
    const isEndless = expiresAt - Date.parse(String(document?.issued_at)) > 24 * hour;
    const isDead = this.#refused.has(String(document?.access_token));
    const expected = document?.access_token === undefined || isEndless || !(left > 0) ? 0 : left;
    if (seconds > expected + longest || (!isDead && seconds < expected - 2)) {
      this.#breach(7, name, `SecondsToExpiry says ${seconds}, the stored token says ${expected}`);
    }
  }

  #judgeAnswer(name: string, answer: unknown): void {
    if (answer === undefined) return;
    const { connections = [] } = answer as {
      connections?: { connection: string; expires_at: string | null }[];
    };
    const result = connections.find(({ connection }) => connection === name);
    const expected = this.#world.document(name)?.expires_at ?? null;
    if (result === undefined || (typeof expected === 'string' && result.expires_at !== expected)) {
      this.#breach(
        7,
        name,
        `the answer says expires_at ${result?.expires_at}, stored is ${String(expected)}`,
      );
    }
  }
}
