import { resolve } from 'node:path';
import type { Connection, Connections } from '../../lambda/connections/read-connections.ts';
import type { Context, PlaceOptions } from '../command.ts';
import { UsageError, unknownWord } from '../faults.ts';
import { chooseTarget, readConnectionsFile } from './choose-stage.ts';
import { openLocal } from './open-local.ts';
import type { Place } from './place.ts';

/** @throws {@link UsageError} for options that contradict each other or cannot be used. */
async function openPlace(options: PlaceOptions, { workingFolder, variables }: Context): Promise<Place> {
  if (!options.local) {
    const target = chooseTarget(options, workingFolder, variables);
    // Loaded only when needed: three of AWS's clients take longer to load than most commands to run.
    const { openAws } = await import('./open-aws.ts');
    return openAws(target, variables);
  }
  const ofAws = ['stage', 'profile', 'region', 'function', 'secret-prefix'] as const;
  const foreign = ofAws.find((name) => options[name] !== undefined);
  if (foreign !== undefined) throw new UsageError(`--${foreign} is about AWS and --local is not: leave one out`);
  const file = options.connections;
  return openLocal(variables, file === undefined ? undefined : readConnectionsFile(resolve(workingFolder, file)));
}

/** Runs work at the place that the options name, and leaves nothing open. */
export async function atPlace<T>(
  options: PlaceOptions,
  context: Context,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const place = await openPlace(options, context);
  try {
    return await work(place);
  } finally {
    place.close();
  }
}

type Known = Pick<Connections, 'connections'>;

/** The connections that were named; all of them if none was. @throws {@link UsageError} that lists the known names. */
export function chooseConnections({ connections }: Known, names: readonly string[]): readonly Connection[] {
  for (const name of names) chooseConnection({ connections }, name);
  return names.length === 0 ? connections : connections.filter(({ name }) => names.includes(name));
}

/** The one connection of a name. @throws {@link UsageError} that lists the known names. */
export function chooseConnection({ connections }: Known, name: string): Connection {
  const found = connections.find((connection) => connection.name === name);
  if (found !== undefined) return found;
  const known = connections.map((connection) => connection.name);
  throw new UsageError(unknownWord('connection', name, known));
}
