import { setTimeout as wait } from 'node:timers/promises';
import { tickEvent } from '../../local/stage.ts';
import { startStageOnClock } from '../support/stage.ts';
import { type LambdaProcess, startLambdaProcess } from './lambda-process.ts';

const minute = 60_000;
const name = 'desk';

/** What the run that is killed has to do. */
export const scenarios = [
  'first refresh',
  'refresh',
  'refresh that brings a new refresh token',
  'failure that opens an incident',
  'refresh that resolves an incident',
  'take-over of an alert that a dead run had claimed',
  'throttle answer',
  'healing that an app asked for',
] as const;
export type Scenario = (typeof scenarios)[number];

/** Where the process is killed: at its n-th outbound call, before or after that is carried out. */
export type Kill = { readonly scenario: Scenario; readonly call: number; readonly when: 'before' | 'after' };

/** What became of it. */
export type KillResult = Kill & {
  /** The call at which it was killed, e.g. `PutSecretValue token AWSCURRENT`; `undefined` if the run made no so many. */
  readonly at: string | undefined;
  readonly alerts: readonly string[];
  readonly broken: readonly string[];
};

/** The stage with the connection `desk` alone, on which the bundle runs in processes of its own. */
async function startCrashStage() {
  const stage = await startStageOnClock([name]);
  const { bundle, variables } = stage.stage;
  let process = await startLambdaProcess(bundle, variables);
  const environment = {
    invoke: async (event: unknown) => ({ lines: [], ...(await process.invoke(event, stage.instant())) }),
  };
  return {
    ...stage,
    tick: () => stage.tick(environment),
    run: (event: unknown) =>
      event === undefined ? stage.tick(environment) : stage.invoke(event, environment),
    /** A run in a process that is then killed; a new one takes its place. */
    async killedRun(untilThen: (process: LambdaProcess) => Promise<void>, event?: unknown) {
      const run = process
        .invoke(event ?? tickEvent(new Date(stage.instant())), stage.instant())
        .catch(() => undefined);
      await Promise.race([untilThen(process), run]);
      await process.kill();
      stage.keepOutput(process.output());
      process = await startLambdaProcess(bundle, variables);
    },
    states: () => stage.alerts().map(({ state }) => state),
    foundSecret() {
      stage.keepOutput(process.output());
      return stage.foundSecret();
    },
    async close() {
      await process.kill();
      await stage.close();
    },
  };
}

type CrashStage = Awaited<ReturnType<typeof startCrashStage>>;

/**
 * Kills the real bundle, in a process of its own, at one of its outbound calls, and lets the ticks go on.
 *
 * Between two outbound calls nothing happens that anybody could see, so these are all the places where a kill differs.
 */
export async function playKill(kill: Kill): Promise<KillResult> {
  const stage = await startCrashStage();
  try {
    await bringInto(stage, kill.scenario);
    const tokenBefore = stage.read();
    const alertsBefore = stage.states().length;
    const versionsBefore = versionsOf(stage);
    let at: string | undefined;
    const held = holdCall(stage, kill.call);
    await stage.killedRun(async () => {
      at = await held.arrived;
    }, eventOf(kill.scenario));
    if (kill.when === 'after') {
      held.release();
      await wait(20);
    }
    stage.zoho.faults.clear();
    const hasPublished = stage.states().length > alertsBefore;
    const broken: string[] = [];
    const token = stage.read();
    const isChanged = token !== tokenBefore && token !== 'nothing stored yet';
    if (isChanged && !stage.isGood()) broken.push('1: a bad token is stored');
    await judgeAfter(stage, kill, at, hasPublished, broken);
    const versions = versionsOf(stage);
    if (versionsBefore.some((version) => !versions.includes(version))) broken.push('8: a version is gone');
    return { ...kill, at, alerts: stage.states(), broken };
  } finally {
    await stage.close();
  }
}

async function bringInto(stage: CrashStage, scenario: Scenario): Promise<void> {
  if (scenario === 'first refresh') return;
  await stage.tick();
  stage.pass(20);
  if (scenario === 'refresh that brings a new refresh token')
    stage.zoho.faults.set('new_refresh_token', { times: 1 });
  if (scenario === 'failure that opens an incident')
    stage.zoho.revoke(stage.credentialsOf().refresh_token ?? '');
  if (scenario === 'refresh that resolves an incident') {
    stage.zoho.revoke(stage.credentialsOf().refresh_token ?? '');
    await stage.tick();
    stage.pass(5);
    stage.consentAgain();
  }
  if (scenario === 'take-over of an alert that a dead run had claimed') {
    stage.zoho.revoke(stage.credentialsOf().refresh_token ?? '');
    const published = stage.sns.faults.gate(() => true);
    await stage.killedRun(() => published.arrived);
    stage.pass(5);
  }
  if (scenario === 'throttle answer') stage.zoho.faults.set('throttle_400');
  if (scenario === 'healing that an app asked for') {
    // Not the slot of a tick, and no tick would look at it before the probe's.
    stage.pass(-13);
    const { access_token: token = '' } = stage.document();
    stage.zoho.killAccessToken(token);
  }
}

/** What the run that is killed was invoked with; left out for a tick. */
function eventOf(scenario: Scenario): unknown {
  const isAsked = scenario === 'healing that an app asked for';
  return isAsked ? { connections: [name], reason: 'unauthorized' } : undefined;
}

function versionsOf({ secretsManager }: CrashStage): string[] {
  return ['token', 'credentials'].flatMap((secret) =>
    secretsManager.versions(`zoho/${name}/${secret}`).map(({ versionId }) => `${secret} ${versionId}`),
  );
}

/** Holds the n-th call from now on, whichever service it goes to. */
function holdCall(stage: CrashStage, wanted: number): { arrived: Promise<string>; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  let count = 0;
  const isWanted = (what: string): boolean => {
    count += 1;
    if (count !== wanted) return false;
    resolve(what);
    return true;
  };
  const gates = [
    stage.zoho.gate(({ kind, path }) => isWanted(`Zoho ${kind} ${path.split('?')[0]}`)),
    stage.secretsManager.faults.gate(({ operation, secretId = '', stages = [] }) =>
      isWanted(`${operation} ${secretId.split('/').at(-1)} ${stages.join(' ')}`.trim()),
    ),
    stage.sns.faults.gate(({ operation }) => isWanted(`SNS ${operation}`)),
  ];
  return {
    arrived: promise,
    release: () => {
      for (const gate of gates) gate.release();
    },
  };
}

async function judgeAfter(
  stage: CrashStage,
  kill: Kill,
  at: string | undefined,
  hasPublished: boolean,
  broken: string[],
): Promise<void> {
  const ticks = async (count: number) => {
    let failed = 0;
    for (let index = 0; index < count; index += 1) {
      stage.pass(5);
      if ((await stage.tick()).error !== undefined) failed += 1;
    }
    return failed;
  };
  const failed = await ticks(3);
  const isOpening = /opens an incident|take-over/.test(kill.scenario);
  if (isOpening) {
    // A second death at the same alert: it is tried again half an hour later, and every invocation until then fails.
    if (kill.scenario.startsWith('take-over') && failed === 3) await ticks(4);
    if (!stage.states().includes('open')) broken.push('3: the incident was lost: nobody was told');
    stage.consentAgain();
    await ticks(1);
  }
  if (!stage.isGood()) broken.push('6: no good token after three ticks');
  await ticks(3);
  if (!stage.isGood()) broken.push('6: no good token at the end');
  const alerts = stage.states();
  const opens = alerts.filter((state) => state === 'open').length;
  const resolved = alerts.filter((state) => state === 'resolved').length;
  const isIncident = isOpening || kill.scenario === 'refresh that resolves an incident';
  // Between publishing and recording: SNS has the alert, the record does not say so.
  const isBetween =
    (at?.startsWith('SNS') === true && kill.when === 'after') ||
    (at === 'PutSecretValue token INCIDENT' && kill.when === 'before' && hasPublished);
  const most = isBetween ? 3 : 2;
  if (isIncident && (opens < 1 || resolved < 1)) broken.push(`3: told ${alerts.join(', ')}`);
  if (isIncident && opens + resolved > most) {
    broken.push(`3: told ${alerts.join(', ')}: ${opens + resolved - most} repeated for no reason`);
  }
  if (!isIncident && alerts.length > 0) broken.push(`3: told ${alerts.join(', ')} though nothing was wrong`);
  if (isIncident && alerts.at(-1) !== 'resolved') broken.push(`3: alerts end with ${alerts.at(-1)}`);
  const record = stage.record();
  if (record !== undefined && record.state !== 'closed') broken.push('3: the record is not closed');
  const found = stage.foundSecret();
  if (found !== undefined) broken.push(`4: ${found}`);
  broken.push(...faultsOfRequests(stage, kill, at));
}

/** Zoho's limits hold over a kill, too; a throttle answer that died with its run unrecorded is asked for again. */
function faultsOfRequests({ zoho }: CrashStage, kill: Kill, at: string | undefined): string[] {
  const requests = zoho.requests.filter(({ kind }) => kind === 'token');
  const faults: string[] = [];
  const isDense = requests.some(
    ({ at: from }) => requests.filter((each) => each.at >= from && each.at - from < 10 * minute).length > 5,
  );
  if (isDense) faults.push('5: more than five token requests in ten minutes');
  const isRecorded = at === 'PutSecretValue token INCIDENT' && kill.when === 'after';
  const throttled = requests.find(({ outcome }) => outcome === 'throttled');
  const isHasty = requests.some(
    (each) => throttled !== undefined && each.at > throttled.at && each.at - throttled.at < 14 * minute,
  );
  if (isRecorded && isHasty) faults.push('5: a token request within 15 minutes of a throttle answer');
  return faults;
}

/** How many outbound calls the run of a scenario makes when nobody kills it. */
export async function countCalls(scenario: Scenario): Promise<number> {
  const stage = await startCrashStage();
  try {
    await bringInto(stage, scenario);
    const before = callsOf(stage);
    await stage.run(eventOf(scenario));
    return callsOf(stage) - before;
  } finally {
    await stage.close();
  }
}

function callsOf({ zoho, secretsManager, sns }: CrashStage): number {
  return zoho.requests.length + secretsManager.calls.length + sns.calls.length;
}

/** Every kill of every scenario. */
export async function allKills(wanted: readonly Scenario[] = scenarios): Promise<Kill[]> {
  const kills: Kill[] = [];
  for (const scenario of wanted) {
    const count = await countCalls(scenario);
    for (let call = 1; call <= count; call += 1) {
      kills.push({ scenario, call, when: 'before' }, { scenario, call, when: 'after' });
    }
  }
  return kills;
}
