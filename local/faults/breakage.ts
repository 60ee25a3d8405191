import type { Connection } from '../../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { serviceHost } from '../../lambda/zoho/services.ts';
import type { BrokenView } from '../console/view.ts';
import type { Stage } from '../stage.ts';
import { createCredentialsKeeper } from './credentials-keeper.ts';
import {
  connectionsOf,
  type Delivery,
  type FaultEntry,
  type How,
  isAboutCredentials,
  isOfConsent,
  isPerConnection,
} from './fault-entry.ts';
import { findFault } from './fault-table.ts';

/** The one thing that breaks and heals the stage, for the page and for the drill. */
export type Breakage = ReturnType<typeof createBreakage>;

/** What was asked for cannot be broken; the message says why. */
export class BreakageError extends Error {
  override readonly name = 'BreakageError';
}

/** A fault that is on. */
type Broken = {
  readonly entry: FaultEntry;
  readonly connection: Connection | undefined;
  /** The grant that it befell, if a new consent leaves it behind. */
  readonly refreshToken: string | undefined;
  /** What stood in the credentials secret after a deed, if new credentials end it. */
  readonly credentialsText: string | undefined;
};

/** Makes the breakage of a stage; nothing is broken yet. */
export function createBreakage(stage: Stage) {
  const { connections, zoho, secretsManager, sns, secretPrefix } = stage;
  const keeper = createCredentialsKeeper(stage);
  let broken: Broken[] = [];

  function targets(entry: FaultEntry, name: string | undefined): (Connection | undefined)[] {
    if (!isPerConnection(entry)) return [undefined];
    const able = connectionsOf(entry, connections).filter((each) => name === undefined || each.name === name);
    if (able.length === 0) throw new BreakageError(`no connection ${name ?? ''} that can have this fault`);
    return able;
  }

  /** What was done to a client or its secret leaves nothing to do it to again. */
  function deedInTheWayOf(entry: FaultEntry, connection: Connection | undefined): FaultEntry | undefined {
    if (!isAboutCredentials(entry.how)) return undefined;
    return broken.find((one) => one.connection === connection && isAboutCredentials(one.entry.how))?.entry;
  }

  function breakOne(entry: FaultEntry, connection: Connection | undefined): void {
    const { how } = entry;
    if (how.at === 'connection' && connection) keeper.carryOut(how.deed, connection);
    if (how.at === 'connection' && how.deed === 'kill tokens') return;
    // Zoho throttles a refresh token, and what a consent lacks, a new consent has.
    const isPerGrant = entry.judged === 'rate_limited' || isOfConsent(entry);
    broken = [
      ...broken.filter((one) => one.entry.how.at !== 'schedule' || how.at !== 'schedule'),
      {
        entry,
        connection,
        refreshToken: connection && isPerGrant ? keeper.credentialsOf(connection).refresh_token : undefined,
        credentialsText: connection && isAboutCredentials(how) ? keeper.textOf(connection) : undefined,
      },
    ];
  }

  function healOne(one: Broken): void {
    const { entry, connection } = one;
    // What was healed before it may have ended it as well: a new consent ends much.
    if (!broken.includes(one)) return;
    broken = broken.filter((other) => other !== one);
    if (connection === undefined) return;
    if (entry.how.at === 'connection') keeper.undo(entry.how.deed, connection);
    if (isOfConsent(entry)) keeper.authorize(connection);
    forgetOvertaken();
  }

  /** An operator's own fix, such as `zoho-tokens authorize`, ends what the old consent or credentials had. */
  function forgetOvertaken(): void {
    broken = broken.filter(({ entry, connection, refreshToken, credentialsText }) => {
      if (connection === undefined) return true;
      if (refreshToken !== undefined) return refreshToken === keeper.credentialsOf(connection).refresh_token;
      return !isAboutCredentials(entry.how) || credentialsText === keeper.textOf(connection);
    });
  }

  /** Sets at the stand-ins exactly what is on: they can only forget all of theirs at once. */
  function setFaults(): void {
    const standIns = { zoho, secrets: secretsManager, sns };
    for (const standIn of Object.values(standIns)) standIn?.faults.clear();
    for (const { entry, connection, refreshToken } of broken) {
      const { how } = entry;
      if (how.at === 'sns') sns.faults.set({ kind: how.kind });
      if (how.at === 'slow') standIns[how.who]?.faults.latency(how.milliseconds);
      if (connection === undefined) continue;
      if (how.at === 'token' || how.at === 'service') {
        const fault = typeof how.fault === 'function' ? how.fault(connection) : how.fault;
        const host = how.at === 'service' ? serviceHost(connection.service, connection.dataCenter) : undefined;
        // Zoho tells the requests of one connection from those of another by the client.
        const { client_id: clientId } = keeper.credentialsOf(connection);
        const caller = refreshToken === undefined ? { clientId } : { refreshToken };
        zoho?.faults.set(fault, { ...caller, ...(host === undefined ? {} : { host }) });
      }
      if (how.at === 'secrets') {
        const { at: _, ...rule } = how;
        const secretIds = [tokenSecretId, credentialsSecretId].map((idOf) => idOf(secretPrefix, connection));
        // A fault of all secrets is one of the service: it can befall connections, not only requests.
        const isOfAll = broken.filter((one) => one.entry === entry).length === connections.length;
        secretsManager.faults.set(isOfAll ? rule : { ...rule, secretIds });
      }
    }
  }

  return {
    /** Switches a fault on, for one connection or for all that can have it; throws a {@link BreakageError} if none can. */
    break(id: string, name?: string): void {
      const entry = findFault(id);
      if (entry === undefined) throw new BreakageError('unknown fault');
      const whole = targets(entry, name).filter(
        (connection) => !broken.some((one) => one.entry === entry && one.connection === connection),
      );
      const able = whole.filter((connection) => deedInTheWayOf(entry, connection) === undefined);
      const [first] = whole;
      if (able.length === 0 && first !== undefined)
        throw new BreakageError(`heal “${deedInTheWayOf(entry, first)?.title}” of ${first.name} first`);
      for (const connection of able) breakOne(entry, connection);
      setFaults();
    },
    /** Undoes a fault as an operator would; one that is not on is left alone. */
    heal(id: string, name?: string): void {
      broken
        .filter(({ entry, connection }) => entry.id === id && (name === undefined || connection?.name === name))
        .forEach(healOne);
      setFaults();
    },
    healAll(): void {
      broken.forEach(healOne);
      setFaults();
    },
    /** Notices what others did; to be called before each tick. */
    follow(): void {
      forgetOvertaken();
      // A connection's client may have changed, by which Zoho tells its requests.
      setFaults();
    },
    list(): BrokenView[] {
      const ids = [...new Set(broken.map(({ entry }) => entry.id))];
      return ids.map((id) => ({
        id,
        connections: broken.flatMap(({ entry, connection }) =>
          entry.id === id && connection ? [connection.name] : [],
        ),
      }));
    },
    /** What becomes of the schedule's slots. */
    delivery(): Delivery {
      const how = broken.map(({ entry }) => entry.how).findLast(({ at }) => at === 'schedule');
      return how?.at === 'schedule' ? how.delivery : 'once';
    },
    /** Titles of what is broken for a connection. */
    titlesFor: (name: string) =>
      broken.filter(({ connection }) => connection?.name === name).map(({ entry }) => entry.title),
    /** Whether apps cannot read the connection's token secret. */
    isStoreDown: (wanted: Connection) =>
      broken.some(({ entry: { how }, connection }) => connection === wanted && keepsAppsFromReading(how)),
    /** What `zoho-tokens authorize` does: a new consent, stored. */
    authorize(name: string): void {
      const connection = connections.find((known) => known.name === name);
      if (connection === undefined) throw new BreakageError(`no connection ${name}`);
      keeper.authorize(connection);
      forgetOvertaken();
      setFaults();
    },
  };
}

function keepsAppsFromReading(how: How): boolean {
  if (how.at === 'connection') return how.deed === 'delete token secret';
  if (how.at !== 'secrets') return false;
  const { operations = ['GetSecretValue'], accessKeyIds } = how;
  return accessKeyIds === undefined && operations.includes('GetSecretValue');
}
