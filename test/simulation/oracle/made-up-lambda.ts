import { tickEvent } from '../../../local/stage.ts';
import { connectionsText } from '../scripts/connections-text.ts';
import { People } from '../scripts/people.ts';
import type { AlertFacts, RunOfLambda } from '../world/facts.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { SimulatedWorld } from '../world/world.ts';
import { Oracle } from './oracle.ts';

const minute = 60_000;
const hour = 60 * minute;
const refreshToken = 'the refresh token that was sent';
const connection = 'desk';
const grantedScopes = 'Desk.calls.CREATE Desk.calls.READ Desk.basic.READ';

/** When the stored token was issued; epoch milliseconds. */
export const start = Date.parse('2026-03-01T00:00:00Z');

/** What an alert says; the rest is right where thirty minutes are left. */
type Said = Pick<AlertFacts, 'state' | 'code'> & {
  readonly severity?: AlertFacts['severity'];
  readonly minutes_left?: number;
  /** Epoch milliseconds; left out, the incident began with the run. */
  readonly since?: number;
};

/** A Lambda that does what it is told, right or wrong, under the eyes of an oracle. */
export class MadeUpLambda {
  readonly time = new VirtualTime(start);
  readonly #world: SimulatedWorld;
  readonly #oracle: Oracle;
  #runs = 0;
  #run: RunOfLambda = this.#newRun();

  /** Credentials and a token of an hour are stored. */
  constructor() {
    this.#world = new SimulatedWorld(this.time, connectionsText([connection]), (fact) =>
      this.#oracle.observe(fact),
    );
    this.#oracle = new Oracle(this.#world, 5 * minute);
    const people = new People(this.#world, this.#oracle);
    for (const each of this.#world.connections.connections) people.fix(each);
    const token = {
      access_token: '1005.a.token',
      issued_at: new Date(start).toISOString(),
      expires_at: new Date(start + hour).toISOString(),
    };
    this.#world.put(connection, 'token', JSON.stringify(token));
  }

  /** What the oracle found broken. */
  breaches(): string[] {
    return this.#oracle.breaches.map(({ what }) => what);
  }

  beginTick(): void {
    this.#run = this.#newRun();
    this.#oracle.observe({ kind: 'run begins', run: this.#run });
  }

  /** @param message - Of the error that it throws, if it throws. */
  endTick(message?: string): void {
    this.#run.endedAt = this.time.now;
    const error = message === undefined ? {} : { error: { name: 'Error', message } };
    this.#oracle.observe({ kind: 'run ends', run: this.#run, lines: [], ...error });
  }

  /** Asks Zoho for a token. */
  ask(): void {
    this.#oracle.observe({ kind: 'token request', run: this.#run, connection, refreshToken });
  }

  /** Zoho issues a token. */
  isGiven(token: object): void {
    this.hear(JSON.stringify({ scope: grantedScopes, expires_in: 3_600, ...token }), 200);
  }

  /** The service refuses a token. */
  probeRefuses(accessToken: string): void {
    const body = JSON.stringify({ errorCode: 'INVALID_OAUTH' });
    const answer = { accessToken, body, status: 401, outcome: 'INVALID_OAUTH' };
    this.#oracle.observe({ kind: 'probe answer', run: this.#run, connection, ...answer });
  }

  /** Stores a token of an hour, or of so many minutes. */
  store(accessToken: string, minutes = 60): void {
    const text = JSON.stringify({
      access_token: accessToken,
      issued_at: new Date(this.time.now).toISOString(),
      expires_at: new Date(this.time.now + minutes * minute).toISOString(),
    });
    const before = this.#world.read(connection, 'token');
    const place = { connection, secret: 'token', label: 'AWSCURRENT' } as const;
    this.#world.put(connection, 'token', text);
    this.#oracle.observe({ kind: 'stored', run: this.#run, ...place, text, before, isRepeat: false });
  }

  /** SNS does not take an alert. */
  cannotPublish(): void {
    this.#oracle.observe({ kind: 'publish failed', run: this.#run, connection });
  }

  /** Zoho answers a token request. */
  hear(body: string, status: number): void {
    this.#oracle.observe({ kind: 'token answer', run: this.#run, connection, refreshToken, body, status });
  }

  zohoRefuses(error: string): void {
    this.hear(JSON.stringify({ error }), 200);
  }

  /** Claims an alert and publishes it. */
  tell(said: Said): void {
    this.record({ alert: said.state, status: 'claimed' }, said.code);
    this.publish(said);
  }

  /** Writes a step of an alert. */
  record(step: { alert: AlertFacts['state']; status: 'claimed' | 'sent' }, code: string): void {
    const at = new Date(this.time.now).toISOString();
    const claim = step.status === 'claimed' ? { alert: step.alert, claims: 1, at } : undefined;
    const text = JSON.stringify({ claim, incident: { code } });
    const before = this.#world.read(connection, 'token');
    const place = { connection, secret: 'token', label: 'INCIDENT' } as const;
    this.#oracle.observe({ kind: 'stored', run: this.#run, ...place, text, before, isRepeat: false });
  }

  publish({ since = this.#run.startedAt, ...said }: Said): void {
    const alert: AlertFacts = {
      connection,
      severity: 'warning',
      minutes_left: 30,
      attempts: 1,
      since: new Date(since).toISOString(),
      ...said,
    };
    const text = 'Nothing to do.';
    this.#oracle.observe({ kind: 'published', run: this.#run, alert, text, isAnswered: true });
  }

  #newRun(): RunOfLambda {
    this.#runs += 1;
    return {
      id: this.#runs,
      event: tickEvent(new Date(this.time.now)),
      kind: 'tick',
      delivery: 'on time',
      environment: 1,
      startedAt: this.time.now,
      endedAt: undefined,
      isKilled: false,
      calls: 0,
      faultsMet: new Map(),
    };
  }
}
