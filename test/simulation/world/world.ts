import { randomUUID } from 'node:crypto';
import { type Connections, readConnections } from '../../../lambda/connections/read-connections.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { SecretsStore } from '../../../local/aws/secrets-store.ts';
import type { CredentialsFields } from '../../../local/stage.ts';
import { leversOf } from '../../../local/zoho/levers.ts';
import { createWorld, type World as ZohoWorld } from '../../../local/zoho/zoho-world.ts';
import { secretsIn } from '../../support/secrets-held.ts';
import { Disturbances } from './disturbances.ts';
import type { AlertFacts, Fact, FactOf } from './facts.ts';
import type { VirtualTime } from './virtual-time.ts';

type Secret = 'token' | 'credentials';
type Fields = Readonly<Record<string, unknown>> | undefined;

/** Zoho, Secrets Manager, SNS and the people around them, all in this process and in virtual time. */
export class SimulatedWorld {
  readonly time: VirtualTime;
  readonly disturbances: Disturbances;
  readonly store = new SecretsStore();
  readonly zoho: ZohoWorld;
  readonly levers: ReturnType<typeof leversOf>;
  /** What is deployed; another configuration counts from the next invocation on. */
  connections: Connections;
  /** Every alert that SNS took on. */
  readonly alerts: { at: number; alert: AlertFacts }[] = [];
  /** Every secret that was ever planted or issued. */
  readonly secrets = new Set<string>();
  /** Everything that left the system: log lines, alerts, errors, answers, records. */
  readonly outputs: string[] = [];
  /** To which connection a refresh token was ever given. */
  readonly #owners = new Map<string, string>();
  /** What apps read last, taken apart once. */
  readonly #documents = new Map<string, { text: string | undefined; fields: Fields }>();
  /** Takes note of what happened. */
  readonly observe: (fact: Fact) => void;

  constructor(
    time: VirtualTime,
    connectionsText: string,
    observe: (fact: Fact) => void,
    disturbances = new Disturbances(),
  ) {
    this.time = time;
    this.observe = observe;
    this.disturbances = disturbances;
    this.connections = readConnections(connectionsText);
    this.zoho = createWorld(() => time.now);
    this.levers = leversOf(this.zoho);
    for (const { name } of this.connections.connections) {
      this.store.create(this.secretId(name, 'token'), undefined, time.now);
      this.store.create(this.secretId(name, 'credentials'), undefined, time.now);
    }
  }

  secretId(connection: string, secret: Secret): string {
    return `${this.connections.secretPrefix}/${connection}/${secret}`;
  }

  /** The version under a label; `undefined` if there is none. */
  version(connection: string, secret: Secret, label = 'AWSCURRENT') {
    const versions = this.store.peek(this.secretId(connection, secret))?.versions ?? [];
    return versions.find(({ stages }) => stages.has(label));
  }

  /** The value under a label; `undefined` if there is none. */
  read(connection: string, secret: Secret, label?: string): string | undefined {
    return this.version(connection, secret, label)?.secretString;
  }

  /** What an app reads now; `undefined` if it is no token document. */
  document(connection: string): Fields {
    const text = this.read(connection, 'token');
    const known = this.#documents.get(connection);
    if (known?.text === text) return known?.fields;
    const fields = parseObject(text ?? '');
    this.#documents.set(connection, { text, fields });
    return fields;
  }

  /** Whether the services accept now what an app reads now. */
  isUsable(connection: string): boolean {
    const document = this.document(connection);
    const expiresAt = Date.parse(String(document?.expires_at));
    return expiresAt > this.time.now && this.levers.isLive(String(document?.access_token));
  }

  /** Credentials as they are stored, if they are any. */
  credentials(connection: string): Partial<CredentialsFields> {
    return parseObject(this.read(connection, 'credentials') ?? '') ?? {};
  }

  /** An operator stores a value by hand. */
  put(connection: string, secret: Secret, text: string): void {
    const before = this.read(connection, 'token');
    this.store.put(this.secretId(connection, secret), randomUUID(), text, [], this.time.now);
    this.noteStored({ run: undefined, connection, secret, label: 'AWSCURRENT', text, before, isRepeat: false });
    this.rememberSecrets(text);
  }

  /** Tells what was stored, and remembers whose a refresh token is. */
  noteStored(stored: Omit<FactOf<'stored'>, 'kind'>): void {
    const refreshToken = stored.secret === 'credentials' && parseObject(stored.text)?.refresh_token;
    if (typeof refreshToken === 'string') this.#owners.set(refreshToken, stored.connection);
    this.observe({ kind: 'stored', ...stored });
  }

  rememberSecrets(text: string): void {
    for (const secret of secretsIn(text)) this.secrets.add(secret);
  }

  /** The connection that a refresh token was given to. */
  ownerOf(refreshToken: string): string {
    return this.#owners.get(refreshToken) ?? '';
  }

  /** The connection that an access token was issued or stored for; of a strange one, any whose service has that host. */
  ownerOfToken(accessToken: string, host: string): string {
    const owner = this.ownerOf(this.zoho.registry.token(accessToken)?.grant.refreshToken ?? '');
    const service = host.split('.')[0];
    const ofHost = this.connections.connections.filter((connection) => connection.service === service);
    const holder = ofHost.find(({ name }) => this.document(name)?.access_token === accessToken);
    return owner || (holder ?? ofHost[0])?.name || '';
  }
}
