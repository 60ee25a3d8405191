import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { Stage } from '../../stage.ts';
import type { Delivery } from '../ticker.ts';
import type { BrokenView } from '../view.ts';
import { connectionsOf, findFault, isPerConnection } from './catalogue.ts';
import { createCredentialsKeeper, isAboutCredentials } from './credentials.ts';
import type { FaultEntry } from './entry.ts';
import { type Broken, setAllFaults } from './set-faults.ts';

/** The one thing that breaks and heals the stage. */
export type Breakage = {
  /**
   * Switches a fault on.
   *
   * @param connection - Name of one connection; without it all that can have it.
   * @throws {@link BreakageError} for a fault or connection that is unknown, or does not fit.
   */
  break(id: string, connection?: string): void;
  /** Undoes a fault as an operator would; one that is not on is no error. */
  heal(id: string, connection?: string): void;
  healAll(): void;
  /** Notices what others did, e.g. `zoho-tokens authorize`; to be called before each tick. */
  follow(): void;
  list(): BrokenView[];
  /** What becomes of the schedule's slots. */
  delivery(): Delivery;
  /** Titles of what is broken for a connection. */
  titlesFor(connection: string): string[];
  /** Whether apps cannot read the connection's token secret. */
  isStoreDown(connection: Connection): boolean;
  /** What `zoho-tokens authorize` does: a new consent, stored. */
  authorize(connection: string): void;
};

/** What was asked for cannot be broken. */
export class BreakageError extends Error {
  override readonly name = 'BreakageError';
}

/** Makes the breakage of a stage; nothing is broken yet. */
export function createBreakage(stage: Stage): Breakage {
  const { connections } = stage;
  const keeper = createCredentialsKeeper(stage);
  let broken: Broken[] = [];
  let clientIds = '';

  function targets(entry: FaultEntry, name: string | undefined): (Connection | undefined)[] {
    if (!isPerConnection(entry)) return [undefined];
    const able = connectionsOf(entry, connections);
    const chosen = name === undefined ? able : able.filter((connection) => connection.name === name);
    if (chosen.length === 0) throw new BreakageError(`no connection ${name ?? ''} that can have this fault`);
    return chosen;
  }

  const setFaults = () => setAllFaults(stage, broken, keeper.clientIdOf);

  function healOne({ entry, connection }: Broken): void {
    broken = broken.filter((one) => one.entry !== entry || one.connection !== connection);
    if (connection === undefined) return;
    if (entry.how.at === 'connection') keeper.undo(entry.how.deed, connection);
    if (entry.isHealedByAuthorizing === true) keeper.authorize(connection);
    if (
      entry.isHealedByAuthorizing ||
      (entry.how.at === 'connection' && isAboutCredentials(entry.how.deed))
    ) {
      forgetCredentialsDeeds(connection);
    }
  }

  function forgetCredentialsDeeds(connection: Connection): void {
    broken = broken.filter(
      ({ entry: { how }, connection: other }) =>
        other !== connection || how.at !== 'connection' || !isAboutCredentials(how.deed),
    );
  }

  return {
    break(id, name) {
      const entry = findFault(id);
      if (entry === undefined) throw new BreakageError('unknown fault');
      for (const connection of targets(entry, name)) {
        if (broken.some((one) => one.entry === entry && one.connection === connection)) continue;
        if (entry.how.at === 'connection' && connection !== undefined) {
          keeper.carryOut(entry.how.deed, connection);
          if (entry.how.deed === 'kill tokens') continue;
        }
        broken = [
          ...broken.filter((one) => one.entry.how.at !== 'schedule' || entry.how.at !== 'schedule'),
          { entry, connection },
        ];
      }
      setFaults();
    },
    heal(id, name) {
      const chosen = broken.filter(
        ({ entry, connection }) => entry.id === id && (name === undefined || connection?.name === name),
      );
      for (const one of chosen) healOne(one);
      setFaults();
    },
    healAll() {
      for (const one of broken) healOne(one);
      setFaults();
    },
    follow() {
      broken = broken.filter(
        ({ entry: { how }, connection }) =>
          how.at !== 'connection' || connection === undefined || !keeper.isOvertaken(how.deed, connection),
      );
      const found = connections.map((connection) => keeper.clientIdOf(connection)).join();
      if (found !== clientIds) setFaults();
      clientIds = found;
    },
    list() {
      const ids = [...new Set(broken.map(({ entry }) => entry.id))];
      return ids.map((id) => ({
        id,
        connections: broken
          .filter(({ entry, connection }) => entry.id === id && connection !== undefined)
          .map(({ connection }) => connection?.name ?? ''),
      }));
    },
    delivery: () =>
      broken.map(({ entry: { how } }) => how).findLast((how) => how.at === 'schedule')?.delivery ?? 'once',
    titlesFor: (name) =>
      broken.filter(({ connection }) => connection?.name === name).map(({ entry }) => entry.title),
    isStoreDown: (connection) =>
      broken.some(
        ({ entry: { how }, connection: other }) =>
          other === connection &&
          ((how.at === 'secrets' && (how.operations ?? ['GetSecretValue']).includes('GetSecretValue')) ||
            (how.at === 'connection' && how.deed === 'delete token secret')),
      ),
    authorize(name) {
      const connection = connections.find((known) => known.name === name);
      if (connection === undefined) throw new BreakageError(`no connection ${name}`);
      keeper.authorize(connection);
      forgetCredentialsDeeds(connection);
      setFaults();
    },
  };
}
