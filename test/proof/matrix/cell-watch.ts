import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import type { StageOnClock } from '../../support/stage.ts';
import { watchStage } from '../stage-watch.ts';
import { type Cell, expectedCode, isZohoAway, mustFail } from './cells.ts';

/** What a tick came to for one connection: from its answer, or from its log line if the invocation failed. */
export function outcomeOf(stage: StageOnClock, invoked: Invoked, subject: string) {
  const line = invoked.lines
    .map((each) => JSON.parse(each) as Record<string, unknown>)
    .findLast((fields) => fields.event === 'connection' && fields.connection === subject);
  const { outcome = line?.outcome, code = line?.code } = stage.resultOf(invoked, subject) ?? {};
  return {
    hasThrown: invoked.error !== undefined,
    outcome: String(outcome ?? ''),
    code: typeof code === 'string' ? code : null,
  };
}

/**
 * Checks the invariants of one cell, from outside. When on-call is alerted, how severely and of what is the simulation's to
 * judge: it plays the same faults.
 */
export function watchCell(stage: StageOnClock, cell: Cell, subject: string, other: string) {
  const { call, fault, state: stateBefore } = cell;
  const watch = watchStage(stage, subject);
  // A token that is nearly dead ends in the second tick under the fault.
  const hasLife = stateBefore === 'fresh' || stateBefore === 'due';
  // If the consent is revoked, or replaced, its access tokens end with it.
  const isEnded = call === 'SNS Publish' || fault === 'new_refresh_token';
  const keepsToken = hasLife && stage.isGood(subject) && !isEnded;
  let publishFaults = stage.sns.faults.hits;
  const fail = (isBroken: boolean, what: string) => isBroken && watch.broken.add(what);

  /** After any tick. */
  function judge(invoked: Invoked, isOtherAway = false): void {
    watch.look();
    fail(!isOtherAway && !stage.isGood(other), `2: ${other} was not kept, though nothing was wrong with it`);
    // An alert that SNS did not take, or did not say that it took, is heard of by the invocation that fails.
    const isRefused = stage.sns.faults.hits > publishFaults && invoked.error === undefined;
    fail(isRefused, '7: SNS did not take an alert, and the invocation did not fail');
    publishFaults = stage.sns.faults.hits;
  }

  return {
    judge,
    /** After a tick under the fault. */
    judgeFaulty(invoked: Invoked): void {
      judge(invoked, isZohoAway(cell));
      fail(keepsToken && !stage.isGood(subject), '2: an app had no token although the old one had life left');
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
      return watch.end({
        repeat: call === 'SNS Publish' && /^(cut_connection_(during|before)|hang|slow_drip)$/.test(fault),
        resolveLate: call === 'SNS Publish' || call === 'PutSecretValue record',
      });
    },
  };
}
