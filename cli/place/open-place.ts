import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { UsageError } from '../faults.ts';
import { chooseTarget } from './choose-stage.ts';
import { openLocal } from './open-local.ts';
import { readConnectionsFile } from './own-file.ts';
import type { Place, PlaceOptions } from './place.ts';

/**
 * Opens the place that the options name.
 *
 * @throws {@link UsageError} for options that contradict each other or cannot be used.
 */
export async function openPlace(options: PlaceOptions, context: Context): Promise<Place> {
  if (!options.local) {
    const target = chooseTarget(options, context.workingFolder, context.variables);
    // Loaded only when needed: three of AWS's clients take longer to load than most commands to run.
    const { openAws } = await import('./open-aws.ts');
    return openAws(target, context.variables);
  }
  const foreign = (['stage', 'profile', 'region', 'function', 'secret-prefix'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (foreign !== undefined) throw new UsageError(`--${foreign} is about AWS and --local is not: leave one out`);
  const own =
    options.connections === undefined
      ? undefined
      : readConnectionsFile(resolve(context.workingFolder, options.connections));
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
