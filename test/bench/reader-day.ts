import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SdkClient } from '../../client/secrets-manager-source.ts';
import { functionName, startLambdaApi } from '../../local/lambda-api.ts';
import { createSharedClock, setClock, useSharedClock } from '../../local/runtime/shared-clock.ts';
import { connectionsText, sdkOptions, setBareStage } from '../support/stage.ts';
import { type Contender, type Counts, makeContenders } from './reader-contenders.ts';

const minute = 60;
const hour = 60 * minute;

/** What happens in the simulated day; times in seconds since midnight. */
export const dayPlan = {
  /** Zoho ends the current token: between two ticks, and seven and a half minutes before the refresher's next probe. */
  killAt: 9 * hour + 7.5 * minute,
  /** Secrets Manager answers InternalServiceError to everybody, the refresher included. */
  faultFrom: 15 * hour + 2 * minute,
  faultTo: 15 * hour + 32 * minute,
} as const;

/** What one contender did in the simulated time. */
export type DayFigures = Counts & { readonly name: string; readonly isOurs: boolean; readonly calls: number };

/**
 * Lets all contenders run side by side against the stand-ins while the real bundle keeps the token fresh: real HTTP and
 * real SDK clients for every read, and a clock that steps a second at a time.
 *
 * @param options.callsPerSecond - Calls of each app in a second, e.g. 100.
 * @param options.from - Seconds since midnight, e.g. 0; a multiple of 300.
 * @param options.to - Seconds since midnight, e.g. 86,400.
 */
export async function simulateDay(options: {
  callsPerSecond: number;
  from: number;
  to: number;
  choose: (contender: Contender) => boolean;
}): Promise<DayFigures[]> {
  const { callsPerSecond, from, to, choose } = options;
  const midnight = Date.UTC(2026, 0, 5);
  const clock = createSharedClock();
  const RealDate = globalThis.Date;
  // The other libraries ask Date themselves.
  useSharedClock(clock);
  const start = midnight + from * 1000;
  const stage = await setBareStage({ connectionsText: connectionsText(['desk']), start, clock, ignoresClocks: true });
  const server = await startLambdaApi(stage, 'local');
  const { zoho } = stage;
  const contenders = makeContenders({
    secretId: 'zoho/desk/token',
    // One attempt a read, so that "reads" means the same for all.
    makeClient: () => new SecretsManagerClient(sdkOptions(stage.secretsManager.url, 1)),
    functionName,
    lambdaClient: new LambdaClient(sdkOptions(server.url)) as SdkClient,
    now: stage.now,
  }).filter(choose);
  const figures = contenders.map(
    ({ name, isOurs }): DayFigures => ({
      name,
      isOurs,
      calls: (to - from) * callsPerSecond,
      reads: 0,
      expiredHandedOut: 0,
      killedHandedOut: 0,
      failedCalls: 0,
    }),
  );
  try {
    let killed: string | undefined;
    for (let second = from; second < to; second += 1) {
      setClock(clock, midnight + second * 1000, 0);
      if (second === dayPlan.faultFrom) stage.secretsManager.faults.set({ kind: 'internal_error' });
      if (second === dayPlan.faultTo) stage.secretsManager.faults.clear();
      if (second % 300 === 0) await stage.tick(new Date(stage.now()));
      if (second === dayPlan.killAt) {
        killed = stage.tokenOf('desk').access_token ?? '';
        zoho.killAccessToken(killed);
      }
      const instant = { calls: callsPerSecond, killed, isLive: zoho.isLive };
      for (const [index, contender] of contenders.entries()) {
        const own = figures[index];
        if (own !== undefined) add(own, await contender.play(instant));
      }
      stage.secretsManager.calls.length = 0;
    }
    return figures;
  } finally {
    globalThis.Date = RealDate;
    await server.close();
    await stage.close();
  }
}

function add(sum: DayFigures, counts: Counts): void {
  for (const key of ['reads', 'expiredHandedOut', 'killedHandedOut', 'failedCalls'] as const) sum[key] += counts[key];
}
