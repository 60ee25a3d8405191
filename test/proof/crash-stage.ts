import { fileURLToPath } from 'node:url';
import { tickEvent } from '../../local/stage.ts';
import { startStageOnClock } from '../support/stage.ts';
import { startHandlerProcess } from './handler-process.ts';

/** The one connection. */
export const name = 'desk';

/** The stage with the connection `desk` alone, on which the bundle runs in processes of its own. */
async function startCrashStage() {
  const stage = await startStageOnClock([name]);
  const { bundle, variables } = stage.stage;
  const start = () => startHandlerProcess(fileURLToPath(bundle), variables, true);
  let process = start();
  const environment = {
    invoke: async (event: unknown) => ({ ...(await process.invoke(event, stage.instant())), lines: [] }),
  };
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
      process = start();
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

export type CrashStage = Awaited<ReturnType<typeof startCrashStage>>;

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

/** A stage on which all is as it is before the run that is killed. */
export async function prepare(scenario: Scenario) {
  const entry: Entry = entries[scenario];
  const stage = await startCrashStage();
  if (entry.prepare !== undefined) {
    await stage.tick();
    stage.pass(20);
    await entry.prepare(stage);
  }
  return { stage, event: entry.event, isIncident: entry.isIncident === true };
}
