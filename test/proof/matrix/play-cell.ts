import type { FaultKind } from '../../../local/aws/faults.ts';
import type { Invoked } from '../../../local/lambda/environment.ts';
import type { Fault } from '../../../local/zoho/fault-names.ts';
import { type StageOnClock, startStageOnClock } from '../stage-on-clock.ts';
import { CellWatch } from './cell-watch.ts';
import { type Cell, type CellResult, isSlow, type State, skews } from './cells.ts';
import { needsPerson } from './expected.ts';

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

    if (cell.call === 'SNS Publish' && cell.state !== 'incident open')
      stage.zoho.revoke(stage.credentialsOf(subject).refresh_token ?? '');
    setFault(stage, cell, subject);
    const first = await stage.tick();
    watch.judge(first, cell);
    watch.judgeFirst(first, cell);
    if (!isSlow(cell)) {
      stage.pass(5);
      watch.judge(await stage.tick(), cell);
    }
    const isMet = hitsOf(stage, cell) > 0;
    clearFaults(stage);

    stage.pass(5);
    // What only a person ends a person ends; the rest has to heal by itself.
    if (needsPerson(cell)) stage.consentAgain(subject);
    watch.judgeHealing(await stage.tick(), cell);
    for (let count = 0; count < ticksAfter; count += 1) {
      stage.pass(5);
      watch.judge(await stage.tick(), undefined);
    }
    watch.judgeEnd(cell);
    return { ...cell, outcome: outcomeOf(stage, first, subject), isMet, broken };
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

function setFault(stage: StageOnClock, { call, fault }: Cell, subject: string): void {
  const kind = fault as FaultKind;
  const token = `zoho/${subject}/token`;
  const { faults } = stage.secretsManager;
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

/** How many calls met the fault; a clock that is off is met by every one. */
function hitsOf(stage: StageOnClock, { call, fault }: Cell): number {
  if (call === 'clock of the Lambda') return 1;
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

function outcomeOf(stage: StageOnClock, invoked: Invoked, subject: string): string {
  const result = stage.resultOf(invoked, subject);
  if (result !== undefined) return [result.outcome, result.code ?? ''].join(' ').trim();
  const line = invoked.lines
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .findLast((fields) => fields.event === 'connection' && fields.connection === subject);
  return `threw, ${[line?.outcome ?? '', line?.code ?? ''].join(' ').trim()}`;
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
