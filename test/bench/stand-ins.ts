import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nextMessage } from './measured-process.ts';

/** How much life the stored tokens are to have, and whether Zoho will give new ones. */
export type Scene = {
  /** `last due`: the last connection's alone is due; `none`: the secrets have no version yet. */
  readonly tokens: 'fresh' | 'half' | 'last due' | 'none';
  /** `last revoked`: Zoho refuses the last connection's refresh token; `revoked`: every one. */
  readonly consent: 'given' | 'revoked' | 'last revoked';
  /** Injected before every answer from then on, in milliseconds. */
  readonly zohoLatency: number;
  readonly awsLatency: number;
};

/** What the stand-ins saw since the scene was set. */
export type Seen = {
  /** Calls at Secrets Manager by operation and outcome, e.g. `PutSecretValue ok`. */
  readonly secretsManager: Readonly<Record<string, number>>;
  readonly sns: number;
  readonly tokenRequests: number;
  readonly probes: number;
};

/** Where the bundle is that was copied beside its own `connections.json`, and what points it to the stand-ins. */
export type Started = { readonly handler: string; readonly variables: Readonly<Record<string, string>> };

/**
 * Starts stand-ins for Zoho, Secrets Manager and SNS in another process, so that what they do is in nobody's figures.
 *
 * @param options.writesPerSecond - Secrets Manager's quota of writes; without it there is none.
 */
export async function startStandIns(options: { connectionsText: string; writesPerSecond?: number }) {
  const child = fork(fileURLToPath(new URL('./stand-ins-process.ts', import.meta.url)), [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const started = await nextMessage<Started>(child);
  const ask = (request: Scene | 'seen') => {
    child.send(request);
    return nextMessage<Seen>(child);
  };
  return {
    ...started,
    set: (scene: Scene) => ask(scene),
    seen: () => ask('seen'),
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
