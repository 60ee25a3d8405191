import type { Connection, Connections } from '../lambda/connections/read-connections.ts';
import { UsageError } from './faults.ts';
import { unknownWord } from './spelling.ts';

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
