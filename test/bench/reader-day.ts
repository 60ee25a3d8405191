import type { SdkClient } from '../../client/secrets-manager-source.ts';
import { createSharedClock, useSharedClock } from '../../local/runtime/shared-clock.ts';
import { startInvokeServer } from '../integration/client-invoke-server.ts';
import {
  lambdaClientOf,
  secretsClientOf,
  setClientStage,
  storedToken,
  zohoOf,
} from '../integration/client-stage.ts';
import { type Contender, type ContenderParts, makeContenders, type ZohoAnswer } from './reader-contenders.ts';

const minute = 60;
const hour = 60 * minute;
const functionName = 'zoho-token-refresher';

/** What happens in the simulated day; times in seconds since midnight. */
export const dayPlan = {
  /** Zoho ends the current token: between two ticks, and seven and a half minutes before the refresher's next probe. */
  killAt: 9 * hour + 7.5 * minute,
  /** Secrets Manager answers InternalServiceError to everybody, the refresher included. */
  faultFrom: 15 * hour + 2 * minute,
  faultTo: 15 * hour + 32 * minute,
} as const;

/** What one contender did in the simulated time. */
export type DayFigures = {
  readonly name: string;
  readonly calls: number;
  /** Requests that reached Secrets Manager. */
  reads: number;
  /** Calls made with a token past its end. */
  expiredHandedOut: number;
  /** Calls made with the token that Zoho had ended. */
  killedHandedOut: number;
  /** Calls of the app that ended with an error or a 401. */
  failedCalls: number;
  /** The longest call, where it was measured. */
  longestMilliseconds?: number;
};

/**
 * Lets all contenders run side by side against the stand-ins while the real bundle keeps the token fresh.
 *
 * Real HTTP and real SDK clients for every read, a clock that steps a second at a time. Two kinds of calls are counted
 * and not run, because the clock stands still and the outcome is known: those of "no cache" after the first of an
 * instant, and those of another library after one that failed.
 *
 * @param options.callsPerSecond - Calls of each app in a second, e.g. 100.
 * @param options.from - Seconds since midnight, e.g. 0; a multiple of 300.
 * @param options.to - Seconds since midnight, e.g. 86,400.
 */
export async function simulateDay(options: {
  callsPerSecond: number;
  from: number;
  to: number;
  choose?: (contender: Contender) => boolean;
}): Promise<DayFigures[]> {
  const { callsPerSecond, from, to, choose = () => true } = options;
  const midnight = Date.UTC(2026, 0, 5);
  const start = new Date(midnight + from * 1000);
  const clock = createSharedClock();
  const RealDate = globalThis.Date;
  // The other libraries ask Date themselves.
  useSharedClock(clock);
  const { stage, moveTo } = await setClientStage({ only: 'desk', start, clock });
  const server = await startInvokeServer(functionName, stage.invoke);
  const contenders: Contender[] = [];
  try {
    const zoho = zohoOf(stage);
    const parts: ContenderParts = {
      secretId: 'zoho/desk/token',
      // One attempt a read, so that "reads" means the same for all.
      makeClient: () => secretsClientOf(stage, 1),
      functionName,
      secretsManagerUrl: stage.secretsManager.url,
      lambdaUrl: server.url,
      lambdaClient: lambdaClientOf(server.url) as SdkClient,
      now: stage.now,
    };
    contenders.push(...makeContenders(parts).filter(choose));
    const figures: DayFigures[] = contenders.map(({ name }) => ({
      name,
      calls: (to - from) * callsPerSecond,
      reads: 0,
      expiredHandedOut: 0,
      killedHandedOut: 0,
      failedCalls: 0,
    }));
    let killed: string | undefined;
    for (let second = from; second < to; second += 1) {
      moveTo(midnight + second * 1000);
      if (second === dayPlan.faultFrom) stage.secretsManager.faults.set({ kind: 'internal_error' });
      if (second === dayPlan.faultTo) stage.secretsManager.faults.clear();
      if (second % 300 === 0) await stage.tick(new Date(stage.now()));
      if (second === dayPlan.killAt) {
        killed = storedToken(stage, 'desk');
        zoho.killAccessToken(killed);
      }
      for (const [index, contender] of contenders.entries()) {
        const own = figures[index];
        if (own === undefined) continue;
        if (contender.playInstant !== undefined) {
          const counts = await contender.playInstant(stage.now(), killed, callsPerSecond);
          own.reads = counts.reads;
          own.killedHandedOut += counts.killedHandedOut;
          own.expiredHandedOut += counts.expiredHandedOut;
          own.failedCalls += counts.failedCalls;
          own.longestMilliseconds = Math.max(own.longestMilliseconds ?? 0, counts.longestMilliseconds);
          continue;
        }
        await runInstant(contender, own, callsPerSecond, (accessToken, times) => {
          if (zoho.isLive(accessToken)) return { status: 200 };
          if (accessToken === killed) own.killedHandedOut += times;
          else own.expiredHandedOut += times;
          return { status: 401 };
        });
      }
      stage.secretsManager.calls.length = 0;
    }
    return figures;
  } finally {
    globalThis.Date = RealDate;
    for (const contender of contenders) contender.close?.();
    await server.close();
    await stage.close();
  }
}

/** All calls of one contender at one instant. */
async function runInstant(
  contender: Contender,
  figures: DayFigures,
  calls: number,
  ask: (accessToken: string, times: number) => ZohoAnswer,
): Promise<void> {
  for (let done = 0; done < calls; ) {
    let times = contender.isUncached ? calls - done : 1;
    const readsBefore = contender.countReads();
    try {
      const { status } = await contender.call((accessToken) => ask(accessToken, times));
      if (status !== 200) figures.failedCalls += times;
    } catch {
      if (!contender.isOurs) times = calls - done;
      figures.failedCalls += times;
    }
    figures.reads += (contender.countReads() - readsBefore) * times;
    done += times;
  }
}
