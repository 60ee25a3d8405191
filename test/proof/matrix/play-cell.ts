import type { FaultKind } from '../../../local/faults/aws-faults.ts';
import type { Fault } from '../../../local/faults/zoho-faults.ts';
import type { ExecutionEnvironment, Invoked } from '../../../local/runtime/execution-environment.ts';
import { freePort } from '../../support/free-port.ts';
import { type StageOnClock, startStageOnClock } from '../../support/stage.ts';
import { CellWatch, outcomeOf } from './cell-watch.ts';
import { type Cell, type CellResult, isSlow, isZohoAway, type State, skews } from './cells.ts';
import { cellNeedsRevoking, needsPerson } from './expected.ts';

/** Forty minutes: past a throttle's silence, and the next refresh. */
const ticksAfter = 8;

/** Plays one cell on a stage of its own: into the state, two ticks under the fault, and ticks until all is well again. */
export async function playCell(cell: Cell): Promise<CellResult> {
  const stage = await startStageOnClock();
  try {
    const [subject, other] = cell.call === 'SalesIQ probe' ? ['salesiq', 'desk'] : ['desk', 'salesiq'];
    await bringInto(stage, cell.state, subject);
    const watch = new CellWatch(stage, subject, other, cell);

    if (cellNeedsRevoking(cell)) stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
    const healSecret = setFault(stage, cell, subject);
    const environment = isZohoAway(cell) ? await startWithoutZoho(stage) : undefined;
    const requestsBefore = stage.zoho.requests.length;
    const isMetBy = (invoked: Invoked) =>
      isZohoAway(cell)
        ? stage.zoho.requests.length === requestsBefore &&
          outcomeOf(stage, invoked, subject).code === 'zoho_unavailable'
        : hitsOf(stage, cell, subject, invoked) > 0;
    const first = await stage.tick(environment);
    watch.judgeFaulty(first);
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
  const clientId = stage.credentialsOf(subject).client_id ?? '';
  if (isZohoAway(cell)) return undefined;
  if (isOfSecret(fault)) return spoilSecret(stage, awsCallOf(cell, subject).secretId, fault);
  if (call === 'clock of the Lambda') stage.skew(skews[fault] ?? 0);
  else if (call === 'SNS Publish') stage.sns.faults.set({ kind: fault as FaultKind });
  else if (call === 'Zoho token') stage.zoho.faults.set(fault as Fault, { path: '/oauth/v2/token', clientId });
  else if (call.endsWith('probe')) {
    for (const each of fault.split(' with status 200'))
      stage.zoho.faults.set((each || 'salesiq_errors_200') as Fault, { host: `${subject}.zoho.in` });
  } else {
    const { operation, secretId, stages } = awsCallOf(cell, subject);
    const kind = fault as FaultKind;
    const rule = { kind, operations: [operation], secretIds: [secretId] };
    stage.secretsManager.faults.set(stages === undefined ? rule : { ...rule, stages });
    // A record is written when something fails: so something does.
    if (call === 'PutSecretValue record') stage.zoho.faults.set('invalid_code', { clientId });
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

type FaultOfSecret = 'marked for deletion' | 'no such secret';

function isOfSecret(fault: string): fault is FaultOfSecret {
  return fault === 'marked for deletion' || fault === 'no such secret';
}

/** Does to a secret what somebody does by mistake; returns how it is undone. */
function spoilSecret({ secretsManager }: StageOnClock, secretId: string, fault: FaultOfSecret): () => void {
  if (fault === 'marked for deletion') {
    secretsManager.scheduleDeletion(secretId);
    return () => secretsManager.restore(secretId);
  }
  const text = secretsManager.read(secretId);
  secretsManager.remove(secretId);
  return () => secretsManager.createSecret(secretId, text);
}

/** An execution environment that looks for Zoho where nobody listens. */
async function startWithoutZoho(stage: StageOnClock): Promise<ExecutionEnvironment> {
  return stage.stage.startEnvironment({ ZOHO_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}` });
}

/** More than anything but a clock that is set otherwise can make of it. */
const leastSkewMilliseconds = 3 * 60_000;

/** How many calls met the fault; how many log lines were written by a clock that is off. */
function hitsOf(stage: StageOnClock, cell: Cell, subject: string, invoked: Invoked): number {
  const { call, fault } = cell;
  const { zoho, secretsManager, sns } = stage;
  if (call === 'clock of the Lambda') {
    const offsets = invoked.lines.map((line) => {
      const { timestamp = '' } = JSON.parse(line) as { timestamp?: string };
      return Math.abs(Date.parse(timestamp) - stage.instant());
    });
    return offsets.filter((offset) => offset >= leastSkewMilliseconds).length;
  }
  if (isOfSecret(fault)) {
    const { secretId } = awsCallOf(cell, subject);
    const name = fault === 'no such secret' ? 'ResourceNotFoundException' : 'InvalidRequestException';
    return secretsManager.calls.filter((each) => each.secretId === secretId && each.outcome === name).length;
  }
  if (call === 'SNS Publish') return sns.faults.hits;
  if (/^(Get|Put)SecretValue/.test(call)) return secretsManager.faults.hits;
  const name = fault.replace(/ with status 200$/, '');
  return zoho.faults.list().find((each) => each.fault === name)?.hits ?? 0;
}

/** Plays cells side by side; most of their time is spent waiting. */
export async function playCells(
  cells: readonly Cell[],
  atOnce: number,
  onDone: (done: number) => void = () => {},
): Promise<CellResult[]> {
  const results: CellResult[] = [];
  const waiting = cells.map((cell, index) => ({ cell, index }));
  const workers = Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next.index] = await playCell(next.cell);
      onDone(cells.length - waiting.length);
    }
  });
  await Promise.all(workers);
  return results;
}
