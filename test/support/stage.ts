import { readFileSync } from 'node:fs';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { AlertEvent } from '../../lambda/incident/alert.ts';
import type { ConnectionResult } from '../../lambda/invocation.ts';
import type { ExecutionEnvironment, Invoked } from '../../local/runtime/execution-environment.ts';
import { createSharedClock, readClock, setClock } from '../../local/runtime/shared-clock.ts';
import { giveConsent, setStage, tickEvent } from '../../local/stage.ts';
import { allows, equivalents } from '../../local/zoho/known-scopes.ts';
import { fingerprint } from '../../local/zoho/made-up.ts';
import { searchForSecrets, secretsHeldBy } from './secrets-search.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const tickMinutes = 5;
const connectionsFile = new URL('../../connections.json', import.meta.url);

/** Where `npm run build` puts what runs in AWS. */
export const bundle = new URL('../../dist/lambda/index.mjs', import.meta.url);

/** The alert event that machines receive, with the e-mail beside it, and when it came in minutes after the start of the stage. */
export type AlertSeen = AlertEvent & { readonly minute: number; readonly text: string };

/** A connection of the service that `connections.json` has none of. */
const crmConnection = {
  name: 'crm',
  service: 'crm',
  data_center: 'in',
  required_scopes: ['ZohoCRM.org.READ', 'ZohoCRM.modules.leads.READ'],
  settings: {},
};

/** `connections.json` as it is shipped, or with only some of its connections, and one named `crm` if it is asked for. */
export function connectionsText(names?: readonly string[]): string {
  const text = readFileSync(connectionsFile, 'utf8');
  const file = JSON.parse(text) as { connections: { name: string }[] };
  const connections = [...file.connections, crmConnection].filter(({ name }) => names?.includes(name));
  return names === undefined ? text : JSON.stringify({ ...file, connections });
}

/** The fields of a stored secret; none if it holds something else. */
function fieldsOf(text: string | undefined): Record<string, string> {
  try {
    return JSON.parse(text ?? '') as Record<string, string>;
  } catch {
    return {};
  }
}

/** What a client of the SDK takes to reach a stand-in. */
export function sdkOptions(endpoint: string, maxAttempts = 3) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint, region: 'ap-south-1', credentials, maxAttempts };
}

/** The stage with its Zoho stand-in, and a clock that only the test moves. */
export type BareStage = Awaited<ReturnType<typeof setBareStage>>;

/**
 * Sets the stage: the bundle between the stand-ins, with credentials planted and nothing stored.
 *
 * @param options - Of `setStage`; the shipped connections unless others are given. `start`: where the clock stands, in epoch
 *   milliseconds; without it the clock shows the real time and runs.
 */
export async function setBareStage({
  start,
  clock = createSharedClock(),
  ...options
}: Partial<Parameters<typeof setStage>[0]> & { start?: number } = {}) {
  if (start !== undefined) setClock(clock, start, 0);
  const stage = await setStage({ bundle, connectionsText: connectionsText(), clock, ...options });
  const { zoho, secretsManager, secretPrefix, connections } = stage;
  if (zoho === undefined) throw new Error('the stage has the Zoho stand-in');
  return {
    ...stage,
    zoho,
    /** Moves the clock on; one that had a start then stands still, however fast it ran. */
    pass: (minutes: number) => setClock(clock, readClock(clock) + minutes * minute, start === undefined ? 1 : 0),
    connectionNamed(name: string): Connection {
      const connection = connections.find((known) => known.name === name);
      if (connection === undefined) throw new Error(`no connection ${name}`);
      return connection;
    },
    /** The credentials as they are stored now. */
    credentialsOf: (name: string) => fieldsOf(secretsManager.read(`${secretPrefix}/${name}/credentials`)),
    /** The token document that an app reads; no fields if the secret holds none. */
    tokenOf: (name: string) => fieldsOf(secretsManager.read(`${secretPrefix}/${name}/token`)),
  };
}

/** The real bundle between the stand-ins over HTTP, with two clocks, and with all that came out of it. */
export type StageOnClock = Awaited<ReturnType<typeof startStageOnClock>>;

/**
 * Starts the bundle between the stand-ins, with credentials planted and nothing stored.
 *
 * @param names - Connections of `connections.json`. Methods that take a connection mean the first unless told otherwise.
 */
export async function startStageOnClock(names: readonly string[] = ['salesiq', 'desk']) {
  const lambdaClock = createSharedClock();
  let now = start;
  let skewMinutes = 0;
  const stage = await setBareStage({ start, connectionsText: connectionsText(names), lambdaClock, logLevel: 'DEBUG' });
  const setClocks = () => {
    setClock(stage.clock, now, 0);
    setClock(lambdaClock, now + skewMinutes * minute, 0);
  };
  setClocks();
  const { zoho, secretsManager, sns, connectionNamed, credentialsOf } = stage;
  const [first = ''] = names;
  const outputs: string[] = [];
  /** Every secret that was ever planted, stored or issued. */
  const secrets = new Set<string>();
  const rememberSecrets = () => {
    for (const secret of secretsHeldBy(stage)) secrets.add(secret);
  };

  async function invoke(event: unknown, environment: Pick<ExecutionEnvironment, 'invoke'> = stage): Promise<Invoked> {
    const invoked = await environment.invoke(event);
    outputs.push(JSON.stringify(invoked), ...invoked.lines);
    rememberSecrets();
    return invoked;
  }

  const onClock = {
    stage,
    zoho,
    secretsManager,
    sns,
    /** Minutes after the start. */
    minute: () => (now - start) / minute,
    /** Epoch milliseconds of everybody but a Lambda whose clock is off. */
    instant: () => now,
    pass(minutes: number): void {
      now += minutes * minute;
      setClocks();
    },
    /** Sets the Lambda's clock so many minutes ahead of everybody else's. */
    skew(minutes: number): void {
      skewMinutes = minutes;
      setClocks();
    },
    invoke,
    /** One scheduled invocation; `slotMinute` if it was scheduled for another time than now. */
    tick: (environment?: Pick<ExecutionEnvironment, 'invoke'>, slotMinute?: number) =>
      invoke(tickEvent(new Date(slotMinute === undefined ? now : start + slotMinute * minute)), environment),
    /** Ticks with five minutes after each. */
    async ticks(count: number): Promise<Invoked[]> {
      const all: Invoked[] = [];
      for (let index = 0; index < count; index += 1) {
        all.push(await onClock.tick());
        onClock.pass(tickMinutes);
      }
      return all;
    },
    resultOf({ answer }: Invoked, name = first): ConnectionResult | undefined {
      const { connections: results = [] } = (answer ?? {}) as { connections?: ConnectionResult[] };
      return results.find(({ connection }) => connection === name);
    },
    /** The text that an app reads. */
    read: (name = first) => secretsManager.read(`zoho/${name}/token`),
    /** The token document that an app reads; no fields if the secret holds none. */
    document: (name = first) => stage.tokenOf(name),
    /** Whether an app that reads the token now can use it for all that the configuration asks for. */
    isGood(name = first): boolean {
      const { access_token: token, scope, expires_at: expiresAt = '' } = onClock.document(name);
      const { tokenPrefixes, requiredScopes } = connectionNamed(name);
      const granted = scope?.split(/[\s,]+/);
      return (
        token !== undefined &&
        zoho.isLive(token) &&
        Date.parse(expiresAt) > now &&
        tokenPrefixes.some((prefix) => token.startsWith(prefix)) &&
        (granted === undefined || requiredScopes.every((needed) => allows(granted, equivalents(needed))))
      );
    },
    record(name = first): Record<string, unknown> | undefined {
      const text = secretsManager.read(`zoho/${name}/token`, 'INCIDENT');
      return text === undefined ? undefined : fieldsOf(text);
    },
    alerts: (): AlertSeen[] =>
      sns.inbox.map((entry) => ({
        ...(JSON.parse(sns.delivered(entry, 'sqs')) as AlertEvent),
        minute: (entry.at - start) / minute,
        text: sns.delivered(entry, 'email'),
      })),
    /** `state:code:severity@minute` of every alert: the night at a glance. */
    told: () => onClock.alerts().map((alert) => `${alert.state}:${alert.code}:${alert.severity}@${alert.minute}`),
    /** Minutes at which Zoho was asked for a token of a connection. */
    asked(name = first): number[] {
      const tails = secretsManager
        .versions(`zoho/${name}/credentials`)
        .map(({ secretString }) => fingerprint(fieldsOf(secretString).refresh_token ?? ''));
      return zoho.requests
        .filter(({ kind, refreshTokenTail }) => kind === 'token' && tails.includes(refreshTokenTail ?? ''))
        .map(({ at }) => (at - start) / minute);
    },
    credentialsOf: (name = first) => credentialsOf(name),
    /** An operator consents again, and stores the new credentials. */
    consentAgain(name = first): void {
      const { client_id = '', client_secret = '' } = credentialsOf(name);
      const planted = giveConsent(zoho, connectionNamed(name), { client_id, client_secret });
      secretsManager.put(`zoho/${name}/credentials`, JSON.stringify(planted));
      rememberSecrets();
    },
    /** Keeps what a program said that the stage did not invoke: it is searched as well. */
    keepOutput: (text: string) => void outputs.push(text),
    /**
     * Where a piece of a secret came out, in answers, errors, log lines, metrics, alerts or incident records; `undefined` if
     * none did.
     */
    foundSecret(): string | undefined {
      rememberSecrets();
      const versions = names.flatMap((name) => secretsManager.versions(`zoho/${name}/token`));
      const records = versions
        .map(({ secretString }) => secretString)
        .filter((text) => !text.includes('"access_token"'));
      const alerts = sns.inbox.map((entry) => JSON.stringify(entry));
      return searchForSecrets([...outputs, ...alerts, ...records], secrets);
    },
    close: stage.close,
  };
  rememberSecrets();
  return onClock;
}
