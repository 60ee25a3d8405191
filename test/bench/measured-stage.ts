import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { tickEvent as eventOf, giveConsent } from '../../local/stage.ts';
import { startHandlerProcess } from '../proof/handler-process.ts';
import { connectionsText, setBareStage } from '../support/stage.ts';

const minute = 60_000;

/** A `connections.json` with that many connections, half of them SalesIQ, half Desk. */
export function someConnections(count: number): string {
  const own = JSON.parse(connectionsText(['salesiq', 'desk'])) as { connections: { name: string }[] };
  const connections = Array.from({ length: count }, (_, index) => {
    const entry = own.connections[index % 2];
    return { ...entry, name: `${entry?.name}-${index + 1}` };
  });
  return JSON.stringify({ secret_prefix: 'zoho', connections });
}

/** How much life the stored tokens are to have, and whether Zoho will give new ones. */
export type Scene = {
  /** `last due`: the last connection's alone is due; `none`: the secrets have no version yet. */
  readonly tokens: 'fresh' | 'half' | 'last due' | 'none';
  /** `last revoked`: Zoho refuses the last connection's refresh token; `revoked`: every one. */
  readonly consent: 'given' | 'revoked' | 'last revoked';
  /** Injected before every answer from then on, in milliseconds; default 0. */
  readonly zohoLatency?: number;
  readonly awsLatency?: number;
};

/**
 * The environment of a measured handler beside what points it to the stand-ins: what Lambda sets, and nothing of this
 * machine's.
 *
 * `NODE_PATH` is how Lambda offers its own copy of the SDK to bundles without one; here it is this project's. No
 * compile cache and no home directory: neither is there in a new execution environment.
 */
const lambdaVariables = {
  HOME: tmpdir(),
  NODE_PATH: fileURLToPath(new URL('../../node_modules', import.meta.url)),
  AWS_DEFAULT_REGION: 'ap-south-1',
  AWS_SESSION_TOKEN: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'zoho-token-refresher',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
};

/**
 * Sets a stage for handlers that run, and are measured, in processes of their own; this one only waits for them.
 *
 * @param options - `writesPerSecond`: Secrets Manager's quota of writes; without it there is none.
 */
export async function setMeasuredStage(options: { connectionsText: string; writesPerSecond?: number }) {
  const stage = await setBareStage(options);
  const { secretsManager, sns, connections, secretPrefix, zoho, variables } = stage;

  /** The document of a token that Zoho really issued, so that a probe accepts it. */
  async function storedToken(connection: Connection, credentials: Record<string, string>, minutesLeft: number) {
    const answer = await fetch(`${zoho.url}/accounts.zoho.${connection.dataCenter}/oauth/v2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', ...credentials }),
    });
    const { access_token } = (await answer.json()) as { access_token?: string };
    const expiresAt = Date.now() + minutesLeft * minute;
    const [issued_at, expires_at] = [expiresAt - 60 * minute, expiresAt].map((at) => new Date(at).toISOString());
    return JSON.stringify({ version: 1, access_token, issued_at, expires_at });
  }

  return {
    /** The stage's own copy of the bundle: a build that runs meanwhile changes nothing. */
    handler: fileURLToPath(stage.bundle),
    /** A new process with a handler that works on this stage. */
    start: (file: string) => startHandlerProcess(file, { ...lambdaVariables, ...variables }),
    /** Makes every secret anew, with grants that Zoho has not seen before: no limit of an earlier run is in the way. */
    async setScene({ tokens, consent, zohoLatency = 0, awsLatency = 0 }: Scene): Promise<void> {
      zoho.faults.latency(0);
      for (const connection of connections) {
        const isLast = connection === connections.at(-1);
        const credentials = giveConsent(zoho, connection);
        const isDue = tokens === 'half' || (tokens === 'last due' && isLast);
        const token = tokens === 'none' ? undefined : await storedToken(connection, credentials, isDue ? 30 : 59);
        if (consent === 'revoked' || (consent === 'last revoked' && isLast)) zoho.revoke(credentials.refresh_token);
        for (const [id, text] of [
          [tokenSecretId(secretPrefix, connection), token],
          [credentialsSecretId(secretPrefix, connection), JSON.stringify(credentials)],
        ] as const) {
          secretsManager.remove(id);
          secretsManager.createSecret(id, text);
        }
      }
      zoho.faults.latency(zohoLatency);
      for (const { faults } of [secretsManager, sns]) faults.latency(awsLatency);
      for (const seenSoFar of [secretsManager.calls, sns.calls, zoho.requests]) seenSoFar.length = 0;
    },
    /** What the stand-ins saw since the scene was set. */
    seen: () => ({
      stored: secretsManager.calls.filter((call) => call.operation === 'PutSecretValue' && call.outcome === 'ok')
        .length,
      throttled: secretsManager.calls.filter(({ outcome }) => outcome === 'ThrottlingException').length,
      sns: sns.calls.length,
      tokenRequests: zoho.requests.filter(({ kind }) => kind === 'token').length,
      probes: zoho.requests.filter(({ kind }) => kind === 'probe').length,
    }),
    close: stage.close,
  };
}

const probeInterval = 15 * minute;
const afterProbe = { plain: 5 * minute, probing: 0 } as const;

/**
 * The input that the schedule sends, for the slot of that sort that is nearest to now: the Lambda takes a scheduled time
 * of another day for no slot of its schedule.
 *
 * @param slot - `plain`: two of three ticks; `probing`: the third, on which fresh tokens are tried at their service.
 */
export function tickEvent(slot: keyof typeof afterProbe = 'plain') {
  const nearest = Math.round((Date.now() - afterProbe[slot]) / probeInterval) * probeInterval + afterProbe[slot];
  return eventOf(new Date(nearest));
}
