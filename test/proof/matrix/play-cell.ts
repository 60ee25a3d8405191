import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import { freePort } from '../../support/free-port.ts';
import { type StageOnClock, startStageOnClock } from '../../support/stage.ts';
import { watchStage } from '../invariants.ts';
import {
  type Cell,
  cellNeedsRevoking,
  expectedCode,
  isHit,
  isSlow,
  isZohoAway,
  mustFail,
  needsPerson,
  type State,
  setFault,
} from './cells.ts';

/** Forty minutes: past a throttle's silence, and the next refresh. */
const ticksAfter = 8;

/** What became of a cell. */
export type CellResult = Awaited<ReturnType<typeof playCell>>;

/** Plays one cell on a stage of its own: into the state, two ticks under the fault, and ticks until all is well again. */
export async function playCell(cell: Cell) {
  const stage = await startStageOnClock();
  try {
    const [subject, other] = cell.call === 'SalesIQ probe' ? ['salesiq', 'desk'] : ['desk', 'salesiq'];
    await bringInto(stage, cell.state, subject);
    const watch = watchCell(stage, cell, subject, other);

    if (cellNeedsRevoking(cell)) stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
    const healSecret = setFault(stage, cell, subject);
    // An execution environment that looks for Zoho where nobody listens.
    const environment = isZohoAway(cell)
      ? stage.stage.startEnvironment({ ZOHO_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}` })
      : undefined;
    const requestsBefore = stage.zoho.requests.length;
    const isMetBy = (invoked: Invoked) =>
      isZohoAway(cell)
        ? stage.zoho.requests.length === requestsBefore &&
          outcomeOf(stage, invoked, subject).code === 'zoho_unavailable'
        : isHit(stage, cell, subject);
    const first = await stage.tick(environment);
    watch.judgeFaulty(first);
    /** Whether any call met the fault: a fresh token is not refreshed, whatever would befall the refresh. */
    let isMet = isMetBy(first);
    if (isMet) watch.judgeFirst(first);
    if (!isSlow(cell)) {
      stage.pass(5);
      const second = await stage.tick(environment);
      watch.judgeFaulty(second);
      isMet ||= isMetBy(second);
    }
    for (const { faults } of [stage.zoho, stage.secretsManager, stage.sns]) faults.clear();
    stage.skew(0);
    healSecret?.();

    stage.pass(5);
    // What only a person ends a person ends; the rest has to heal by itself.
    if (needsPerson(cell)) stage.consentAgain(subject);
    watch.judgeHealing(await stage.tick());
    for (let count = 0; count < ticksAfter; count += 1) {
      stage.pass(5);
      watch.judge(await stage.tick());
    }
    const { hasThrown, outcome, code } = outcomeOf(stage, first, subject);
    const shown = `${hasThrown ? 'threw, ' : ''}${[outcome, code ?? ''].join(' ').trim()}`;
    return { ...cell, outcome: shown, isMet, broken: watch.judgeEnd() };
  } finally {
    await stage.close();
  }
}

/** Minutes after the first token; at 15 a fresh one is probed. */
const minutesInto: Partial<Record<State, number>> = { fresh: 15, due: 20, 'nearly dead': 52, expired: 65 };

async function bringInto(stage: StageOnClock, state: State, subject: string): Promise<void> {
  if (state === 'nothing stored') return;
  const invoked = await stage.tick();
  if (!stage.isGood(subject)) throw new Error(`no token to begin with: ${JSON.stringify(invoked)}`);
  if (state === 'incident open') {
    stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
    stage.pass(20);
    await stage.tick();
    stage.consentAgain(subject);
  }
  stage.pass(minutesInto[state] ?? 5);
}

/** What a tick came to for one connection: from its answer, or from its log line if the invocation failed. */
function outcomeOf(stage: StageOnClock, invoked: Invoked, subject: string) {
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
function watchCell(stage: StageOnClock, cell: Cell, subject: string, other: string) {
  const { call, fault, state: stateBefore } = cell;
  const watch = watchStage(stage, subject);
  // A token that is nearly dead ends in the second tick under the fault.
  const hasLife = stateBefore === 'fresh' || stateBefore === 'due';
  // If the consent is revoked, or replaced, its access tokens end with it.
  const isEnded = call === 'SNS Publish' || fault === 'new_refresh_token';
  const keepsToken = hasLife && stage.isGood(subject) && !isEnded;
  let publishFaults = stage.sns.faults.hits;
  const fail = (isBroken: boolean, what: string) => isBroken && watch.broken.add(what);

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
    /** The first tick after the fault is over, and after a person has done what only a person can. */
    judgeHealing(invoked: Invoked): void {
      judge(invoked);
      const isSilent = expectedCode(cell) === 'rate_limited';
      fail(!isSilent && !stage.isGood(subject), '6: the tick after did not heal');
    },
    judgeEnd(): string[] {
      fail(!stage.isGood(subject), '6: no good token at the end');
      return watch.end({
        repeat: call === 'SNS Publish' && /^(cut_connection_(during|before)|hang|slow_drip)$/.test(fault),
        resolveLate: call === 'SNS Publish' || call === 'PutSecretValue record',
      });
    },
  };
}
