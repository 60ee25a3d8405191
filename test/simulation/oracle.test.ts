import { beforeEach, describe, expect, it } from 'vitest';
import { connectionsText } from './connections-text.ts';
import type { AlertFacts, RunOfLambda } from './facts.ts';
import { Oracle } from './oracle.ts';
import { People } from './people.ts';
import { VirtualTime } from './virtual-time.ts';
import { SimulatedWorld } from './world.ts';

const minute = 60_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const refreshToken = 'the refresh token that was sent';

let time: VirtualTime;
let world: SimulatedWorld;
let oracle: Oracle;
let run: RunOfLambda;
let runs = 0;

beforeEach(() => {
  time = new VirtualTime(start);
  world = new SimulatedWorld(time, connectionsText(['desk']), (fact) => oracle.observe(fact));
  oracle = new Oracle(world, 5 * minute);
  const people = new People(world, oracle);
  for (const connection of world.connections.connections) people.fix(connection);
  storeTokenOf(60);
  time.now = start + 30 * minute;
  beginTick();
});

/** A made-up Lambda is watched here: what it does wrong must be noticed. */
describe('the oracle notices', () => {
  it('nothing where an alert says what is so', () => {
    zohoRefuses('invalid_code');
    tell({ state: 'open', code: 'invalid_code' });
    expect(breaches()).toEqual([]);
  });

  it('an alert with the code of something that never happened', () => {
    zohoRefuses('invalid_code');
    tell({ state: 'open', code: 'invalid_client' });
    expect(breaches()).toContain(
      '"open" says invalid_client, which nothing and nobody has said since the incident began',
    );
  });

  it('an alert with the code of another incident', () => {
    zohoRefuses('invalid_client');
    time.now += 10 * minute;
    beginTick();
    zohoRefuses('invalid_code');
    tell({ state: 'open', code: 'invalid_client', since: start, minutes_left: 20 });
    expect(breaches()).toEqual(['"open" says invalid_client, and this run was refused with invalid_code']);
  });

  it('a severity, and minutes, that are not those of the stored token', () => {
    zohoRefuses('invalid_code');
    tell({ state: 'open', code: 'invalid_code', severity: 'critical', minutes_left: 3 });
    expect(breaches()).toEqual([
      '"open" is critical with 30.0 minutes left',
      '"open" says 3 minutes left, the stored token 30.0',
    ]);
  });

  it('an escalation for a line that was told already', () => {
    zohoRefuses('invalid_code');
    tell({ state: 'open', code: 'invalid_code' });
    time.now = start + 52 * minute;
    const critical = { code: 'invalid_code', severity: 'critical', minutes_left: 8 } as const;
    tell({ state: 'escalated', ...critical });
    expect(breaches()).toEqual([]);
    time.now += minute;
    tell({ state: 'escalated', ...critical, minutes_left: 7 });
    expect(breaches()).toEqual([
      '"escalated" for invalid_code, and nothing had got worse since on-call was told',
    ]);
  });

  it('an alert for a passing fault while the token lives', () => {
    hear('', 502);
    tell({ state: 'open', code: 'zoho_unavailable' });
    expect(breaches()).toEqual(['on-call was woken for zoho_unavailable with 30.0 minutes of life left']);
  });

  it('an alert that nobody claimed', () => {
    zohoRefuses('invalid_code');
    publish({ state: 'open', code: 'invalid_code' });
    expect(breaches()).toEqual(['"open" was published and not claimed']);
  });

  it('a refusal of which nobody was told', () => {
    zohoRefuses('invalid_code');
    endTick();
    expect(breaches()).toContain('Zoho refused for a reason that a person must end, and nobody was told');
  });

  it('a new refresh token that was not kept', () => {
    hear(JSON.stringify({ access_token: '1005.a.b', refresh_token: '1000.new.one', expires_in: 3600 }), 200);
    endTick();
    expect(breaches()).toContain('a new refresh token of Zoho was not kept');
  });

  it('a second alert of the same incident', () => {
    zohoRefuses('invalid_code');
    tell({ state: 'open', code: 'invalid_code' });
    record({ alert: 'open', status: 'sent' }, 'invalid_code');
    tell({ state: 'open', code: 'invalid_code' });
    expect(breaches()).toEqual(['"open" was published while the incident was open']);
  });
});

function breaches(): string[] {
  return oracle.breaches.map(({ what }) => what);
}

function storeTokenOf(minutes: number): void {
  const document = {
    access_token: '1005.a.token',
    issued_at: new Date(start).toISOString(),
    expires_at: new Date(start + minutes * minute).toISOString(),
  };
  world.put('desk', 'token', JSON.stringify(document));
}

function beginTick(): void {
  runs += 1;
  run = {
    id: runs,
    event: {},
    kind: 'tick',
    delivery: 'on time',
    environment: 1,
    startedAt: time.now,
    endedAt: undefined,
    isKilled: false,
    calls: 0,
    faultsMet: new Map(),
  };
  oracle.observe({ kind: 'run begins', run });
}

function endTick(): void {
  run.endedAt = time.now;
  oracle.observe({ kind: 'run ends', run, lines: [] });
}

function hear(body: string, status: number): void {
  oracle.observe({ kind: 'token answer', run, connection: 'desk', refreshToken, body, status });
}

function zohoRefuses(error: string): void {
  hear(JSON.stringify({ error }), 200);
}

type Said = Pick<AlertFacts, 'state' | 'code'> & {
  severity?: AlertFacts['severity'];
  minutes_left?: number;
  since?: number;
};

/** Claims an alert and publishes it. */
function tell(said: Said): void {
  record({ alert: said.state, status: 'claimed' }, said.code);
  publish(said);
}

function record(step: { alert: AlertFacts['state']; status: 'claimed' | 'sent' }, code: string): void {
  const at = new Date(time.now).toISOString();
  const text = JSON.stringify({ step: { ...step, claims: 1, at }, incident: { code } });
  const before = world.read('desk', 'token');
  const place = { connection: 'desk', secret: 'token', label: 'INCIDENT' } as const;
  oracle.observe({ kind: 'stored', run, ...place, text, before, isRepeat: false });
}

function publish({ since = run.startedAt, ...said }: Said): void {
  const alert: AlertFacts = {
    connection: 'desk',
    severity: 'warning',
    minutes_left: 30,
    attempts: 1,
    since: new Date(since).toISOString(),
    ...said,
  };
  oracle.observe({ kind: 'published', run, alert, text: 'Next step: none', isAnswered: true });
}
