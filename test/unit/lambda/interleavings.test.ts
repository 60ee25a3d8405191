/**
 * Overlapping runs, in every order of what they read, write and publish.
 *
 * EventBridge may deliver a tick twice, and an app may call while a tick runs. Secrets Manager's refusal of a
 * ClientRequestToken in use is the only lock. Here every order is tried, with a run that dies, a refused operation or
 * a lost answer at every point, and then the ticks go on.
 */
import { describe, expect, test } from 'vitest';
import { nothingStoredYet } from '../../../lambda/aws/secret-versions.ts';
import { parseTokenDocument } from '../../../lambda/aws/token-document.ts';
import { createEnvironmentMemory } from '../../../lambda/environment-memory.ts';
import { parseRecord } from '../../../lambda/incident/record.ts';
import { reconcile } from '../../../lambda/reconcile.ts';
import { isUsable } from '../../../lambda/stored-token.ts';
import { accessTokenText, desk, minute } from './examples.ts';
import {
  cloneWorld,
  createWorld,
  type Gate,
  runIn,
  tick,
  tokenSecret,
  type World,
  type ZohoMood,
} from './one-connection.ts';
import { explore, type Fault, type Step } from './scheduler.ts';

/** A world after ticks at these minutes. */
async function after(...ticks: [at: number, mood: ZohoMood, sns?: World['sns']][]): Promise<World> {
  const world = await createWorld({ lifeLeft: 900 });
  for (const [at, mood, sns = 'takes'] of ticks) {
    world.sns = sns;
    await tick(world, at, mood);
  }
  world.sns = 'takes';
  return world;
}

/** How things stand when the runs begin, at minute 0. The stored token lives a day, so that lines are hours apart. */
const beginnings = {
  'a secret without a version': () => createWorld(),
  'a token that is due': () => createWorld({ lifeLeft: 900 }),
  'a token with less than a third left': () => createWorld({ lifeLeft: 400 }),
  'an open incident': () => after([-10, 'invalid_code']),
  'a throttle that nobody was alerted to': () => after([-15, 'throttle']),
  'an opening that a dead run has claimed': () => after([-10, 'invalid_code', 'refuses']),
  'a resolving that a dead run has claimed': () => after([-20, 'invalid_code'], [-10, 'good', 'refuses']),
  'a dead token that is not due': async () => {
    const world = await createWorld({ lifeLeft: 1_400 });
    world.deadTokens.push(accessTokenText('1005.').slice(0, 13));
    return world;
  },
} satisfies Record<string, () => Promise<World>>;

type Beginning = keyof typeof beginnings;

/** One of the runs: a tick, or an app's call, and what Zoho says to it. */
type Actor = ZohoMood | `app: ${ZohoMood}`;

/**
 * How it begins; the runs; what Zoho says to the two ticks after (every later one gets a token); and every sequence of
 * alerts that may come of it without a fault.
 */
type Scenario = [from: Beginning, runs: readonly Actor[], afterwards: ZohoMood, alerts: readonly string[]];

const opened = 'open resolved';
const escalated = 'open escalated resolved';

const pairs: Scenario[] = [
  ['a token that is due', ['invalid_code', 'invalid_code'], 'invalid_code', [opened]],
  ['a token that is due', ['invalid_code', 'good'], 'good', ['', opened]],
  ['a token that is due', ['good', 'good'], 'good', ['']],
  ['a token that is due', ['throttle', 'throttle'], 'throttle', ['']],
  ['a token that is due', ['throttle', 'good'], 'good', ['']],
  ['a token that is due', ['throttle', 'invalid_code'], 'invalid_code', ['', opened]],
  ['a token that is due', ['down', 'down'], 'down', ['']],
  ['a secret without a version', ['invalid_code', 'invalid_code'], 'invalid_code', [opened]],
  ['a secret without a version', ['invalid_code', 'good'], 'good', ['', opened]],
  ['a secret without a version', ['good', 'good'], 'good', ['']],
  ['a secret without a version', ['down', 'throttle'], 'down', [opened]],
  ['a token with less than a third left', ['down', 'down'], 'down', [opened]],
  ['a token with less than a third left', ['down', 'good'], 'good', ['', opened]],
  // The operator's code is an escalation if on-call was alerted to the passing fault first, and part of the opening otherwise.
  ['a token with less than a third left', ['down', 'invalid_code'], 'invalid_code', [opened, escalated]],
  ['a token with less than a third left', ['throttle', 'invalid_code'], 'invalid_code', [opened, escalated]],
  ['an open incident', ['invalid_code', 'invalid_code'], 'invalid_code', [opened]],
  ['an open incident', ['good', 'good'], 'good', [opened]],
  ['an open incident', ['good', 'invalid_code'], 'good', [opened]],
  ['an open incident', ['throttle', 'good'], 'good', [opened]],
  ['a throttle that nobody was alerted to', ['good', 'good'], 'good', ['']],
  ['a throttle that nobody was alerted to', ['throttle', 'good'], 'good', ['']],
  ['a throttle that nobody was alerted to', ['invalid_code', 'good'], 'good', ['', opened]],
  ['an opening that a dead run has claimed', ['invalid_code', 'invalid_code'], 'invalid_code', [opened]],
  ['an opening that a dead run has claimed', ['good', 'good'], 'good', ['resolved']],
  ['an opening that a dead run has claimed', ['good', 'invalid_code'], 'good', [opened, 'resolved']],
  ['a resolving that a dead run has claimed', ['good', 'good'], 'good', [opened]],
  ['a dead token that is not due', ['app: good', 'app: good'], 'good', ['']],
  ['a dead token that is not due', ['app: invalid_code', 'app: invalid_code'], 'invalid_code', [opened]],
  ['a dead token that is not due', ['app: good', 'good'], 'good', ['']],
  ['a dead token that is not due', ['app: good', 'invalid_code'], 'good', ['', opened]],
  ['a dead token that is not due', ['app: invalid_code', 'invalid_code'], 'invalid_code', [opened]],
  ['a dead token that is not due', ['app: down', 'good'], 'good', ['', opened]],
  ['a secret without a version', ['app: good', 'good'], 'good', ['']],
];

const triples: Scenario[] = [
  ['a token that is due', ['good', 'good', 'good'], 'good', ['']],
  ['a secret without a version', ['good', 'good', 'good'], 'good', ['']],
  ['a token that is due', ['invalid_code', 'invalid_code', 'good'], 'good', ['', opened]],
  ['a token that is due', ['throttle', 'invalid_code', 'good'], 'good', ['', opened]],
  ['a token that is due', ['throttle', 'throttle', 'invalid_code'], 'good', ['', opened]],
  ['a dead token that is not due', ['app: throttle', 'throttle', 'invalid_code'], 'good', [opened, escalated]],
  ['a dead token that is not due', ['app: good', 'app: good', 'invalid_code'], 'good', ['', opened]],
];

const quarterHour = 900_000;

/** A run as the scheduler leads it: slot 0, a few seconds late. Minute 0 is a probe slot. */
function bodyOf(actor: Actor, isProbed: boolean) {
  return async (world: World, gate: Gate, name: string) => {
    const mood = actor.replace('app: ', '') as ZohoMood;
    const run = runIn(world, { name, now: minute(0.05), mood, gate, probeEvery: isProbed ? quarterHour : 0 });
    const outcome = actor.startsWith('app: ')
      ? await reconcile(run, desk, { kind: 'call', reason: 'unauthorized', force: false })
      : await reconcile(run, desk, { kind: 'tick', slot: minute(0) });
    // The invocation fails where somebody would otherwise not hear.
    if (outcome.unheard !== undefined) throw new Error(outcome.unheard);
  };
}

/** The ticks after: two with the scenario's mood, then good ones, past every wait and every take-over. */
async function goOn(world: World, afterwards: ZohoMood): Promise<void> {
  const memory = createEnvironmentMemory();
  for (const slot of [5, 10, 40, 75, 80, 110]) {
    await tick(world, slot, slot <= 10 ? afterwards : 'good', { memory, probeEvery: quarterHour });
  }
}

function faultOf(steps: readonly Step[]): 'crash' | 'failed operation' | undefined {
  const fault = steps.find((step) => step.fault !== undefined)?.fault;
  return fault === undefined || fault === 'crash' ? fault : 'failed operation';
}

/**
 * Whether on-call may hear of one step twice: the fault lay between publishing and recording, or SNS took an alert
 * and its answer got lost.
 */
function mayRepeat(steps: readonly Step[]): boolean {
  return steps.some(({ run, label, fault }, index) => {
    if (fault === undefined) return false;
    if (label.startsWith('publish')) return fault === 'lost answer';
    const own = steps.slice(0, index).filter((step) => step.run === run);
    const since = own.slice(own.findLastIndex((step) => step.label.startsWith('publish'))).map((step) => step.label);
    // Where another run has written over the claim, it is read, and its successor written.
    return /^publish \w+(, put INCIDENT, get INCIDENT)*, put INCIDENT(, get INCIDENT)?$/.test(
      [...since, label].join(', '),
    );
  });
}

async function checkEnd(world: World, [, runs, afterwards, alerts]: Scenario, steps: readonly Step[]): Promise<void> {
  const fault = faultOf(steps);
  const isAppsOnly = runs.every((actor) => actor.startsWith('app: '));
  if (isAppsOnly && fault === undefined) expect(world.asked).toHaveLength(1);

  // Of runs that overlap one stores its token. A crash may let a call that comes later store another.
  const tokens = world.secrets.moves.filter(
    ({ label, text }) => label === 'AWSCURRENT' && text.includes('nonce of run') && text.includes('access_token'),
  );
  expect(tokens.length).toBeLessThanOrEqual(1);
  const before = world.asked.length;
  await goOn(world, afterwards);
  if (fault === undefined) checkSilence(world, before);
  const told = world.published.map(({ event }) => event.state);
  const once = mayRepeat(steps) ? withoutOneRepeat(told) : told;
  // What Secrets Manager refuses is a failure of its own, which may be told.
  if (fault === 'failed operation') expect(once.join(' ')).toMatch(/^((open( escalated)? )?resolved)?$/);
  else expect(fault === undefined ? alerts : [...alerts, ...alerts.map(aloneAtLast)]).toContain(once.join(' '));
  if (!alerts.includes('')) expect(told).not.toEqual([]);
  await checkStore(world);
}

/** Whoever heard Zoho's throttle, all that come after keep silent for 15 minutes. */
function checkSilence({ asked }: World, before: number): void {
  if (!asked.slice(0, before).some(({ by }) => by.endsWith('throttle'))) return;
  for (const { at } of asked.slice(before)) expect(at.getTime()).toBeGreaterThanOrEqual(minute(15).getTime());
}

/** What a crashed run has claimed and nobody has sent is one mail if the fault is over by then. */
function aloneAtLast(sequence: string): string {
  return sequence === opened ? 'resolved' : sequence;
}

/** Without the second of two alerts of one state, where there are two. */
function withoutOneRepeat(told: readonly string[]): readonly string[] {
  const again = told.findIndex((state, index) => told.indexOf(state) < index);
  return again === -1 ? told : told.toSpliced(again, 1);
}

/** Nothing is opened when a good token was stored before the opening's own look at AWSCURRENT. */
function checkReRead(steps: readonly Step[]): void {
  const { run, label } = steps.at(-1) ?? {};
  if (label !== 'publish open') return;
  const look = steps.findLastIndex((step) => step.run === run && step.label === 'get AWSCURRENT');
  const stored = steps.findIndex(
    (step) => step.label === 'put token' && step.fault !== 'crash' && step.fault !== 'refusal',
  );
  expect(stored === -1 || look < stored).toBe(true);
}

async function checkStore({ secrets }: World): Promise<void> {
  const moves = secrets.moves.filter(({ secretId, label }) => secretId === tokenSecret && label === 'AWSCURRENT');
  // No record ever became what apps read, and nothing that is no token followed one.
  for (const { byLabel } of moves) expect(byLabel).toBe('AWSCURRENT');
  const texts = moves.map(({ text }) => text);
  expect(texts.lastIndexOf(nothingStoredYet)).toBeLessThanOrEqual(0);
  for (const text of texts) expect(text === nothingStoredYet || parseTokenDocument(text) !== undefined).toBe(true);

  const current = await secrets.get(tokenSecret, 'AWSCURRENT');
  const document = parseTokenDocument(current?.text ?? '');
  expect(isUsable({ versionId: current?.versionId ?? '', document, isFoundDead: false }, minute(75))).toBe(true);
  const record = await secrets.get(tokenSecret, 'INCIDENT');
  if (record !== undefined) expect(parseRecord(record.text)).not.toHaveProperty('incident');
}

async function run(scenario: Scenario, faults: readonly Fault[]) {
  const [from, runs] = scenario;
  const isProbed = from === 'a dead token that is not due';
  const beginning = await beginnings[from]();
  const bodies = new Map(runs.map((actor) => [actor, bodyOf(actor, isProbed)]));
  return explore({
    create: () => cloneWorld(beginning),
    runs: runs.map((actor, index) => ({
      name: `run ${index + 1}: ${actor}`,
      body: bodies.get(actor) ?? bodyOf(actor, isProbed),
    })),
    snapshot: ({ secrets, published, asked }, steps) => {
      const told = published.map(({ by, event }) => [by, event.state]);
      const askers = asked.map(({ by }) => by);
      return JSON.stringify([secrets.snapshot(), told, askers, faultOf(steps), mayRepeat(steps)]);
    },
    faults,
    onStep: (steps) => {
      // An opening that a dead run has claimed is sent whatever became of it.
      if (from !== 'an opening that a dead run has claimed') checkReRead(steps);
    },
    check: (world, steps) => checkEnd(world, scenario, steps).catch((fault) => explain(fault, world, steps)),
  });
}

/** A failing order is worth nothing without the order. */
function explain(fault: Error, world: World, steps: readonly Step[]): never {
  const way = steps.map(
    ({ run: name, label, fault: kind }) => `  ${name}: ${label}${kind === undefined ? '' : ` (${kind})`}`,
  );
  const told = world.published.map(({ by, event }) => `  ${by}: ${event.state} ${event.code}`);
  throw new Error(`${fault.message}\n${way.join('\n')}\npublished:\n${told.join('\n')}`, { cause: fault });
}

/** For a loaded machine; alone, each takes less than a second. */
const timeout = 60_000;

describe('two overlapping runs tell each alert once, and lose none when one dies or an operation fails', () => {
  test.each(pairs)('from %s: %j', { timeout }, async (...scenario) => {
    // A run that dies leaves no less behind than one that is refused; if two alerts are sent in a row, that will do.
    const isLong = scenario[0] === 'an opening that a dead run has claimed';
    expect(await run(scenario, isLong ? ['crash'] : ['crash', 'refusal', 'lost answer'])).toBeGreaterThan(1);
  });
});

describe('three overlapping runs tell each alert once', () => {
  test.each(triples)('from %s: %j', { timeout }, async (...scenario) => {
    expect(await run(scenario, [])).toBeGreaterThan(1);
  });
});
