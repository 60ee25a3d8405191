import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SdkClient } from '../../client/secret-source.ts';
import { functionName, startInvokeServer } from '../../local/invoke-server.ts';
import { createSharedClock, setClock, useSharedClock } from '../../local/runtime/shared-clock.ts';
import { connectionsText, sdkOptions, setBareStage } from '../support/stage.ts';
import { type Contender, contenders } from './reader-contenders.ts';

const minute = 60;
const hour = 60 * minute;

/** What happens in the simulated day; times in seconds since midnight. */
const dayPlan = {
  /** Zoho ends the current token: between two ticks, and seven and a half minutes before the refresher's next probe. */
  killAt: 9 * hour + 7.5 * minute,
  /** Secrets Manager answers InternalServiceError to everybody, the refresher included. */
  faultFrom: 15 * hour + 2 * minute,
  faultTo: 15 * hour + 32 * minute,
} as const;

/**
 * Lets contenders run side by side against the stand-ins while the real bundle keeps the token fresh: real HTTP and
 * real SDK clients for every read, and a clock that steps a second at a time. Each makes a call of Zoho in every second:
 * reads and errors follow the clock and not the calls.
 *
 * @param options.from - Seconds since midnight, e.g. 0; a multiple of 300.
 * @param options.to - Seconds since midnight, e.g. 86,400.
 * @returns For each contender the requests that reached Secrets Manager, calls with a token past its end, calls with the
 *   token that Zoho had ended, and calls that ended with an error or a 401.
 */
export async function simulateDay(options: { from: number; to: number; choose: (contender: Contender) => boolean }) {
  const { from, to, choose } = options;
  const midnight = Date.UTC(2026, 0, 5);
  const clock = createSharedClock();
  const RealDate = globalThis.Date;
  // The other libraries ask Date themselves.
  useSharedClock(clock);
  const start = midnight + from * 1000;
  const stage = await setBareStage({ connectionsText: connectionsText(['desk']), start, clock, ignoresClocks: true });
  const server = await startInvokeServer({ ...stage, secretAccessKey: 'local' });
  const lambdaClient = new LambdaClient(sdkOptions(server.url)) as SdkClient;
  const { zoho } = stage;
  const playing = contenders.filter(choose).map(({ name, makeCall }) => {
    const figures = { name, reads: 0, expired: 0, killed: 0, failed: 0 };
    // One attempt a read, so that "reads" means the same for all.
    const client = new SecretsManagerClient(sdkOptions(stage.secretsManager.url, 1));
    client.middlewareStack.add(
      (next) => (input) => {
        figures.reads += 1;
        return next(input);
      },
      { step: 'finalizeRequest', name: 'countReads' },
    );
    return {
      figures,
      call: makeCall({ secretId: 'zoho/desk/token', client, functionName, lambdaClient, now: stage.now }),
    };
  });
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
      for (const { figures, call } of playing) {
        const ask = (accessToken: string) => {
          if (zoho.isLive(accessToken)) return { status: 200 } as const;
          figures[accessToken === killed ? 'killed' : 'expired'] += 1;
          return { status: 401 } as const;
        };
        const isDone = await call(ask).then(
          ({ status }) => status === 200,
          () => false,
        );
        if (!isDone) figures.failed += 1;
      }
      stage.secretsManager.calls.length = 0;
    }
    return playing.map(({ figures }) => figures);
  } finally {
    globalThis.Date = RealDate;
    await server.close();
    await stage.close();
  }
}
