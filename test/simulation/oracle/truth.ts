import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { allows, equivalents } from '../../../local/zoho/known-scopes.ts';
import type { SimulatedWorld } from '../world/world.ts';

/** Nothing was ever stored that could be used, and there is nothing to get a token with. */
export function isNotSetUp(world: SimulatedWorld, name: string): boolean {
  return isWithoutCredentials(world, name) && world.document(name)?.access_token === undefined;
}

/** Whether a field of the credentials is missing or empty. */
export function isWithoutCredentials(world: SimulatedWorld, name: string): boolean {
  const { client_id: id, client_secret: secret, refresh_token: token } = world.credentials(name);
  return [id, secret, token].some((field) => (field ?? '') === '');
}

/** Whether a refresh would succeed now if nothing went wrong on the way. */
export function truthAbout(
  world: SimulatedWorld,
  connection: Connection,
): 'ok' | 'no token can be had' | 'a setting is wrong' {
  const { zoho } = world;
  const credentials = world.credentials(connection.name);
  const client = zoho.registry.client(credentials.client_id ?? '');
  const grant = zoho.registry.grant(credentials.refresh_token ?? '');
  const isConsented =
    client !== undefined &&
    client.secrets.get(connection.dataCenter) === credentials.client_secret &&
    grant !== undefined &&
    !grant.isRevoked &&
    grant.client === client &&
    grant.dataCenter === connection.dataCenter &&
    connection.tokenPrefixes.includes(client.prefix) &&
    connection.requiredScopes.every((scope) => allows(grant.scopes, equivalents(scope)));
  if (!isConsented) return 'no token can be had';
  const { portal } = grant;
  const { org_id: orgId, screen_name: screenName } = connection.settings;
  const isSettingRight = connection.service === 'desk' ? portal.orgId === orgId : portal.screenName === screenName;
  return isSettingRight ? 'ok' : 'a setting is wrong';
}

/** Whether what apps read now is a token that does all that the configuration asks for. */
export function isGood(world: SimulatedWorld, connection: Connection): boolean {
  const token = world.document(connection.name)?.access_token;
  return world.isUsable(connection.name) && isGoodToken(world, connection, String(token));
}

/** Whether a token lives, and does all that the configuration asks for. */
export function isGoodToken(
  { zoho, time }: SimulatedWorld,
  { tokenPrefixes, requiredScopes }: Connection,
  token: string,
): boolean {
  const truth = zoho.registry.liveToken(token, time.now);
  return (
    truth !== undefined &&
    tokenPrefixes.some((prefix) => token.startsWith(prefix)) &&
    requiredScopes.every((scope) => allows(truth.scopes, equivalents(scope)))
  );
}
