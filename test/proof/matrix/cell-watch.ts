import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import type { StageOnClock } from '../../support/stage.ts';
import { watchStage } from '../stage-watch.ts';
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
export function watchCell(stage: StageOnClock, cell: Cell, subject: string, other: string) {
  const { call, fault, state: stateBefore } = cell;
  const watch = watchStage(stage, subject);
  const beganAt = stage.minute();
  // A token that is nearly dead ends in the second tick under the fault.
  const hasLife = stateBefore === 'fresh' || stateBefore === 'due';
  // If the consent is revoked, or replaced, its access tokens end with it.
  const isEnded = call === 'SNS Publish' || fault === 'new_refresh_token';
  const keepsToken = hasLife && stage.isGood(subject) && !isEnded;
  const alerts = () => stage.alerts().filter(({ connection }) => connection === subject);
  /** Every code that a tick gave for the subject. */
  const heardCodes = new Set(alerts().map(({ code }) => code));
  let publishFaults = stage.sns.faults.hits;
  const fail = (isBroken: boolean, what: string) => isBroken && watch.broken.add(what);

  /** After any tick. */
  function judge(invoked: Invoked, isOtherAway = false): void {
    for (const { connection, code } of fieldsOfLines(invoked)) {
      if (connection === subject && typeof code === 'string') heardCodes.add(code);
    }
    watch.look();
    fail(!isOtherAway && !stage.isGood(other), `2: ${other} was not kept, though nothing was wrong with it`);
    // An alert that SNS did not take, or did not say that it took, is heard of by the invocation that fails.
    const isRefused = stage.sns.faults.hits > publishFaults && invoked.error === undefined;
    fail(isRefused, '7: SNS did not take an alert, and the invocation did not fail');
    publishFaults = stage.sns.faults.hits;
  }

  /** What a person must end is told at once, or the invocation fails. */
  function judgeHearing(invoked: Invoked): void {
    const told = alerts().at(-1)?.state ?? 'resolved';
    if (told !== 'resolved' || invoked.error !== undefined) return;
    const { outcome, code } = stage.resultOf(invoked, subject) ?? {};
    const isFailing = outcome === 'failed' || outcome === 'waiting';
    const isNotSetUp = code === 'credentials_missing' && stateBefore === 'nothing stored';
    const isLate = isFailing && !isNotSetUp && shareOfLifeLeft() <= 1 / 3;
    fail(isLate, `3: ${code} with a third of the life or less left, and nobody was told`);
    const needsPerson = [...operatorCodes, 'credentials_missing', 'setting_mismatch'].includes(code ?? '');
    fail(needsPerson && outcome !== 'waiting', `7: ${code} and nobody heard`);
    fail(!stage.isGood(subject) && outcome === 'failed', '7: no usable token and nobody heard');
  }

  /** Of the stored token, by everybody's clock; 0 if none is stored. */
  function shareOfLifeLeft(): number {
    const { issued_at: issuedAt, expires_at: expiresAt } = stage.document(subject);
    const [from = 0, to = 0] = [issuedAt, expiresAt].map((instant) => Date.parse(String(instant)));
    const share = (to - stage.instant()) / (to - from);
    return Number.isFinite(share) ? share : 0;
  }

  /** Nobody is woken for what passes, no line is told twice, and what is told is what was heard. */
  function judgeAlerts(): void {
    const all = alerts();
    fail(mustBeSilent(cell) && all.length > 0, `3: on-call was woken for ${fault}, which passed`);
    const escalations = all.filter(({ state }) => state === 'escalated').length;
    fail(escalations > mostEscalations, `3: ${escalations} escalations`);
    const faultEndsAt = beganAt + (isSlow(cell) ? 1 : 6);
    // A wrong setting is told beside a token that was stored all the same.
    const isStored = expectedCode(cell) === 'setting_mismatch';
    const isCritical = !isStored && ['nearly dead', 'expired', 'nothing stored'].includes(stateBefore);
    // Whether the stored token goes on working under the fault.
    const isAlive = !call.endsWith('probe') && call !== 'SNS Publish' && hasLife;
    for (const { state, severity, minute, code } of all) {
      fail(!heardCodes.has(code), `3: an alert says ${code}, which no tick said`);
      const expected = isCritical ? 'critical' : isAlive ? 'warning' : severity;
      const isOpen = state === 'open' && minute < faultEndsAt;
      fail(isOpen && severity !== expected, `3: open is ${severity} for a token that was ${stateBefore}`);
    }
  }

  return {
    judge,
    /** After a tick under the fault. */
    judgeFaulty(invoked: Invoked): void {
      judge(invoked, isZohoAway(cell));
      fail(keepsToken && !stage.isGood(subject), '2: an app had no token although the old one had life left');
      judgeHearing(invoked);
    },
    /** What the first tick under the fault says of it, if it is met. */
    judgeFirst(invoked: Invoked): void {
      const { hasThrown, code } = outcomeOf(stage, invoked, subject);
      const expected = expectedCode(cell);
      fail(expected !== undefined && code !== expected, `1: the fault was judged ${code}, expected ${expected}`);
      fail(mustFail(cell) && !hasThrown, '7: nobody can be told of it, and the invocation did not fail');
    },
    forgetVersions: watch.forgetVersions,
    /** The first tick after the fault is over, and after a person has done what only a person can. */
    judgeHealing(invoked: Invoked): void {
      judge(invoked);
      const isSilent = expectedCode(cell) === 'rate_limited';
      fail(!isSilent && !stage.isGood(subject), '6: the tick after did not heal');
    },
    /** @returns Everything that was broken. */
    judgeEnd(): string[] {
      fail(!stage.isGood(subject), '6: no good token at the end');
      judgeAlerts();
      return watch.end({
        repeat: call === 'SNS Publish' && /^(cut_connection_(during|before)|hang|slow_drip)$/.test(fault),
        resolveLate: call === 'SNS Publish' || call === 'PutSecretValue record',
      });
    },
  };
}
