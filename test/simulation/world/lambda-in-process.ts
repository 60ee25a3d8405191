import { createPublish } from '../../../lambda/aws/publish.ts';
import { createSecretVersions } from '../../../lambda/aws/secrets-manager.ts';
import { createEnvironmentMemory, type EnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { carryOut } from '../../../lambda/invocation.ts';
import { createLog } from '../../../lambda/log.ts';
import type { Run } from '../../../lambda/run.ts';
import {
  defaultProbeIntervalMilliseconds,
  exitMarginMilliseconds,
  functionTimeoutMilliseconds,
  storeAndTellMilliseconds,
} from '../../../lambda/settings.ts';
import { createRandom } from '../random.ts';
import { alertTopicArn, secretsManagerOf, snsOf } from './aws-way.ts';
import { type Crash, pause, type RunInWorld } from './call-out.ts';
import type { FactOf, RunOfLambda } from './facts.ts';
import type { SimulatedWorld } from './world.ts';
import { callZohoOf } from './zoho-way.ts';

/** One execution environment: what it remembers, and whether an invocation is in it. */
type Environment = { readonly number: number; readonly memory: EnvironmentMemory; isBusy: boolean };

/** How an invocation comes about: `slowness` multiplies what Zoho takes to answer. */
type Invoking = { delivery: RunOfLambda['delivery']; chance: number; slowness?: number; crash?: Crash | undefined };

/**
 * The Lambda in this process: the modules of `lambda/` themselves, from reading the event to the adapters of the AWS
 * SDK and of Zoho, in execution environments as AWS gives them.
 *
 * Only `lambda/index.ts` is not here: it makes the clients of the real network, which the fault matrix has.
 */
export function startLambda(world: SimulatedWorld, seed: number) {
  let environments: Environment[] = [];
  let runs = 0;
  let started = 0;

  function start(): Environment {
    started += 1;
    const environment = { number: started, memory: createEnvironmentMemory(), isBusy: false };
    environments.push(environment);
    return environment;
  }

  return {
    /** Every execution environment is gone: after a deploy, or because AWS felt like it. */
    startCold(): void {
      environments = [];
    },

    /** Invokes the Lambda now, in an idle execution environment or a new one; resolves with its answer. */
    invoke(event: unknown, { delivery, chance, slowness = 1, crash }: Invoking): Promise<unknown> {
      const environment = environments.find(({ isBusy }) => !isBusy) ?? start();
      environment.isBusy = true;
      runs += 1;
      const over = new AbortController();
      const overForZoho = new AbortController();
      const ended = Promise.withResolvers<unknown>();
      const lines: string[] = [];
      const end = (fact: Pick<FactOf<'run ends'>, 'answer' | 'error'>): void => {
        if (run.endedAt !== undefined) return;
        run.endedAt = world.time.now;
        for (const cancel of timeouts) cancel();
        environment.isBusy = false;
        if (run.isKilled) environments = environments.filter((each) => each !== environment);
        world.outputs.push(...lines, JSON.stringify(fact));
        world.observe({ kind: 'run ends', run, ...fact, lines });
        ended.resolve(fact.answer);
      };
      const run: RunInWorld = {
        id: runs,
        event,
        kind: kindOf(event),
        delivery,
        environment: environment.number,
        startedAt: world.time.now,
        endedAt: undefined,
        isKilled: false,
        calls: 0,
        faultsMet: new Map(),
        random: createRandom(seed, world.time.now / 1000, chance),
        slowness,
        crash,
        kill: () => {
          if (run.isKilled || run.endedAt !== undefined) return;
          run.isKilled = true;
          end({ error: { name: 'Killed', message: 'the process is gone' } });
        },
      };
      const milliseconds = functionTimeoutMilliseconds - exitMarginMilliseconds;
      const timeouts = [
        world.time.after(milliseconds - storeAndTellMilliseconds, () => overForZoho.abort()),
        world.time.after(milliseconds, () => over.abort()),
        world.time.after(functionTimeoutMilliseconds, () => run.kill()),
      ];
      world.observe({ kind: 'run begins', run });

      const { connections } = world;
      const { secretPrefix } = connections;
      const now = () => new Date(world.time.now);
      const wait = (longest: number, signal: AbortSignal) => pause(world.time, run, longest, signal);
      const logsUrl = () => 'https://logs.example';
      const lambdaRun: Run = {
        now,
        nonce: `run-${runs}`,
        ...connections,
        end: over.signal,
        versions: createSecretVersions(secretsManagerOf(world, run), over.signal, wait),
        callZoho: callZohoOf(world, run, overForZoho.signal),
        publish: createPublish(snsOf(world, run), alertTopicArn, over.signal),
        log: createLog((line) => lines.push(line), 'DEBUG', { request_id: `run-${runs}` }, now),
        writeMetrics: (line) => lines.push(line),
        links: {
          account: '123456789012',
          region: 'ap-south-1',
          secretPrefix,
          stage: undefined,
          runbookUrl: 'docs/runbook.md',
          logsUrl,
        },
        memory: environment.memory,
        probeIntervalMilliseconds: defaultProbeIntervalMilliseconds,
        pause: (longest) => wait(longest, over.signal),
      };
      carryOut(lambdaRun, event).then(
        (answer) => end({ answer }),
        ({ name, message }: Error) => end({ error: { name, message } }),
      );
      return ended.promise;
    },
  };
}

export type Lambda = ReturnType<typeof startLambda>;

/** What kind of invocation an event makes. */
function kindOf(event: unknown): RunOfLambda['kind'] {
  if (typeof event !== 'object' || event === null) return 'other';
  if ('schedule_arn' in event) return 'tick';
  return 'connections' in event ? 'on demand' : 'other';
}
