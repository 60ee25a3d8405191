import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { ConnectionResult } from '../../lambda/invocation.ts';
import type { ExecutionEnvironment, Invoked } from '../../local/runtime/execution-environment.ts';
import { createSharedClock, setClock } from '../../local/runtime/shared-clock.ts';
import { setStage, tickEvent } from '../../local/stage.ts';
import { fingerprint } from '../../local/zoho/made-up.ts';

/** The alert event that machines receive, as far as the tests look at it. */
export type Alert = {
  state: string;
  severity: string;
  connection: string;
  code: string;
  summary: string;
  impact: string;
  remedy: string;
  since: string;
  attempts: number;
  expires_at: string | null;
  minutes_left: number;
  /** Minutes after the start of the night. */
  minute: number;
  subject: string;
  text: string;
  sms: string;
};

export type Night = Awaited<ReturnType<typeof startNight>>;

const minute = 60_000;
export const bundle = new URL('../../dist/lambda/index.mjs', import.meta.url);

/** `connections.json` with only some of its connections, and changes to them. */
export function connectionsText(names: readonly string[], changes: Record<string, unknown> = {}): string {
  const file = JSON.parse(readFileSync('connections.json', 'utf8')) as { connections: { name: string }[] };
  const connections = file.connections
    .filter(({ name }) => names.includes(name))
    .map((connection) => ({ ...connection, ...changes }));
  return JSON.stringify({ ...file, connections });
}

/**
 * A night on the stage: the real bundle over real HTTP, with a clock that only the test moves.
 *
 * Closing it searches every output of the night for every secret that was planted or issued, in pieces of 12.
 */
export async function startNight(names: readonly string[] = ['desk']) {
  const start = Date.parse('2026-03-01T00:00:00Z');
  const clock = createSharedClock();
  let now = start;
  const setNow = (time: number) => {
    now = time;
    setClock(clock, time, 0);
  };
  setNow(start);
  const stage = await setStage({ bundle, connectionsText: connectionsText(names), clock, logLevel: 'DEBUG' });
  const { zoho } = stage;
  if (zoho === undefined) throw new Error('a night has the Zoho stand-in');
  const outputs: string[] = [];
  const secrets = new Set<string>();
  const credentialsOf = (name: string) =>
    JSON.parse(stage.secretsManager.read(`zoho/${name}/credentials`) ?? '{}') as Record<string, string>;
  const parse = (text: string) => {
    try {
      return JSON.parse(text) as Record<string, string>;
    } catch {
      return {};
    }
  };
  const rememberSecrets = () => {
    for (const name of names) {
      for (const { secretString } of stage.secretsManager.versions(`zoho/${name}/credentials`)) {
        const { client_secret: clientSecret, refresh_token: refreshToken } = parse(secretString);
        for (const secret of [clientSecret, refreshToken]) if (secret !== undefined) secrets.add(secret);
        if (refreshToken !== undefined) {
          for (const { accessToken } of zoho.liveTokens(refreshToken)) secrets.add(accessToken);
        }
      }
    }
  };

  async function invoke(
    event: unknown,
    environment: Pick<ExecutionEnvironment, 'invoke'> = stage,
  ): Promise<Invoked> {
    const invoked = await environment.invoke(event);
    outputs.push(JSON.stringify(invoked));
    rememberSecrets();
    return invoked;
  }

  const night = {
    stage,
    zoho,
    secretsManager: stage.secretsManager,
    sns: stage.sns,
    invoke,
    minute: () => (now - start) / minute,
    /** Moves the clock on. */
    pass(minutes: number) {
      setNow(now + minutes * minute);
    },
    /** One tick now; `slot` where it was scheduled for another time, in minutes of the night. */
    tick(options: { slot?: number; environment?: ExecutionEnvironment } = {}) {
      const slot = options.slot === undefined ? now : start + options.slot * minute;
      return invoke(tickEvent(new Date(slot)), options.environment);
    },
    /** Ticks and five minutes between them, as the schedule has it. */
    async ticks(count: number, each: (invoked: Invoked) => void | Promise<void> = () => {}) {
      const all: Invoked[] = [];
      for (let index = 0; index < count; index += 1) {
        const invoked = await night.tick();
        all.push(invoked);
        await each(invoked);
        night.pass(5);
      }
      return all;
    },
    result(invoked: Invoked, name = names[0]): ConnectionResult | undefined {
      const { connections = [] } = (invoked.answer ?? {}) as { connections?: ConnectionResult[] };
      return connections.find(({ connection }) => connection === name);
    },
    alerts(): Alert[] {
      return stage.sns.inbox.map((entry) => ({
        ...(JSON.parse(stage.sns.delivered(entry, 'sqs')) as Alert),
        minute: (entry.at - start) / minute,
        subject: entry.subject ?? '',
        text: stage.sns.delivered(entry, 'email'),
        sms: stage.sns.delivered(entry, 'sms'),
      }));
    },
    /** `state@minute` of every alert: the night at a glance. */
    told: () =>
      night.alerts().map((alert) => `${alert.state}:${alert.code}:${alert.severity}@${alert.minute}`),
    /** Minutes of the night at which Zoho was asked for a token of a connection. */
    asked(name = names[0] ?? ''): number[] {
      const tails = stage.secretsManager
        .versions(`zoho/${name}/credentials`)
        .map(({ secretString }) => fingerprint(parse(secretString).refresh_token ?? ''));
      return zoho.requests
        .filter(({ kind, refreshTokenTail }) => kind === 'token' && tails.includes(refreshTokenTail ?? ''))
        .map(({ at }) => (at - start) / minute);
    },
    /** What an app reads now. */
    stored(name = names[0]): Record<string, string> | undefined {
      try {
        return JSON.parse(stage.secretsManager.read(`zoho/${name}/token`) ?? '') as Record<string, string>;
      } catch {
        return undefined;
      }
    },
    /** Whether the token that an app reads now is accepted by Zoho. */
    works: (name = names[0]) => zoho.isLive(night.stored(name)?.access_token ?? ''),
    record(name = names[0]) {
      const text = stage.secretsManager.read(`zoho/${name}/token`, 'INCIDENT');
      return text === undefined
        ? undefined
        : (JSON.parse(text) as { state: string; incident?: { since: string } });
    },
    credentialsOf,
    /** An operator stores new credentials. */
    authorize(name = names[0] ?? '', changes: Record<string, string> = {}) {
      stage.secretsManager.put(
        `zoho/${name}/credentials`,
        JSON.stringify({ ...credentialsOf(name), ...changes }),
      );
    },
    /** A new consent of the same client: what `authorize` would store. */
    consent(name = names[0] ?? '') {
      const connection = stage.connections.find((known) => known.name === name);
      if (connection === undefined) throw new Error(`no connection ${name}`);
      const { client_id = '', client_secret = '' } = credentialsOf(name);
      return zoho.plant({
        dataCenter: connection.dataCenter,
        service: connection.service,
        scopes: [...connection.requiredScopes, ...connection.optionalScopes],
        client: { client_id, client_secret },
      });
    },
    async close() {
      rememberSecrets();
      await stage.close();
      const everything = [...outputs, ...stage.sns.inbox.map((entry) => JSON.stringify(entry))].join('\n');
      for (const secret of secrets) {
        for (let index = 0; index + 12 <= secret.length; index += 1) {
          expect(
            everything.includes(secret.slice(index, index + 12)),
            'a piece of a secret in an output',
          ).toBe(false);
        }
      }
    },
  };
  return night;
}
