import { setTimeout as wait } from 'node:timers/promises';
import { tickEvent } from '../../local/stage.ts';
import { startStageOnClock } from '../support/stage.ts';
import { startLambdaProcess } from './lambda-process.ts';
import { watchStage } from './stage-watch.ts';

const name = 'desk';

/** The stage with the connection `desk` alone, on which the bundle runs in processes of its own. */
async function startCrashStage() {
  const stage = await startStageOnClock([name]);
  const { bundle, variables } = stage.stage;
  let process = await startLambdaProcess(bundle, variables);
  const environment = { invoke: (event: unknown) => process.invoke(event, stage.instant()) };
  return {
    ...stage,
    tick: () => stage.tick(environment),
    run: (event: unknown) => (event === undefined ? stage.tick(environment) : stage.invoke(event, environment)),
    /** Ticks, each after five minutes; returns how many failed. */
    async passTicks(count: number): Promise<number> {
      let failed = 0;
      for (let index = 0; index < count; index += 1) {
        stage.pass(5);
        if ((await stage.tick(environment)).error !== undefined) failed += 1;
      }
      return failed;
    },
    /** A run in a process that is then killed; a new one takes its place. */
    async killedRun(untilThen: () => Promise<unknown>, event?: unknown) {
      const run = process.invoke(event ?? tickEvent(new Date(stage.instant())), stage.instant()).catch(() => undefined);
      await Promise.race([untilThen(), run]);
      await process.kill();
      stage.keepOutput(process.output());
      process = await startLambdaProcess(bundle, variables);
    },
    revoke: () => stage.zoho.revoke(stage.credentialsOf().refresh_token ?? ''),
    states: () => stage.alerts().map(({ state }) => state),
    calls: () => stage.zoho.requests.length + stage.secretsManager.calls.length + stage.sns.calls.length,
    keepOutputs: () => stage.keepOutput(process.output()),
    async close() {
      await process.kill();
      await stage.close();
    },
  };
}

type CrashStage = Awaited<ReturnType<typeof startCrashStage>>;

type Entry = {
  /** After a first tick and twenty minutes, when a refresh is due; without a token if left out. */
  readonly prepare?: (stage: CrashStage) => unknown;
  /** What the run was invoked with; left out for a tick. */
  readonly event?: unknown;
  /** Whether somebody has to hear of it. */
  readonly isIncident?: true;
};

/** What the run that is killed has to do, and what comes before it. */
const entries = {
  'first refresh': {},
  refresh: { prepare: () => undefined },
  'refresh that brings a new refresh token': {
    prepare: ({ zoho }) => zoho.faults.set('new_refresh_token', { times: 1 }),
  },
  'failure that opens an incident': { prepare: ({ revoke }) => revoke(), isIncident: true },
  'refresh that resolves an incident': {
    async prepare(stage) {
      stage.revoke();
      await stage.tick();
      stage.pass(5);
      stage.consentAgain();
    },
    isIncident: true,
  },
  'take-over of an alert that a dead run had claimed': {
    async prepare(stage) {
      stage.revoke();
      const published = stage.sns.faults.gate(() => true);
      await stage.killedRun(() => published.arrived);
      stage.pass(5);
    },
    isIncident: true,
  },
  'throttle answer': { prepare: ({ zoho }) => zoho.faults.set('throttle_400') },
  'healing that an app asked for': {
    prepare(stage) {
      // Not the slot of a tick, and no tick would look at it before the probe's.
      stage.pass(-13);
      stage.zoho.killAccessToken(stage.document().access_token ?? '');
    },
    event: { connections: [name], reason: 'unauthorized' },
  },
} as const satisfies Record<string, Entry>;

export type Scenario = keyof typeof entries;
export const scenarios = Object.keys(entries) as Scenario[];

/** Where the process is killed: at its n-th outbound call, before or after that is carried out. */
type Kill = { readonly scenario: Scenario; readonly call: number; readonly when: 'before' | 'after' };

/** What became of it. */
export type KillResult = Awaited<ReturnType<typeof playKill>>;

/**
 * Kills the real bundle, in a process of its own, at one of its outbound calls, and lets the ticks go on.
 *
 * Between two outbound calls nothing happens that anybody could see, so these are all the places where a kill differs.
 */
export async function playKill(kill: Kill) {
  const stage = await startCrashStage();
  try {
    const { event } = await bringInto(stage, kill.scenario);
    const alertsBefore = stage.states().length;
    const watch = watchStage(stage, name);
    watch.look();
    /** The call at which it was killed, e.g. `PutSecretValue token AWSCURRENT`; `undefined` if the run made no so many. */
    let at: string | undefined;
    const held = holdCall(stage, kill.call);
    await stage.killedRun(async () => {
      at = await held.arrived;
    }, event);
    if (kill.when === 'after') {
      held.release();
      await wait(20);
    }
    stage.zoho.faults.clear();
    const hasPublished = stage.states().length > alertsBefore;
    watch.look();
    const broken = await judgeTicksAfter(stage, kill.scenario);
    watch.look();
    stage.keepOutputs();
    // Between publishing and recording: SNS has the alert, the record does not say so.
    const isRecord = at === 'PutSecretValue token INCIDENT';
    const isPublished = at?.startsWith('SNS') === true && kill.when === 'after';
    broken.push(
      ...watch.end({
        repeat: isPublished || (isRecord && kill.when === 'before' && hasPublished),
        // A throttle answer that died with its run unrecorded is asked for again.
        askTooSoon: !(isRecord && kill.when === 'after'),
      }),
    );
    return { ...kill, at, alerts: stage.states(), broken };
  } finally {
    await stage.close();
  }
}

async function bringInto(stage: CrashStage, scenario: Scenario): Promise<Entry> {
  const entry: Entry = entries[scenario];
  if (entry.prepare === undefined) return entry;
  await stage.tick();
  stage.pass(20);
  await entry.prepare(stage);
  return entry;
}

/** Holds the n-th call from now on, whichever service it goes to. */
function holdCall(stage: CrashStage, wanted: number): { arrived: Promise<string>; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  let count = 0;
  const isWanted = (what: string): boolean => {
    count += 1;
    if (count === wanted) resolve(what);
    return count === wanted;
  };
  const gates = [
    stage.zoho.faults.gate(({ kind, path }) => isWanted(`Zoho ${kind} ${path.split('?')[0]}`)),
    stage.secretsManager.faults.gate(({ operation, secretId = '', stages = [] }) =>
      isWanted(`${operation} ${secretId.split('/').at(-1)} ${stages.join(' ')}`.trim()),
    ),
    stage.sns.faults.gate(({ operation }) => isWanted(`SNS ${operation}`)),
  ];
  const release = () => {
    for (const gate of gates) gate.release();
  };
  return { arrived: promise, release };
}

/** Six ticks, and a new consent if the scenario needs one: the incident is told, and all is well at its end. */
async function judgeTicksAfter(stage: CrashStage, scenario: Scenario): Promise<string[]> {
  const broken: string[] = [];
  const failed = await stage.passTicks(3);
  if (/opens an incident|take-over/.test(scenario)) {
    // A second death at the same alert: it is tried again half an hour later, and every invocation until then fails.
    if (scenario.startsWith('take-over') && failed === 3) await stage.passTicks(4);
    if (!stage.states().includes('open')) broken.push('3: the incident was lost: nobody was told');
    stage.consentAgain();
    await stage.passTicks(1);
  }
  if (!stage.isGood()) broken.push('6: no good token after three ticks');
  await stage.passTicks(3);
  if (!stage.isGood()) broken.push('6: no good token at the end');
  const alerts = stage.states();
  const { isIncident }: Entry = entries[scenario];
  if (isIncident === true ? !alerts.includes('open') : alerts.length > 0)
    broken.push(`3: told ${alerts.join(', ') || 'nothing'}`);
  if (alerts.filter((state) => state === 'open' || state === 'resolved').length > 3)
    broken.push(`3: told ${alerts.join(', ')}: more than one repeated`);
  const record = stage.record();
  if (record !== undefined && record.state !== 'closed') broken.push('3: the record is not closed');
  return broken;
}

/** Every kill of some scenarios; how many calls there are is counted in a run that nobody kills. */
export async function allKills(wanted: readonly Scenario[] = scenarios): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (const scenario of wanted) {
    const stage = await startCrashStage();
    const { event } = await bringInto(stage, scenario);
    const before = stage.calls();
    await stage.run(event);
    const count = stage.calls() - before;
    await stage.close();
    for (let call = 1; call <= count; call += 1)
      kills.push({ scenario, call, when: 'before' }, { scenario, call, when: 'after' });
  }
  return kills;
}
