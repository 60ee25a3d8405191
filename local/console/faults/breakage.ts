import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { Stage } from '../../stage.ts';
import type { Delivery } from '../ticker.ts';
import type { BrokenView } from '../view.ts';
import { connectionsOf, findFault, isPerConnection, isPerGrant } from './catalogue.ts';
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

/** What was asked for cannot be broken; the message says why. */
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

  /** What was done to a client or its secret leaves nothing to do it to again. */
  function deedInTheWayOf(entry: FaultEntry, connection: Connection | undefined): FaultEntry | undefined {
    if (entry.how.at !== 'connection' || !isAboutCredentials(entry.how.deed)) return undefined;
    return broken.find(
      ({ entry: { how }, connection: other }) =>
        other === connection && how.at === 'connection' && isAboutCredentials(how.deed),
    )?.entry;
  }

  function breakOne(entry: FaultEntry, connection: Connection | undefined): void {
    if (entry.how.at === 'connection' && connection !== undefined) {
      keeper.carryOut(entry.how.deed, connection);
      if (entry.how.deed === 'kill tokens') return;
    }
    const refreshToken =
      connection !== undefined && isPerGrant(entry) ? keeper.refreshTokenOf(connection) : undefined;
    broken = [
      ...broken.filter((one) => one.entry.how.at !== 'schedule' || entry.how.at !== 'schedule'),
      { entry, connection, refreshToken },
    ];
  }

  const setFaults = () => setAllFaults(stage, broken, keeper.clientIdOf);

  function healOne(one: Broken): void {
    const { entry, connection } = one;
    // What was healed before it may have ended it as well: a new consent ends much.
    if (!broken.includes(one)) return;
    broken = broken.filter((other) => other !== one);
    if (connection === undefined) return;
    if (entry.how.at === 'connection') keeper.undo(entry.how.deed, connection);
    if (entry.isHealedByAuthorizing === true) keeper.authorize(connection);
    forgetOvertaken();
  }

  function forgetOvertaken(): void {
    broken = broken.filter((one) => !isOvertaken(one));
  }

  /** Whether an operator's own fix has ended it. */
  function isOvertaken({ entry: { how }, connection, refreshToken }: Broken): boolean {
    if (connection === undefined) return false;
    if (refreshToken !== undefined) return refreshToken !== keeper.refreshTokenOf(connection);
    return how.at === 'connection' && keeper.isOvertaken(how.deed, connection);
  }

  return {
    break(id, name) {
      const entry = findFault(id);
      if (entry === undefined) throw new BreakageError('unknown fault');
      const whole = targets(entry, name).filter(
        (connection) => !broken.some((one) => one.entry === entry && one.connection === connection),
      );
      const able = whole.filter((connection) => deedInTheWayOf(entry, connection) === undefined);
      const [first] = whole;
      if (able.length === 0 && first !== undefined) {
        throw new BreakageError(`heal “${deedInTheWayOf(entry, first)?.title}” of ${first.name} first`);
      }
      for (const connection of able) breakOne(entry, connection);
      setFaults();
    },
    heal(id, name) {
      const chosen = broken.filter(
        ({ entry, connection }) => entry.id === id && (name === undefined || connection?.name === name),
      );
      chosen.forEach(healOne);
      setFaults();
    },
    healAll() {
      broken.forEach(healOne);
      setFaults();
    },
    follow() {
      const before = broken.length;
      forgetOvertaken();
      const found = connections.map((connection) => keeper.clientIdOf(connection)).join();
      if (found !== clientIds || broken.length !== before) setFaults();
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
      forgetOvertaken();
      setFaults();
    },
  };
}
