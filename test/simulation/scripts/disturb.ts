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
  const { now } = world.time;
  const target = connectionAt(world, 'connection' in step ? (step.connection ?? 0) : 0);
  const { name } = target;
  switch (step.do) {
    case 'fault': {
      const { place, fault, minutes, share } = step;
      const connection = step.connection === undefined ? undefined : name;
      world.disturbances.open({ place, fault, from: now, to: now + minutes * minute, connection, share });
      return true;
    }
    case 'end':
      people.end(step.what, target);
      return true;
    case 'spoil credentials':
      people.spoil(step.how, target);
      return true;
    case 'fix':
      people.deploy('as it was', [target]);
      people.fix(connectionAt(world, step.connection));
      return true;
    case 'deploy':
      people.deploy(step.change, [target]);
      return true;
    case 'people ask':
      people.ask(step.times, name);
      return true;
    case 'roll back':
      people.rollBack(name);
      return true;
    case 'overwrite token':
      people.overwrite(step.text, name);
      return true;
    default:
      return false;
  }
}

/** The connection that a script means: it counts round. */
export function connectionAt({ connections: { connections } }: SimulatedWorld, index: number): Connection {
  const found = connections[index % connections.length];
  if (found === undefined) throw new Error('a script has at least one connection');
  return found;
}
