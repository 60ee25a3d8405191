import { randomUUID } from 'node:crypto';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import type { AlertEvent } from '../../../lambda/incident/alert.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { SecretsStore } from '../../../local/aws/secrets-store.ts';
import type { CredentialsFields } from '../../../local/stage.ts';
import { leversOf } from '../../../local/zoho/levers.ts';
import { createWorld } from '../../../local/zoho/zoho-world.ts';
import { secretsIn } from '../../support/secrets-search.ts';
import { Disturbances } from './disturbances.ts';
import type { Fact, FactOf } from './facts.ts';
import type { VirtualTime } from './virtual-time.ts';

type Secret = 'token' | 'credentials';
type Fields = Readonly<Record<string, unknown>> | undefined;

/** Zoho, Secrets Manager, SNS and the people around them, all in this process and in virtual time. */
export type SimulatedWorld = ReturnType<typeof createSimulatedWorld>;

/**
 * Makes a world in which nothing is stored yet.
 *
 * @param observe - Takes note of what happens.
 */
export function createSimulatedWorld(time: VirtualTime, connectionsText: string, observe: (fact: Fact) => void) {
  const disturbances = new Disturbances();
  const store = new SecretsStore();
  const zoho = createWorld(() => time.now);
  const levers = leversOf(zoho);
  /** To which connection a refresh token was ever given. */
  const owners = new Map<string, string>();
  /** What apps read last, taken apart once. */
  const documents = new Map<string, { text: string | undefined; fields: Fields }>();
  const world = {
    time,
    disturbances,
    store,
    zoho,
    levers,
    observe,
    /** What is deployed; another configuration counts from the next invocation on. */
    connections: readConnections(connectionsText),
    /** Every alert that SNS took on. */
    alerts: [] as { at: number; alert: AlertEvent }[],
    /** Every secret that was ever planted or issued. */
    secrets: new Set<string>(),
    /** Everything that left the system: log lines, alerts, errors, answers, records. */
    outputs: [] as string[],
    secretId(connection: string, secret: Secret): string {
      return `${world.connections.secretPrefix}/${connection}/${secret}`;
    },
    /** The version under a label; `undefined` if there is none. */
    version(connection: string, secret: Secret, label = 'AWSCURRENT') {
      const versions = store.versions(world.secretId(connection, secret));
      return versions.find(({ stages }) => stages.includes(label));
    },
    /** The value under a label; `undefined` if there is none. */
    read(connection: string, secret: Secret, label?: string): string | undefined {
      return world.version(connection, secret, label)?.secretString;
    },
    /** What an app reads now; `undefined` if it is no token document. */
    document(connection: string): Fields {
      const text = world.read(connection, 'token');
      const known = documents.get(connection);
      if (known?.text === text) return known?.fields;
      const fields = parseObject(text ?? '');
      documents.set(connection, { text, fields });
      return fields;
    },
    /** Whether the services accept now what an app reads now. */
    isUsable(connection: string): boolean {
      const document = world.document(connection);
      const expiresAt = Date.parse(String(document?.expires_at));
      return expiresAt > time.now && levers.isLive(String(document?.access_token));
    },
    /** Credentials as they are stored, if they are any. */
    credentials(connection: string): Partial<CredentialsFields> {
      return parseObject(world.read(connection, 'credentials') ?? '') ?? {};
    },
    /** An operator stores a value by hand. */
    put(connection: string, secret: Secret, text: string): void {
      const before = world.read(connection, 'token');
      store.put(world.secretId(connection, secret), randomUUID(), text, [], time.now);
      world.noteStored({ run: undefined, connection, secret, label: 'AWSCURRENT', text, before, isRepeat: false });
      world.rememberSecrets(text);
    },
    /** Tells what was stored, and remembers whose a refresh token is. */
    noteStored(stored: Omit<FactOf<'stored'>, 'kind'>): void {
      const refreshToken = stored.secret === 'credentials' && parseObject(stored.text)?.refresh_token;
      if (typeof refreshToken === 'string') owners.set(refreshToken, stored.connection);
      observe({ kind: 'stored', ...stored });
    },
    rememberSecrets(text: string): void {
      for (const secret of secretsIn(text)) world.secrets.add(secret);
    },
    /** The connection that a refresh token was given to. */
    ownerOf(refreshToken: string): string {
      return owners.get(refreshToken) ?? '';
    },
    /** The connection that an access token was issued or stored for; of a strange one, any whose service has that host. */
    ownerOfToken(accessToken: string, host: string): string {
      const owner = world.ownerOf(zoho.registry.token(accessToken)?.grant.refreshToken ?? '');
      const service = host.split('.')[0];
      const ofHost = world.connections.connections.filter((connection) => connection.service === service);
      const holder = ofHost.find(({ name }) => world.document(name)?.access_token === accessToken);
      return owner || (holder ?? ofHost[0])?.name || '';
    },
  };
  for (const { name } of world.connections.connections) {
    store.create(world.secretId(name, 'token'), undefined, time.now);
    store.create(world.secretId(name, 'credentials'), undefined, time.now);
  }
  return world;
}
