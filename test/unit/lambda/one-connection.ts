/** One connection with everything around it in memory: Secrets Manager, SNS, Zoho, and a clock that steps. */
import { nothingStoredYet, type SecretVersions } from '../../../lambda/aws/secret-versions.ts';
import { createEnvironmentMemory, type EnvironmentMemory } from '../../../lambda/environment-memory.ts';
import type { AlertEvent } from '../../../lambda/incident/alert.ts';
import { reconcile } from '../../../lambda/reconcile.ts';
import type { Outcome, Run } from '../../../lambda/run.ts';
import type { CallZoho, ZohoAnswer } from '../../../lambda/zoho/call-zoho.ts';
import { accessTokenText, desk, links, minute, tokenText } from './examples.ts';
import { createSecretsModel, type SecretsModel } from './secrets-model.ts';

export const tokenSecret = 'zoho/desk/token';
export const credentialsSecret = 'zoho/desk/credentials';

/** What Zoho does when it is asked for a token. */
export type ZohoMood = 'good' | 'invalid_code' | 'down' | 'throttle';

/** Every operation of a run on what it shares with others goes through this. */
export type Gate = <T>(label: string, perform: () => Promise<T>) => Promise<T>;
const noGate: Gate = (_, perform) => perform();

export type World = {
  readonly secrets: SecretsModel;
  /** Alerts in the order in which SNS took them, with who published. */
  readonly published: { readonly by: string; readonly event: AlertEvent }[];
  /** When each run asked Zoho for a token. */
  readonly asked: { readonly by: string; readonly at: Date }[];
  /** First 13 characters of tokens that the service no longer accepts. */
  readonly deadTokens: string[];
  /** Whether the organisation in the settings is wrong, as every probe then says. */
  hasWrongSetting: boolean;
  /** What Zoho sends as refresh_token beside any JSON that answers a request for a token. */
  newRefreshToken: string | undefined;
  /** What SNS does. */
  sns: 'takes' | 'refuses';
  /** Whether the services answer probes. */
  services: 'up' | 'down';
};

/** A stored token of a day's life: its lines are hours apart, so that tests can step past minutes. */
const dayMinutes = 1_440;

/** @param lifeLeft - Minutes that the stored token has left at minute 0; left out: the secret has no version. */
export async function createWorld({ lifeLeft }: { lifeLeft?: number } = {}): Promise<World> {
  const secrets = createSecretsModel();
  await secrets.put({
    secretId: credentialsSecret,
    clientRequestToken: 'credentials-1',
    text: JSON.stringify({
      client_id: '1005.CLIENT',
      client_secret: 'client-secret',
      refresh_token: accessTokenText('1005.', 'c'),
    }),
  });
  if (lifeLeft !== undefined) {
    const text = tokenText(lifeLeft - dayMinutes, { lifetimeMinutes: dayMinutes, nonce: 'before' });
    await secrets.put({ secretId: tokenSecret, clientRequestToken: 'token-1', text });
  }
  return {
    secrets,
    published: [],
    asked: [],
    deadTokens: [],
    hasWrongSetting: false,
    newRefreshToken: undefined,
    sns: 'takes',
    services: 'up',
  };
}

/** The same world, to go another way from here. */
export function cloneWorld({ secrets, published, asked, deadTokens, ...rest }: World): World {
  return {
    ...rest,
    secrets: secrets.clone(),
    published: [...published],
    asked: [...asked],
    deadTokens: [...deadTokens],
  };
}

type RunOptions = { readonly gate?: Gate; readonly memory?: EnvironmentMemory; readonly probeEvery?: number };

/** One run of the Lambda in that world. */
export function runIn(world: World, options: RunOptions & { name: string; now: Date; mood: ZohoMood }): Run {
  const { name, now, mood, gate = noGate, memory = createEnvironmentMemory(), probeEvery = 0 } = options;
  const { secrets } = world;
  const versions: SecretVersions = {
    // The credentials never change while runs overlap: reading them is no point of meeting.
    get: (secretId, label) =>
      secretId === credentialsSecret
        ? secrets.get(secretId, label)
        : gate(`get ${label}`, () => secrets.get(secretId, label)),
    put: (version) => gate(labelOfPut(version), () => secrets.put(version)),
  };
  return {
    now: () => now,
    nonce: `nonce of ${name}`,
    secretPrefix: 'zoho',
    connections: [desk],
    end: new AbortController().signal,
    versions,
    callZoho: zohoIn(world, name, now, mood),
    publish: async ({ message }) => {
      const event: AlertEvent = JSON.parse(JSON.parse(message).sqs);
      await gate(`publish ${event.state}`, async () => {
        if (world.sns === 'refuses') throw new Error('SNS did not take the alert: InternalErrorException');
        world.published.push({ by: name, event });
      });
    },
    log: () => {},
    writeMetrics: () => {},
    links,
    memory,
    probeIntervalMilliseconds: probeEvery,
    pause: async () => {},
  };
}

function labelOfPut({ label, text }: { label?: string; text: string }): string {
  if (label !== undefined) return `put ${label}`;
  return text === nothingStoredYet ? 'put placeholder' : 'put token';
}

function zohoIn(world: World, name: string, now: Date, mood: ZohoMood): CallZoho {
  const token = `1005.${Buffer.from(name.padEnd(16)).toString('hex').slice(0, 32)}.${'0'.repeat(32)}`;
  const json = (status: number, value: unknown): ZohoAnswer => ({ status, body: JSON.stringify(value) });
  return async ({ method, headers }) => {
    if (method === 'GET') {
      if (world.services === 'down') return { status: 503, body: '<html>' };
      const asked = headers.authorization?.replace('Zoho-oauthtoken ', '') ?? '';
      if (world.deadTokens.some((dead) => asked.startsWith(dead))) return json(401, { errorCode: 'INVALID_OAUTH' });
      return world.hasWrongSetting ? json(403, { errorCode: 'OAUTH_ORG_MISMATCH' }) : json(200, { data: [] });
    }
    world.asked.push({ by: name, at: now });
    const answer = (status: number, value: object) => json(status, { ...value, refresh_token: world.newRefreshToken });
    switch (mood) {
      case 'invalid_code':
        return answer(200, { error: 'invalid_code' });
      case 'down':
        return { status: 503, body: '<html>' };
      case 'throttle':
        return answer(400, { error: 'Access Denied', error_description: 'too many', status: 'failure' });
      case 'good':
        // Short of a day, so that nothing here crosses a line, and longer than what is stored.
        return answer(200, { access_token: token, expires_in: 86_000, scope: desk.requiredScopes.join(' ') });
    }
  };
}

/** One tick of the whole connection, alone. */
export async function tick(world: World, atMinute: number, mood: ZohoMood, options: RunOptions = {}): Promise<Outcome> {
  const run = runIn(world, { name: `t${atMinute}`, now: minute(atMinute + 0.05), mood, ...options });
  return reconcile(run, desk, { kind: 'tick', slot: minute(atMinute) });
}
