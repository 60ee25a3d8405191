/** A deterministic scheduler that carries out concurrent runs in every order of their shared operations. */
import { RefreshError } from '../../../lambda/failure.ts';
import type { Gate } from './one-connection.ts';

/** What may go wrong at an operation: the run ends for good before it; it is refused; its answer gets lost. */
export type Fault = 'crash' | 'refusal' | 'lost answer';

/** One operation of one run, in the order in which they happened. */
export type Step = { readonly run: string; readonly label: string; readonly fault: Fault | undefined };

type Pending = {
  readonly label: string;
  readonly carryOut: (fault: Fault | undefined) => Promise<string>;
};

type Actor = {
  readonly name: string;
  /** Runs with the same body are alike but for their names. */
  readonly body: unknown;
  readonly pending: Pending[];
  readonly history: number[];
  isOver: boolean;
};

/** What a run does, every shared operation through the gate. */
export type Body<World> = (world: World, gate: Gate, name: string) => Promise<unknown>;

type Choice = { readonly actor: Actor; readonly pending: Pending; readonly fault: Fault | undefined };

/**
 * Explores every interleaving.
 *
 * Each run is started anew for each interleaving and led along it. Where two ways lead to the same state (all that is
 * stored, all that each run still at work has seen), what follows is the same, and only one of them is followed.
 *
 * @param faults - Kinds of faults, of which at most one happens in each interleaving.
 * @returns How many interleavings there were.
 */
export async function explore<World>({
  create,
  runs,
  snapshot,
  faults,
  check,
  onStep,
}: {
  create: () => World;
  runs: readonly { readonly name: string; readonly body: Body<World> }[];
  /** All of the world that the runs can meet, and all of the steps that the check looks at. */
  snapshot: (world: World, steps: readonly Step[]) => string;
  faults: readonly Fault[];
  /** Called after each operation. */
  onStep: (steps: readonly Step[]) => void;
  /** Called at the end of each interleaving. */
  check: (world: World, steps: readonly Step[]) => Promise<void>;
}): Promise<number> {
  const seen = new Set<string>();
  const ways: number[][] = [[]];
  let interleavings = 0;
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    const world = create();
    const actors = runs.map(({ name, body }) => startActor(world, name, body));
    const steps: Step[] = [];
    for (let depth = 0; ; depth += 1) {
      await settled(actors);
      const faulty = steps.findIndex(({ fault }) => fault !== undefined);
      // Of runs that are alike, the first begins: the other orders are the same with the names exchanged.
      const movable = depth > 0 ? actors : actors.filter(isFirstOfItsKind);
      const choices = movable.flatMap((actor) => choicesOf(actor, faulty === -1 ? faults : []));
      if (depth >= way.length) {
        const state = JSON.stringify([numberOf(snapshot(world, steps)), faulty === -1, actors.map(describe)]);
        if (seen.has(state)) break;
        seen.add(state);
        for (let other = choices.length - 1; other > 0; other -= 1) {
          ways.push([...steps.map((_, index) => way[index] ?? 0), other]);
        }
      }
      if (choices.length === 0) {
        interleavings += 1;
        await check(world, steps);
        break;
      }
      const choice = choices[way[depth] ?? 0];
      if (choice === undefined) throw new Error('the runs did not repeat themselves');
      steps.push({ run: choice.actor.name, label: choice.pending.label, fault: choice.fault });
      await take(choice);
      onStep(steps);
    }
  }
  return interleavings;
}

function startActor<World>(world: World, name: string, body: Body<World>): Actor {
  const actor: Actor = { name, body, pending: [], history: [], isOver: false };
  const gate: Gate = (label, perform) =>
    new Promise((resolve, reject) => {
      actor.pending.push({
        label,
        carryOut: async (fault) => {
          try {
            if (fault === 'refusal') throw new RefreshError('secret_store_failed', `${label} was refused`);
            const result = await perform();
            if (fault === 'lost answer') throw new RefreshError('secret_store_failed', `no answer to ${label}`);
            resolve(result);
            return JSON.stringify(result) ?? 'done';
          } catch (cause) {
            reject(cause);
            return String(cause);
          }
        },
      });
    });
  const end = (how: string) => {
    actor.isOver = true;
    actor.history.push(numberOf(how));
  };
  body(world, gate, name).then(
    () => end('over'),
    (fault) => end(`threw ${fault}`),
  );
  return actor;
}

/** Lets every run go on to its next operation, or to its end. */
async function settled(actors: readonly Actor[]): Promise<void> {
  for (const actor of actors) {
    for (let turns = 0; !actor.isOver && actor.pending.length === 0; turns += 1) {
      if (turns > 10_000) throw new Error(`run ${actor.name} waits for something that nobody does`);
      await Promise.resolve();
    }
  }
}

function isFirstOfItsKind({ body }: Actor, index: number, actors: readonly Actor[]): boolean {
  return actors.findIndex((other) => other.body === body) === index;
}

function choicesOf(actor: Actor, faults: readonly Fault[]): Choice[] {
  if (actor.isOver) return [];
  return actor.pending.flatMap((pending) => {
    // Of what changes nothing, a lost answer and a refusal are one.
    const possible = pending.label.startsWith('get') ? faults.filter((fault) => fault !== 'lost answer') : faults;
    return [undefined, ...possible].map((fault): Choice => ({ actor, pending, fault }));
  });
}

async function take({ actor, pending, fault }: Choice): Promise<void> {
  if (fault === 'crash') {
    actor.isOver = true;
    actor.history.push(numberOf('crashed'));
    return;
  }
  const result = await pending.carryOut(fault);
  actor.pending.splice(actor.pending.indexOf(pending), 1);
  actor.history.push(numberOf(`${pending.label}: ${result}`));
}

/** All that bears on what a run does from now on; nothing, once it is over. */
function describe({ history, pending, isOver }: Actor): unknown {
  return isOver ? 'over' : [history, pending.map(({ label }) => label)];
}

const numbers = new Map<string, number>();

/** A small number for each text, so that states are short. */
function numberOf(text: string): number {
  const known = numbers.get(text) ?? numbers.size;
  numbers.set(text, known);
  return known;
}
