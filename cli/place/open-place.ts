import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Connections, readConnections } from '../../lambda/connections/read-connections.ts';
import type { Context } from '../context.ts';
import { quotePath, UsageError } from '../faults.ts';
import { openLocal } from './open-local.ts';
import type { Place, PlaceOptions } from './place.ts';

/**
 * Opens the place that the options name.
 *
 * @throws {@link UsageError} for options that contradict each other or cannot be used.
 */
export async function openPlace(options: PlaceOptions, context: Context): Promise<Place> {
  if (!options.local) {
    const connections = readConnectionsOption(options, context);
    // Loaded where it is needed: three of AWS's clients take longer to load than most commands to run.
    const { openAws } = await import('./open-aws.ts');
    return openAws(options, connections, context.variables);
  }
  const foreign = (['profile', 'region', 'function', 'secret-prefix'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (foreign !== undefined)
    throw new UsageError(`--${foreign} is about AWS and --local is not: leave one out`);
  const own = options.connections === undefined ? undefined : readConnectionsOption(options, context);
  return openLocal(context.variables, own);
}

/** Runs work at the place and leaves nothing open. */
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

/** The clone's own file; the installed package has none. */
const fileOfClone = fileURLToPath(new URL('../../connections.json', import.meta.url));

/**
 * Reads the connections that the options name; without an option those of the working folder, or else of the clone.
 *
 * @throws {@link UsageError} that names the path, or ConnectionsError with every fault of the file.
 */
export function readConnectionsOption(options: PlaceOptions, { workingFolder }: Context): Connections {
  const here = resolve(workingFolder, options.connections ?? 'connections.json');
  const isElsewhere = options.connections === undefined && !existsSync(here) && existsSync(fileOfClone);
  const file = isElsewhere ? fileOfClone : here;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (fault) {
    const hint = options.connections === undefined ? '; name another with --connections FILE' : '';
    throw new UsageError(`cannot read ${quotePath(file)}: ${(fault as NodeJS.ErrnoException).code}${hint}`);
  }
  const connections = readConnections(text);
  const secretPrefix = options['secret-prefix'];
  return secretPrefix === undefined ? connections : { ...connections, secretPrefix };
}
