import type { Oracle } from '../oracle/oracle.ts';
import type { LambdaInProcess } from '../world/lambda-in-process.ts';
import type { SimulatedWorld } from '../world/world.ts';
import { connectionsText, file } from './connections-text.ts';
import type { Script, Step } from './steps.ts';

/** Deploys of other configurations, and back. */
export class Deploys {
  readonly #names: Script['connections'];
  readonly #world: SimulatedWorld;
  readonly #lambda: LambdaInProcess;
  readonly #oracle: Oracle;
  /** What differs from the file, by connection. */
  readonly #changes = new Map<string, Record<string, unknown>>();

  constructor(names: Script['connections'], world: SimulatedWorld, lambda: LambdaInProcess, oracle: Oracle) {
    this.#names = names;
    this.#world = world;
    this.#lambda = lambda;
    this.#oracle = oracle;
  }

  /** @param only - The connection that changes; left out for all. */
  deploy(change: (Step & { do: 'deploy' })['change'], only?: string): void {
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
      this.#world.disturbances.note('deploy', name, this.#world.time.now);
      this.#oracle.noteChange(name);
    }
    this.#world.deploy(connectionsText(this.#names, this.#changes));
    this.#lambda.startCold();
  }
}
