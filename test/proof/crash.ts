import { setTimeout as wait } from 'node:timers/promises';
import { type CrashStage, name, prepare, type Scenario, scenarios } from './crash-stage.ts';
import { watchStage } from './invariants.ts';
import { matching, type Prove, renderTable, sideBySide, spread, startProgress } from './proof.ts';

/** Where the process is killed: at its n-th outbound call, before or after that is carried out. */
type Kill = { readonly scenario: Scenario; readonly call: number; readonly when: 'before' | 'after' };

type KillResult = Awaited<ReturnType<typeof playKill>>;

/**
 * Kills the real bundle, in a process of its own, at one of its outbound calls, and lets the ticks go on.
 *
 * Between two outbound calls nothing happens that anybody could see, so these are all the places where a kill differs.
 */
export async function playKill(kill: Kill) {
  const { stage, event, isIncident } = await prepare(kill.scenario);
  try {
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
    const broken = await judgeTicksAfter(stage, kill.scenario, isIncident);
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

/** Six ticks, and a new consent if the scenario needs one: on-call is alerted to the incident, and all is well at its end. */
async function judgeTicksAfter(stage: CrashStage, scenario: Scenario, isIncident: boolean): Promise<string[]> {
  const broken: string[] = [];
  const failed = await stage.passTicks(3);
  if (/opens an incident|take-over/.test(scenario)) {
    // A second death at the same alert: it is tried again half an hour later, and every invocation until then fails.
    if (scenario.startsWith('take-over') && failed === 3) await stage.passTicks(4);
    if (!stage.states().includes('open')) broken.push('3: the incident was lost: nobody was alerted');
    stage.consentAgain();
    await stage.passTicks(1);
  }
  if (!stage.isGood()) broken.push('6: no good token after three ticks');
  await stage.passTicks(3);
  const alerts = stage.states();
  if (isIncident ? !alerts.includes('open') : alerts.length > 0)
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
    const { stage, event } = await prepare(scenario);
    const before = stage.calls();
    await stage.run(event);
    const count = stage.calls() - before;
    await stage.close();
    for (let call = 1; call <= count; call += 1)
      kills.push({ scenario, call, when: 'before' }, { scenario, call, when: 'after' });
  }
  return kills;
}

/** Kills the real bundle at each of its outbound calls, before and after the call takes effect. */
export const prove: Prove = async ({ runs, only }) => {
  const wanted = matching(scenarios, only, (scenario) => [scenario]);
  const kills = spread(await allKills(wanted), runs);
  const results = await sideBySide(kills, 1, playKill, startProgress('kills', kills.length));
  const isBroken = ({ broken }: KillResult) => broken.length > 0;
  const isRepeated = ({ alerts }: KillResult) =>
    alerts.filter((state) => state === 'open' || state === 'resolved').length > 2;
  return {
    sum: `${kills.length} kills`,
    broken: results.filter(isBroken).map(({ scenario, call, at, when, broken }) => {
      return `broken: ${scenario}, call ${call} (${at}), ${when}: ${broken.join('; ')}`;
    }),
    figures: renderTable(
      ['killed while it does', 'kills', 'broke an invariant', 'repeated an alert'],
      wanted.map((scenario) => {
        const own = results.filter((result) => result.scenario === scenario);
        return [scenario, own.length, own.filter(isBroken).length, own.filter(isRepeated).length];
      }),
    ),
  };
};
