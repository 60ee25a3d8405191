import type { FaultKind } from '../../../local/faults/aws-faults.ts';
import type { Fault } from '../../../local/faults/zoho-faults.ts';
import type { ExecutionEnvironment, Invoked } from '../../../local/runtime/execution-environment.ts';
import { freePort } from '../../free-port.ts';
import { type StageOnClock, startStageOnClock } from '../../support/stage.ts';
import { CellWatch } from './cell-watch.ts';
import { type Cell, type CellResult, isSlow, isZohoAway, type State, skews } from './cells.ts';
import { cellNeedsRevoking, needsPerson } from './expected.ts';
import { type OutcomeOfTick, outcomeOf } from './outcome.ts';

/** Forty minutes: past a throttle's silence, and the next refresh. */
const ticksAfter = 8;

/** Plays one cell on a stage of its own: into the state, two ticks under the fault, and ticks until all is well again. */
export async function playCell(cell: Cell): Promise<CellResult> {
  const stage = await startStageOnClock();
  const broken: string[] = [];
  try {
    const subject = cell.call === 'SalesIQ probe' ? 'salesiq' : 'desk';
    const other = subject === 'desk' ? 'salesiq' : 'desk';
    await bringInto(stage, cell.state, subject);
    const watch = new CellWatch(stage, subject, other, broken);

    if (cellNeedsRevoking(cell)) stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
    const healSecret = setFault(stage, cell, subject);
    const environment = isZohoAway(cell) ? await startWithoutZoho(stage) : undefined;
    const requestsBefore = stage.zoho.requests.length;
    const first = await stage.tick(environment);
    const outcome = outcomeOf(stage, first, subject);
    const isMetBy = (invoked: Invoked) =>
      isZohoAway(cell)
        ? stage.zoho.requests.length === requestsBefore &&
          outcomeOf(stage, invoked, subject).code === 'zoho_unavailable'
        : hitsOf(stage, cell, subject, invoked) > 0;
    watch.judge(first, cell);
    let isMet = isMetBy(first);
    if (isMet) watch.judgeFirst(first, cell);
    if (!isSlow(cell)) {
      stage.pass(5);
      const second = await stage.tick(environment);
      watch.judge(second, cell);
      isMet ||= isMetBy(second);
    }
    clearFaults(stage);
    if (healSecret !== undefined) {
      healSecret();
      watch.forgetVersions();
    }

    stage.pass(5);
    // What only a person ends a person ends; the rest has to heal by itself.
    if (needsPerson(cell)) stage.consentAgain(subject);
    watch.judgeHealing(await stage.tick(), cell);
    for (let count = 0; count < ticksAfter; count += 1) {
      stage.pass(5);
      watch.judge(await stage.tick(), undefined);
    }
    watch.judgeEnd(cell);
    return { ...cell, outcome: shown(outcome), isMet, broken };
  } finally {
    await stage.close();
  }
}

async function bringInto(stage: StageOnClock, state: State, subject: string): Promise<void> {
  const first = async () => {
    const invoked = await stage.tick();
    if (!stage.isGood(subject)) throw new Error(`no token to begin with: ${JSON.stringify(invoked)}`);
  };
  switch (state) {
    case 'nothing stored':
      return;
    case 'fresh':
      await first();
      // The slot at which the stored token is probed.
      stage.pass(15);
      return;
    case 'due':
      await first();
      stage.pass(20);
      return;
    case 'nearly dead':
      await first();
      stage.pass(52);
      return;
    case 'expired':
      await first();
      stage.pass(65);
      return;
    case 'incident open':
      await first();
      stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
      stage.pass(20);
      await stage.tick();
      stage.pass(5);
      stage.consentAgain(subject);
      return;
  }
}

/** Sets a fault; returns how a person heals it where a secret itself is at fault. */
function setFault(stage: StageOnClock, cell: Cell, subject: string): (() => void) | undefined {
  const { call, fault } = cell;
  const kind = fault as FaultKind;
  const token = `zoho/${subject}/token`;
  const { faults } = stage.secretsManager;
  if (isZohoAway(cell)) return undefined;
  if (fault === 'marked for deletion' || fault === 'no such secret')
    return spoilSecret(stage, secretOf(cell, subject), fault);
  switch (call) {
    case 'Zoho token':
      stage.zoho.faults.set(fault as Fault, {
        path: '/oauth/v2/token',
        clientId: stage.credentialsOf(subject).client_id ?? '',
      });
      return;
    case 'SalesIQ probe':
      for (const each of fault.split(' with status 200'))
        stage.zoho.faults.set((each || 'salesiq_errors_200') as Fault, { host: 'salesiq.zoho.in' });
      return;
    case 'Desk probe':
      stage.zoho.faults.set(fault as Fault, { host: 'desk.zoho.in' });
      return;
    case 'GetSecretValue token':
      faults.set({ kind, operations: ['GetSecretValue'], secretIds: [token], stages: ['AWSCURRENT'] });
      return;
    case 'GetSecretValue record':
      faults.set({ kind, operations: ['GetSecretValue'], secretIds: [token], stages: ['INCIDENT'] });
      return;
    case 'GetSecretValue credentials':
      faults.set({ kind, operations: ['GetSecretValue'], secretIds: [`zoho/${subject}/credentials`] });
      return;
    case 'PutSecretValue token':
      faults.set({ kind, operations: ['PutSecretValue'], secretIds: [token], stages: ['AWSCURRENT'] });
      return;
    case 'PutSecretValue record':
      faults.set({ kind, operations: ['PutSecretValue'], secretIds: [token], stages: ['INCIDENT'] });
      // A record is written when something fails: so something does.
      stage.zoho.faults.set('invalid_code', { clientId: stage.credentialsOf(subject).client_id ?? '' });
      return;
    case 'SNS Publish':
      stage.sns.faults.set({ kind });
      return;
    case 'clock of the Lambda':
      stage.skew(skews[fault] ?? 0);
      return;
  }
}

function secretOf({ call }: Cell, subject: string): string {
  return `zoho/${subject}/${call.endsWith('credentials') ? 'credentials' : 'token'}`;
}

/** Does to a secret what somebody does by mistake; returns how it is undone. */
function spoilSecret(
  { secretsManager }: StageOnClock,
  secretId: string,
  fault: 'marked for deletion' | 'no such secret',
): () => void {
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

/** Whether a log line was written by another time than everybody else's. */
function isOff(line: string, stage: StageOnClock): boolean {
  const { timestamp } = JSON.parse(line) as { timestamp?: string };
  return Math.abs(Date.parse(timestamp ?? '') - stage.instant()) >= leastSkewMilliseconds;
}

function refusals({ secretsManager }: StageOnClock, secretId: string, name: string): number {
  return secretsManager.calls.filter((call) => call.secretId === secretId && call.outcome === name).length;
}

/** How many calls met the fault; how many log lines were written by a clock that is off. */
function hitsOf(stage: StageOnClock, cell: Cell, subject: string, invoked: Invoked): number {
  const { call, fault } = cell;
  if (call === 'clock of the Lambda') return invoked.lines.filter((line) => isOff(line, stage)).length;
  if (fault === 'marked for deletion')
    return refusals(stage, secretOf(cell, subject), 'InvalidRequestException');
  if (fault === 'no such secret')
    return refusals(stage, secretOf(cell, subject), 'ResourceNotFoundException');
  if (call === 'SNS Publish') return stage.sns.faults.hits;
  if (call.startsWith('GetSecretValue') || call.startsWith('PutSecretValue'))
    return stage.secretsManager.faults.hits;
  const name = fault.replace(/ with status 200$/, '');
  return stage.zoho.faults.list().find((each) => each.fault === name)?.hits ?? 0;
}

function clearFaults(stage: StageOnClock): void {
  stage.zoho.faults.clear();
  stage.secretsManager.faults.clear();
  stage.sns.faults.clear();
  stage.skew(0);
}

function shown({ hasThrown, outcome, code }: OutcomeOfTick): string {
  return `${hasThrown ? 'threw, ' : ''}${[outcome, code ?? ''].join(' ').trim()}`;
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
