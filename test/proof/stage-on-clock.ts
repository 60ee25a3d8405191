import { readFileSync } from 'node:fs';
import type { ConnectionResult } from '../../lambda/invocation.ts';
import type { ExecutionEnvironment, Invoked } from '../../local/runtime/execution-environment.ts';
import { createSharedClock, setClock } from '../../local/runtime/shared-clock.ts';
import { setStage, tickEvent } from '../../local/stage.ts';
import { allows, equivalents } from '../../local/zoho/known-scopes.ts';
import { incidentRecords } from './incident-records.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const bundle = new URL('../../dist/lambda/index.mjs', import.meta.url);
const connectionsFile = new URL('../../connections.json', import.meta.url);

/** The alert as machines receive it, as far as proofs look at it. */
export type AlertSeen = { state: string; severity: string; connection: string; code: string; minute: number };

/** The real bundle between the stand-ins over HTTP, with a clock that only the proof moves. */
export type StageOnClock = Awaited<ReturnType<typeof startStageOnClock>>;

/** Starts one with both connections of `connections.json`, credentials planted and nothing stored. */
export async function startStageOnClock() {
  const [clock, lambdaClock] = [createSharedClock(), createSharedClock()];
  let now = start;
  let skewMinutes = 0;
  const setClocks = () => {
    setClock(clock, now, 0);
    setClock(lambdaClock, now + skewMinutes * minute, 0);
  };
  setClocks();
  const stage = await setStage({
    bundle,
    connectionsText: readFileSync(connectionsFile, 'utf8'),
    clock,
    lambdaClock,
    logLevel: 'DEBUG',
  });
  const { zoho, secretsManager, sns } = stage;
  if (zoho === undefined) throw new Error('the stage has the Zoho stand-in');
  const outputs: string[] = [];
  const secrets = new Set<string>();
  const names = stage.connections.map(({ name }) => name);

  const fieldsOf = (secretId: string): Record<string, unknown> => {
    try {
      return JSON.parse(secretsManager.read(secretId) ?? '') as Record<string, unknown>;
    } catch {
      return {};
    }
  };
  const credentialsOf = (name: string) =>
    fieldsOf(`zoho/${name}/credentials`) as {
      client_id?: string;
      client_secret?: string;
      refresh_token?: string;
    };

  function rememberSecrets(): void {
    for (const name of names) {
      for (const secretId of [`zoho/${name}/credentials`, `zoho/${name}/token`]) {
        for (const { secretString } of secretsManager.versions(secretId)) {
          for (const [, secret] of secretString.matchAll(
            /"(?:client_secret|refresh_token|access_token)":"([^"]{16,})"/g,
          )) {
            if (secret !== undefined) secrets.add(secret);
          }
        }
      }
    }
    // Also those that nobody ever stored.
    for (const accessToken of zoho?.issuedTokens() ?? []) secrets.add(accessToken);
  }

  async function invoke(
    event: unknown,
    environment: Pick<ExecutionEnvironment, 'invoke'> = stage,
  ): Promise<Invoked> {
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
    secrets,
    credentialsOf,
    minute: () => (now - start) / minute,
    /** Epoch milliseconds of everybody but a Lambda whose clock is off. */
    instant: () => now,
    /** Moves the clock on. */
    pass(minutes: number): void {
      now += minutes * minute;
      setClocks();
    },
    /** Sets the Lambda's clock so many minutes ahead of everybody else's. */
    skew(minutes: number): void {
      skewMinutes = minutes;
      setClocks();
    },
    tick: (environment?: ExecutionEnvironment) => invoke(tickEvent(new Date(now)), environment ?? stage),
    invoke,
    resultOf({ answer }: Invoked, name: string): ConnectionResult | undefined {
      const { connections = [] } = (answer ?? {}) as { connections?: ConnectionResult[] };
      return connections.find(({ connection }) => connection === name);
    },
    /** What an app reads. */
    read: (name: string) => secretsManager.read(`zoho/${name}/token`),
    document: (name: string) => fieldsOf(`zoho/${name}/token`),
    /** Whether an app that reads the token now can use it for all that the configuration asks for. */
    isGood(name: string): boolean {
      const { access_token: token, scope, expires_at: expiresAt } = fieldsOf(`zoho/${name}/token`);
      const connection = stage.connections.find((known) => known.name === name);
      if (typeof token !== 'string' || connection === undefined) return false;
      const granted = typeof scope === 'string' ? scope.split(/[\s,]+/) : undefined;
      return (
        zoho.isLive(token) &&
        Date.parse(String(expiresAt)) > now &&
        connection.tokenPrefixes.some((prefix) => token.startsWith(prefix)) &&
        (granted === undefined ||
          connection.requiredScopes.every((needed) => allows(granted, equivalents(needed))))
      );
    },
    alerts(): AlertSeen[] {
      return sns.inbox.map((entry) => ({
        ...(JSON.parse(sns.delivered(entry, 'sqs')) as AlertSeen),
        minute: (entry.at - start) / minute,
      }));
    },
    record(name: string): Record<string, unknown> | undefined {
      const text = secretsManager.read(`zoho/${name}/token`, 'INCIDENT');
      return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
    },
    /** An operator consents again, and stores the new credentials. */
    consentAgain(name: string): void {
      const connection = stage.connections.find((known) => known.name === name);
      if (connection === undefined) throw new Error(`no connection ${name}`);
      const { client_id = '', client_secret = '' } = credentialsOf(name);
      const { dataCenter, service, requiredScopes, optionalScopes } = connection;
      const planted = zoho.plant({
        dataCenter,
        service,
        scopes: [...requiredScopes, ...optionalScopes],
        client: { client_id, client_secret },
      });
      secretsManager.put(`zoho/${name}/credentials`, JSON.stringify(planted));
      rememberSecrets();
    },
    /** Everything that came out of the system: answers, errors, log lines, metrics, alerts, incident records. */
    outputs: (): readonly string[] => [
      ...outputs,
      ...sns.inbox.map((entry) => JSON.stringify(entry)),
      ...names.flatMap((name) => incidentRecords(secretsManager, `zoho/${name}/token`)),
    ],
    async close(): Promise<void> {
      rememberSecrets();
      await stage.close();
    },
  };
  rememberSecrets();
  return onClock;
}
