import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Step } from './draw-steps.ts';
import type { People } from './people.ts';

const minute = 60_000;

/**
 * Lets a step happen that is about the world alone, whatever keeps the tokens in it.
 *
 * @returns Whether it was one.
 */
export function disturb(world: SimulatedWorld, people: People, step: Step): boolean {
  const target = (index: number) => connectionAt(world, index);
  const { now } = world.time;
  switch (step.do) {
    case 'fault':
      world.disturbances.open({
        place: step.place,
        fault: step.fault,
        from: now,
        to: now + step.minutes * minute,
        connection: step.connection === undefined ? undefined : target(step.connection).name,
        share: step.share,
      });
      return true;
    case 'end':
      people.end(step.what, target(step.connection));
      return true;
    case 'spoil credentials':
      people.spoil(step.how, target(step.connection));
      return true;
    case 'fix':
      people.deploy('as it was', [target(step.connection)]);
      people.fix(target(step.connection));
      return true;
    case 'deploy':
      people.deploy(step.change, [target(step.connection)]);
      return true;
    case 'people ask':
      people.ask(step.times, target(step.connection).name);
      return true;
    case 'roll back':
      people.rollBack(target(step.connection).name);
      return true;
    case 'overwrite token':
      people.overwrite(step.text, target(step.connection).name);
      return true;
    default:
      return false;
  }
}

/** The connection that a script means: it counts round. */
export function connectionAt(world: SimulatedWorld, index: number): Connection {
  const { connections } = world.connections;
  const found = connections[index % connections.length];
  if (found === undefined) throw new Error('a script has at least one connection');
  return found;
}
