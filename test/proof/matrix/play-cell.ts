import type { FaultKind } from '../../../local/faults/aws-faults.ts';
import type { Fault } from '../../../local/faults/zoho-faults.ts';
import type { Invoked } from '../../../local/runtime/execution-environment.ts';
import { freePort } from '../../support/free-port.ts';
import { type StageOnClock, startStageOnClock } from '../../support/stage.ts';
import { outcomeOf, watchCell } from './cell-watch.ts';
import { type Cell, cellNeedsRevoking, isSlow, isZohoAway, needsPerson, type State, skews } from './cells.ts';

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
    if (healSecret !== undefined) {
      healSecret();
      watch.forgetVersions();
    }

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

/** Sets a fault; returns how a person heals it if a secret itself is at fault. */
function setFault(stage: StageOnClock, cell: Cell, subject: string): (() => void) | undefined {
  const { call, fault } = cell;
  const { zoho, secretsManager } = stage;
  const clientId = stage.credentialsOf(subject).client_id ?? '';
  const { operation, secretId, stages } = awsCallOf(cell, subject);
  if (isZohoAway(cell)) return undefined;
  if (fault === 'marked for deletion') {
    secretsManager.scheduleDeletion(secretId);
    return () => secretsManager.restore(secretId);
  }
  if (fault === 'no such secret') {
    const text = secretsManager.read(secretId);
    secretsManager.remove(secretId);
    return () => secretsManager.createSecret(secretId, text);
  }
  if (call === 'clock of the Lambda') stage.skew(skews[fault] ?? 0);
  else if (call === 'SNS Publish') stage.sns.faults.set({ kind: fault as FaultKind });
  else if (call === 'Zoho token') zoho.faults.set(fault as Fault, { path: '/oauth/v2/token', clientId });
  else if (call.endsWith('probe')) {
    for (const each of fault.split(' with status 200'))
      zoho.faults.set((each || 'salesiq_errors_200') as Fault, { host: `${subject}.zoho.in` });
  } else {
    secretsManager.faults.set({ kind: fault as FaultKind, operations: [operation], secretIds: [secretId], stages });
    // A record is written when something fails: so something does.
    if (call === 'PutSecretValue record') zoho.faults.set('invalid_code', { clientId });
  }
  return undefined;
}

/** The call of Secrets Manager that a cell is about. */
function awsCallOf({ call }: Cell, subject: string) {
  const [operation = '', what] = call.split(' ');
  const secretId = `zoho/${subject}/${what === 'credentials' ? 'credentials' : 'token'}`;
  const stages = { record: ['INCIDENT'], token: ['AWSCURRENT'] }[what ?? ''];
  return { operation, secretId, stages };
}

/** Whether a call met the fault; a clock that is off meets every one. */
function isHit(stage: StageOnClock, cell: Cell, subject: string): boolean {
  const { call, fault } = cell;
  const { zoho, secretsManager, sns } = stage;
  if (call === 'clock of the Lambda') return true;
  if (call === 'SNS Publish') return sns.faults.hits > 0;
  const { operation, secretId } = awsCallOf(cell, subject);
  if (/no such secret|marked for deletion/.test(fault))
    return secretsManager.calls.some((each) => each.secretId === secretId && each.outcome !== 'ok');
  if (/^(Get|Put)SecretValue$/.test(operation)) return secretsManager.faults.hits > 0;
  const name = fault.replace(/ with status 200$/, '');
  return (zoho.faults.list().find(({ rule }) => rule.fault === name)?.hits ?? 0) > 0;
}
