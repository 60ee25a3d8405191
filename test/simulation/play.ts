import type { Connection } from '../../lambda/connections/read-connections.ts';
import { tickEvent } from '../../local/stage.ts';
import { connectionsText, file } from './connections-text.ts';
import type { Fact } from './facts.ts';
import { LambdaInProcess } from './lambda-in-process.ts';
import type { Breach } from './notebook.ts';
import { Oracle } from './oracle.ts';
import { between, createRandom, mixSeeds } from './random.ts';
import { searchForSecrets } from './secrets-search.ts';
import type { Script, Step } from './steps.ts';
import { VirtualTime } from './virtual-time.ts';
import { type Crash, type CredentialsFields, parseJson, SimulatedWorld } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const tickInterval = 5 * minute;
const start = Date.parse('2026-03-01T00:00:00Z');

/** What became of a script. */
export type Played = {
  readonly breaches: readonly Breach[];
  /** What was simulated. */
  readonly ticks: number;
  readonly days: number;
  readonly tokenRequests: number;
  readonly alerts: number;
  /** The longest time that apps had an expired token. */
  readonly longestLossMinutes: number;
  /** The most versions of one token secret in any 24 hours. */
  readonly mostWritesPerDay: number;
  readonly story: readonly string[];
};

/**
 * Plays a script from the first tick to a quiet end, under the eyes of the oracle.
 *
 * At the end every fault is over and every human has done their work, and ticks go on: then all must be well.
 *
 * @param tellStory - Keeps what happened as readable lines; costs time.
 */
export async function play(script: Script, tellStory = false): Promise<Played> {
  const player = new Player(script, tellStory);
  const realNow = performance.now;
  // What the Lambda times, such as its patience with a throttled write, passes in virtual time, too.
  performance.now = () => player.now();
  try {
    return await player.play();
  } finally {
    performance.now = realNow;
  }
}

class Player {
  readonly #script: Script;
  readonly #time: VirtualTime;
  readonly #world: SimulatedWorld;
  readonly #lambda: LambdaInProcess;
  readonly #oracle: Oracle;
  readonly #story: string[] = [];
  readonly #tellStory: boolean;
  readonly #changes = new Map<string, Record<string, unknown>>();
  #slot: number;
  #ticks = 0;
  #irregular: ('not' | 'twice' | 'late' | 'slowly' | 'far apart twice')[] = [];
  #crash: Crash | undefined;
  #invocations = 0;

  constructor(script: Script, tellStory: boolean) {
    this.#script = script;
    this.#tellStory = tellStory;
    this.#slot = start + script.offsetSeconds * second;
    this.#time = new VirtualTime(this.#slot - minute);
    const observe = (fact: Fact) => {
      if (this.#tellStory) this.#tell(fact);
      this.#oracle.observe(fact);
    };
    this.#world = new SimulatedWorld(this.#time, connectionsText(script.connections), observe);
    this.#oracle = new Oracle(this.#world, tickInterval);
    this.#lambda = new LambdaInProcess(this.#world, observe, script.chance);
    if (script.start === 'set up') {
      for (const connection of this.#world.connections.connections) this.#fix(connection);
    }
  }

  now(): number {
    return this.#time.now;
  }

  async play(): Promise<Played> {
    for (const step of this.#script.steps) {
      this.#say(JSON.stringify(step));
      await this.#carryOut(step);
      if (this.#oracle.breaches.length > 0) break;
    }
    if (this.#oracle.breaches.length === 0) await this.#comeToRest();
    const breaches = [...this.#oracle.breaches];
    const found = searchForSecrets(this.#world.outputs, this.#world.secrets);
    if (found !== undefined) breaches.push({ invariant: 4, connection: '', at: this.#time.now, what: found });
    return {
      breaches,
      ticks: this.#ticks,
      days: (this.#time.now - start) / (24 * 60 * minute),
      alerts: this.#world.alerts.length,
      ...this.#oracle.figures,
      story: this.#story,
    };
  }

  /** Everything that was wrong is over; two hours later nothing may be left of it. */
  async #comeToRest(): Promise<void> {
    this.#say('everything is put right');
    this.#irregular = [];
    this.#crash = undefined;
    this.#world.disturbances.endAll(this.#time.now);
    this.#deploy('as it was', undefined);
    for (const connection of this.#world.connections.connections) this.#fix(connection);
    for (let count = 0; count < 24 && this.#oracle.breaches.length === 0; count += 1) await this.#tick();
    if (this.#oracle.breaches.length > 0) return;
    this.#oracle.judgeRest();
  }

  async #carryOut(step: Step): Promise<void> {
    const { disturbances } = this.#world;
    const now = this.#time.now;
    switch (step.do) {
      case 'pass':
        for (let count = 0; count < step.ticks; count += 1) {
          await this.#tick();
          if (this.#oracle.breaches.length > 0) return;
        }
        return;
      case 'fault':
        disturbances.open({
          place: step.place,
          fault: step.fault,
          from: now,
          to: now + step.minutes * minute,
          connection: step.connection === undefined ? undefined : this.#connection(step.connection).name,
          share: step.share,
        });
        return;
      case 'end':
        this.#end(step.what, this.#connection(step.connection));
        return;
      case 'spoil credentials':
        this.#spoil(step.how, this.#connection(step.connection));
        return;
      case 'fix': {
        const connection = this.#connection(step.connection);
        this.#deploy('as it was', connection.name);
        this.#fix(this.#connection(step.connection));
        return;
      }
      case 'deploy':
        this.#deploy(step.change, this.#connection(step.connection).name);
        return;
      case 'ticks':
        this.#irregular.push(...Array.from({ length: step.count }, () => step.come));
        return;
      case 'crash':
        this.#crash = { call: step.call, when: step.when };
        return;
      case 'cold start':
        this.#lambda.startCold();
        return;
      case 'call': {
        const event = {
          connections: [this.#connection(step.connection).name],
          reason: step.reason,
          force: step.force,
        };
        for (let count = 0; count < step.times; count += 1) {
          this.#time.after(count * step.everySeconds * second, () => this.#invoke(event, 'on demand'));
        }
        await this.#time.advanceTo(now + second);
        return;
      }
      case 'people ask': {
        const { name } = this.#connection(step.connection);
        disturbances.note('people', name, now, now + 30 * minute);
        for (let count = 0; count < step.times; count += 1) this.#world.requestByHand(name);
        return;
      }
      case 'roll back':
        this.#rollBack(this.#connection(step.connection).name);
        return;
      case 'overwrite token':
        this.#overwrite(step.text, this.#connection(step.connection).name);
        return;
      case 'test alert':
        this.#invoke({ test_alert: true }, 'on demand');
        await this.#time.advanceTo(now + second);
        return;
      case 'odd event':
        this.#invoke({ connections: ['nobody'], reason: 'unauthorized', extra: 1 }, 'on demand');
        await this.#time.advanceTo(now + second);
        return;
    }
  }

  /** One slot of the schedule, whatever comes of it, up to the next. */
  async #tick(): Promise<void> {
    const slot = this.#slot;
    this.#slot += tickInterval;
    const random = createRandom(mixSeeds(this.#script.chance, slot / second, 7));
    const come = this.#irregular.shift();
    const on = (delay: number, delivery: 'on time' | 'late' | 'doubled', slowness = 1) =>
      this.#time.at(slot + delay, () => this.#invoke(tickEvent(new Date(slot)), delivery, slowness));
    const jitter = between(random, 0, 50 * second);
    if (come === 'slowly') this.#world.disturbances.note('zoho fault', undefined, slot, slot + tickInterval);
    if (come !== undefined)
      this.#world.disturbances.note('schedule', undefined, slot, slot + 2 * tickInterval);
    switch (come) {
      case 'not':
        this.#oracle.observe({ kind: 'tick not delivered', slot });
        break;
      case 'twice': {
        const slowness = random() < 0.5 ? 1 : between(random, 1, 9);
        on(jitter, 'doubled', slowness);
        on(jitter + between(random, 0, 3 * second), 'doubled', slowness);
        break;
      }
      case 'far apart twice':
        on(jitter, 'doubled');
        on(jitter + between(random, 30 * second, 240 * second), 'doubled');
        break;
      case 'late':
        on(between(random, minute, tickInterval + 50 * second), 'late');
        break;
      case 'slowly':
        on(jitter, 'on time', between(random, 2, 14));
        break;
      case undefined:
        on(jitter, 'on time');
    }
    this.#ticks += 1;
    await this.#time.advanceTo(this.#slot - 1);
  }

  #invoke(event: unknown, delivery: 'on time' | 'late' | 'doubled' | 'on demand', slowness = 1): void {
    this.#invocations += 1;
    const crash = this.#crash;
    this.#crash = undefined;
    if (crash !== undefined) {
      this.#world.disturbances.note('crash', undefined, this.#time.now, this.#time.now + 2 * minute);
    }
    void this.#lambda.invoke(event, { delivery, chance: this.#invocations, slowness, crash });
  }

  #connection(index: number): Connection {
    const { connections } = this.#world.connections;
    const found = connections[index % connections.length];
    if (found === undefined) throw new Error('a script has at least one connection');
    return found;
  }

  #note(what: 'grant' | 'hand' | 'deploy', connection: string): void {
    this.#world.disturbances.note(what, connection, this.#time.now);
    this.#oracle.noteChange(connection);
  }

  #end(what: (Step & { do: 'end' })['what'], { name, dataCenter }: Connection): void {
    const { levers, zoho } = this.#world;
    const { refresh_token: refreshToken = '', client_id: clientId = '' } = this.#world.credentials(name);
    const grant = zoho.registry.grant(refreshToken);
    const client = zoho.registry.client(clientId);
    this.#note('grant', name);
    if (what === 'grant' && grant !== undefined) levers.revoke(refreshToken);
    if (what === 'access tokens' && grant !== undefined) levers.killAccessTokensOf(refreshToken);
    if (what === 'access token') {
      const token = String(this.#world.document(name)?.access_token);
      if (zoho.registry.token(token) !== undefined) levers.killAccessToken(token);
    }
    if (what === 'client secret' && client?.secrets.has(dataCenter)) {
      this.#world.rememberSecrets({ client_secret: levers.rotateSecret(clientId) });
    }
    if (what === 'client' && client !== undefined) levers.deleteClient(clientId);
  }

  #spoil(how: (Step & { do: 'spoil credentials' })['how'], connection: Connection): void {
    const { name } = connection;
    const now = this.#world.credentials(name);
    this.#note('grant', name);
    const put = (fields: unknown) => this.#world.put(name, 'credentials', JSON.stringify(fields));
    switch (how) {
      case 'not JSON':
        this.#world.put(name, 'credentials', 'pasted by hand');
        return;
      case 'a field empty':
        put({ ...now, client_secret: '' });
        return;
      case 'wrong refresh token':
        put({
          ...now,
          refresh_token: `1000.${name.length}123456789abcdef${'0123456789abcdef'}.${'fedcba9876543210'.repeat(2)}`,
        });
        return;
      case 'wrong client':
        put({ ...now, client_id: '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123' });
        return;
      case 'narrow consent':
        put(this.#consent(connection, connection.requiredScopes.slice(0, 1)));
        return;
      case 'other kind of client':
        put(
          this.#consent(
            connection,
            connection.requiredScopes,
            connection.tokenPrefixes.includes('1000.') ? '1005.' : '1000.',
          ),
        );
        return;
    }
  }

  #fix(connection: Connection): void {
    const scopes = [...connection.requiredScopes, ...connection.optionalScopes];
    this.#note('grant', connection.name);
    this.#world.put(connection.name, 'credentials', JSON.stringify(this.#consent(connection, scopes)));
    this.#oracle.noteFix(connection.name);
  }

  #consent(
    { tokenPrefixes, dataCenter, service, settings }: Connection,
    scopes: readonly string[],
    prefix: '1000.' | '1005.' = tokenPrefixes.includes('1000.') ? '1000.' : '1005.',
  ): CredentialsFields {
    return this.#world.levers.plant({
      dataCenter,
      service,
      prefix,
      scopes: [...scopes],
      ...(settings.screen_name === undefined ? {} : { screenName: settings.screen_name }),
      ...(settings.org_id === undefined ? {} : { orgId: settings.org_id }),
      ...(settings.app_id === undefined ? {} : { appIds: [settings.app_id] }),
    });
  }

  #deploy(change: (Step & { do: 'deploy' })['change'], only: string | undefined): void {
    for (const { name, service } of this.#world.connections.connections) {
      if (only !== undefined && name !== only) continue;
      const settings = (file.connections.find((known) => known.name === name)?.settings ?? {}) as object;
      const wrong = service === 'desk' ? { org_id: '123' } : { screen_name: 'nobody' };
      const required = (file.connections.find((known) => known.name === name)?.required_scopes ??
        []) as string[];
      const more = service === 'desk' ? 'Desk.tickets.READ' : 'SalesIQ.departments.READ';
      const changed = {
        'more scopes': { required_scopes: [...required, more] },
        'wrong prefix': { token_prefix: '1003.' },
        'wrong setting': { settings: { ...settings, ...wrong } },
        'as it was': {},
      }[change];
      if (JSON.stringify(changed) === JSON.stringify(this.#changes.get(name) ?? {})) continue;
      this.#changes.set(name, changed);
      this.#note('deploy', name);
    }
    this.#world.deploy(connectionsText(this.#script.connections, this.#changes));
    this.#lambda.startCold();
  }

  #rollBack(name: string): void {
    const secretId = this.#world.secretId(name, 'token');
    const versions = this.#world.store.peek(secretId)?.versions ?? [];
    const previous = versions.find(({ stages }) => stages.has('AWSPREVIOUS'));
    const current = versions.find(({ stages }) => stages.has('AWSCURRENT'));
    if (previous === undefined || current === undefined || previous === current) return;
    this.#note('hand', name);
    this.#world.store.moveStage(
      secretId,
      'AWSCURRENT',
      current.versionId,
      previous.versionId,
      this.#time.now,
    );
  }

  #overwrite(text: (Step & { do: 'overwrite token' })['text'], name: string): void {
    this.#note('hand', name);
    const endless = {
      ...this.#world.document(name),
      access_token: `1000.${'a1'.repeat(16)}.${'b2'.repeat(16)}`,
      issued_at: new Date(this.#time.now).toISOString(),
      expires_at: '2999-01-01T00:00:00.000Z',
    };
    const texts = { garbage: 'undefined', 'endless token': JSON.stringify(endless), 'empty object': '{}' };
    this.#world.put(name, 'token', texts[text]);
  }

  #say(line: string): void {
    if (!this.#tellStory) return;
    const time = new Date(this.#time.now).toISOString().slice(5, 19);
    this.#story.push(`${time} (+${((this.#time.now - start) / minute).toFixed(2)} min)  ${line}`);
  }

  #tell(fact: Fact): void {
    switch (fact.kind) {
      case 'run begins':
        this.#say(`  run ${fact.run.id} begins: ${fact.run.kind}, ${fact.run.delivery}`);
        return;
      case 'run ends':
        this.#say(
          `  run ${fact.run.id} ends: ${fact.error === undefined ? JSON.stringify(fact.answer) : `THREW ${fact.error.message}`}`,
        );
        return;
      case 'token request':
        this.#say(`  run ${fact.run?.id ?? 'of people'} asks Zoho for a token of ${fact.connection}`);
        return;
      case 'token answer':
        this.#say(`  run ${fact.run.id} hears ${fact.status} ${fact.body?.slice(0, 160) ?? 'nothing'}`);
        return;
      case 'probe answer':
        this.#say(`  run ${fact.run.id} probe of ${fact.connection}: ${fact.outcome}`);
        return;
      case 'stored':
        this.#say(
          `  run ${fact.run?.id ?? 'of people'} stores ${fact.connection} ${fact.secret} ${fact.label}${fact.isRepeat ? ' again' : ''}: ${summaryOf(fact.text)}`,
        );
        return;
      case 'published':
        this.#say(
          `  run ${fact.run.id} PUBLISHES ${fact.alert.state} ${fact.alert.severity} ${fact.alert.connection} ${fact.alert.code}${fact.isAnswered ? '' : ' (and does not learn of it)'}`,
        );
        return;
      case 'publish failed':
        this.#say(`  run ${fact.run.id} could not publish about ${fact.connection}`);
        return;
      case 'store failed':
        this.#say(`  run ${fact.run.id} ${fact.operation} ${fact.connection} ${fact.label} failed`);
        return;
      case 'place taken':
        this.#say(`  run ${fact.run.id} finds its place at ${fact.connection} taken`);
        return;
      case 'tick not delivered':
        this.#say('  the tick is lost');
        return;
    }
  }
}

/** What of a stored value helps to understand a breach; no secret is among it. */
function summaryOf(text: string): string {
  const fields = parseJson(text);
  if (fields === undefined) return text.slice(0, 40);
  const { expires_at: expiresAt, fault, state, incident, step, healing, throttle } = fields;
  return JSON.stringify({ expiresAt, fault, state, incident, step, healing, throttle });
}
