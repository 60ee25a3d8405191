import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import { type Service as ServiceName, serviceHost } from '../../lambda/zoho/services.ts';
import type { Portal } from './grants.ts';
import { realScope, scopeFault } from './known-scopes.ts';
import type { Prefix } from './made-up.ts';
import type { TokenRegistry } from './token-registry.ts';
import { addCode, type World } from './zoho-world.ts';

/** What a connection's credentials secret holds. */
export type Credentials = { client_id: string; client_secret: string; refresh_token: string };

/** A grant to be made without the detour of a consent. */
export type Planting = {
  dataCenter: DataCenter;
  service: ServiceName;
  /** Kind of client; default `1000.`, or that of the given client. */
  prefix?: Prefix;
  /** Names that only guides have become the scopes that Zoho has, e.g. `Desk.basic.READ` for `Desk.departments.READ`. */
  scopes: string[];
  /** A client to reuse, or to register under these values. */
  client?: { client_id: string; client_secret: string };
  /** Where a consent page may go back to; default none, as for a self client. */
  redirectUris?: string[];
} & Partial<Portal>;

/** Makes a client and a grant; throws where Zoho has no such service in the data centre. */
export function plantGrant(registry: TokenRegistry, planting: Planting): Credentials {
  const { dataCenter, service, client: given, prefix, redirectUris, scopes, ...portal } = planting;
  if (!serviceHost(service, dataCenter)) throw new Error(`Zoho lists no ${service} host in ${dataCenter}`);
  const client = registry.addClient({
    dataCenter,
    prefix,
    clientId: given?.client_id,
    clientSecret: given?.client_secret,
    redirectUris,
  });
  const grant = registry.addGrant({
    client,
    dataCenter,
    scopes: [...new Set(scopes.map(realScope))],
    portal: { ...registry.portalOf(client), ...portal },
  });
  return {
    client_id: client.clientId,
    client_secret: client.secrets.get(dataCenter) ?? '',
    refresh_token: grant.refreshToken ?? '',
  };
}

/** What the API console's "Generate Code" asks for. */
export type SelfClientCode = {
  clientId: string;
  scopes: string[];
  /** Default: the first data centre of the client. */
  dataCenter?: DataCenter;
  /** Three to ten minutes at Zoho; default 600. */
  lifeSeconds?: number;
} & Partial<Portal>;

/** Makes a grant code of a self client; throws for a scope that does not exist or an organisation client. */
export function selfClientCode(world: World, wanted: SelfClientCode): string {
  const { clientId, scopes, dataCenter, lifeSeconds = 600, ...portal } = wanted;
  const client = world.registry.client(clientId);
  const home = dataCenter ?? client?.secrets.keys().next().value;
  if (client?.prefix !== '1000.' || !home) throw new Error(`${clientId} is not a self client`);
  const fault = scopeFault(scopes, client.prefix);
  if (fault) throw new Error(`${fault}: ${scopes.join(',')}`);
  return addCode(world, {
    client,
    dataCenter: home,
    scopes,
    portal: { ...world.registry.portalOf(client), ...portal },
    isOffline: true,
    expiresAt: world.now() + lifeSeconds * 1000,
  });
}
