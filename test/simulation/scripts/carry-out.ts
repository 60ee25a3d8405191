import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { Oracle } from '../oracle/oracle.ts';
import { requestByHand } from '../world/ask-by-hand.ts';
import type { LambdaInProcess } from '../world/lambda-in-process.ts';
import type { SimulatedWorld } from '../world/world.ts';
import type { Deploys } from './deploys.ts';
import type { People } from './people.ts';
import type { Schedule } from './schedule.ts';
import type { Step } from './steps.ts';

const minute = 60_000;

/** Everything that a step can act on. */
export type Scene = {
  readonly world: SimulatedWorld;
  readonly lambda: LambdaInProcess;
  readonly oracle: Oracle;
  readonly people: People;
  readonly deploys: Deploys;
  readonly schedule: Schedule;
};

/** Carries one step of a script out. */
export async function carryOut(scene: Scene, step: Step): Promise<void> {
  const { world, oracle, people, deploys, schedule } = scene;
  const connectionOf = (index: number) => connectionAt(world, index);
  const { disturbances } = world;
  const now = world.time.now;
  switch (step.do) {
    case 'pass':
      for (let count = 0; count < step.ticks; count += 1) {
        await schedule.tick();
        if (oracle.breaches.length > 0) return;
      }
      return;
    case 'fault':
      disturbances.open({
        place: step.place,
        fault: step.fault,
        from: now,
        to: now + step.minutes * minute,
        connection: step.connection === undefined ? undefined : connectionOf(step.connection).name,
        share: step.share,
      });
      return;
    case 'end':
      people.end(step.what, connectionOf(step.connection));
      return;
    case 'spoil credentials':
      people.spoil(step.how, connectionOf(step.connection));
      return;
    case 'fix': {
      const connection = connectionOf(step.connection);
      deploys.deploy('as it was', connection.name);
      people.fix(connectionOf(step.connection));
      return;
    }
    case 'deploy':
      deploys.deploy(step.change, connectionOf(step.connection).name);
      return;
    case 'ticks':
      schedule.disturb(step);
      return;
    case 'crash':
      schedule.crashNext(step);
      return;
    case 'cold start':
      scene.lambda.startCold();
      return;
    case 'call': {
      const connections = [connectionOf(step.connection).name];
      const { reason, force, times, everySeconds } = step;
      await schedule.call({ connections, reason, force }, times, everySeconds);
      return;
    }
    case 'people ask': {
      const { name } = connectionOf(step.connection);
      disturbances.note('people', name, now, now + 30 * minute);
      for (let count = 0; count < step.times; count += 1) requestByHand(world, name);
      return;
    }
    case 'roll back':
      people.rollBack(connectionOf(step.connection).name);
      return;
    case 'overwrite token':
      people.overwrite(step.text, connectionOf(step.connection).name);
      return;
    case 'test alert':
      await schedule.call({ test_alert: true });
      return;
    case 'odd event':
      await schedule.call({ connections: ['nobody'], reason: 'unauthorized', extra: 1 });
      return;
  }
}

/** The connection that a script means: it counts round. */
function connectionAt(world: SimulatedWorld, index: number): Connection {
  const { connections } = world.connections;
  const found = connections[index % connections.length];
  if (found === undefined) throw new Error('a script has at least one connection');
  return found;
}
