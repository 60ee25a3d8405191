import { serviceHost } from '../../../lambda/connections/data-centers.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../../../lambda/run.ts';
import type { Stage } from '../../stage.ts';
import type { FaultEntry } from './entry.ts';

/** A fault that is on. */
export type Broken = {
  readonly entry: FaultEntry;
  /** `undefined` where it is not about one. */
  readonly connection: Connection | undefined;
  /** The grant that it befell, where a new consent leaves it behind. */
  readonly refreshToken: string | undefined;
};

/**
 * Sets at the stand-ins exactly the faults that are on.
 *
 * They can only forget all of theirs at once, so all are set anew.
 *
 * @param clientIdOf - By which Zoho tells the requests of one connection from those of another.
 */
export function setAllFaults(
  stage: Stage,
  broken: readonly Broken[],
  clientIdOf: (connection: Connection) => string,
): void {
  const { zoho, secretsManager, sns } = stage;
  zoho?.faults.clear();
  zoho?.latency(0);
  secretsManager.faults.clear();
  sns.faults.clear();
  for (const one of broken) {
    const { how } = one.entry;
    if (how.at === 'sns') sns.faults.set({ kind: how.kind });
    else if (how.at === 'zoho') zoho?.latency(how.latencyMilliseconds);
    else if (how.at === 'secrets or sns') {
      (how.slow === 'sns' ? sns : secretsManager).faults.latency(how.latencyMilliseconds);
    } else if (one.connection !== undefined) setFaultOf(stage, one.connection, one, clientIdOf);
  }
  // A fault of all secrets is one of the service: it can befall connections, not only requests.
  for (const entry of new Set(broken.map((one) => one.entry))) {
    const { how } = entry;
    const isOfAll = broken.filter((one) => one.entry === entry).length === stage.connections.length;
    if (how.at === 'secrets' && isOfAll) secretsManager.faults.set({ ...operationsOf(how), kind: how.kind });
  }
}

function setFaultOf(
  { zoho, secretsManager, secretPrefix }: Stage,
  connection: Connection,
  { entry: { how }, refreshToken }: Broken,
  clientIdOf: (connection: Connection) => string,
): void {
  if (how.at === 'token' || how.at === 'service') {
    const fault = typeof how.fault === 'function' ? how.fault(connection) : how.fault;
    const host = how.at === 'service' ? serviceHost(connection.service, connection.dataCenter) : undefined;
    const caller = refreshToken === undefined ? { clientId: clientIdOf(connection) } : { refreshToken };
    zoho?.faults.set(fault, { ...caller, ...(host === undefined ? {} : { host }) });
  }
  if (how.at === 'secrets') {
    const secretIds = [
      tokenSecretId(secretPrefix, connection),
      credentialsSecretId(secretPrefix, connection),
    ];
    secretsManager.faults.set({ ...operationsOf(how), kind: how.kind, secretIds });
  }
}

function operationsOf({ operations }: { operations?: readonly string[] }): { operations?: string[] } {
  return operations === undefined ? {} : { operations: [...operations] };
}
