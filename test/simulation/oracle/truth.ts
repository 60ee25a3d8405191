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
export function truthAbout(world: SimulatedWorld, connection: Connection) {
  const { registry } = world.zoho;
  const { dataCenter, service, settings, tokenPrefixes } = connection;
  const credentials = world.credentials(connection.name);
  const client = registry.client(credentials.client_id ?? '');
  const grant = registry.grant(credentials.refresh_token ?? '');
  const isConsented =
    client !== undefined &&
    client.secrets.get(dataCenter) === credentials.client_secret &&
    grant !== undefined &&
    !grant.isRevoked &&
    grant.client === client &&
    grant.dataCenter === dataCenter &&
    tokenPrefixes.includes(client.prefix) &&
    missingScopes(grant.scopes, connection).length === 0;
  if (!isConsented) return 'no token can be had';
  const { orgId, screenName } = grant.portal;
  const isSettingRight = service === 'desk' ? orgId === settings.org_id : screenName === settings.screen_name;
  return isSettingRight ? 'ok' : 'a setting is wrong';
}

/** Whether what apps read now is a token that does all that the configuration asks for. */
export function isGood(world: SimulatedWorld, connection: Connection): boolean {
  const token = world.document(connection.name)?.access_token;
  return world.isUsable(connection.name) && isGoodToken(world, connection, String(token));
}

/** Whether a token lives, and does all that the configuration asks for. */
export function isGoodToken({ zoho, time }: SimulatedWorld, connection: Connection, token: string): boolean {
  const truth = zoho.registry.liveToken(token, time.now);
  return (
    truth !== undefined &&
    connection.tokenPrefixes.some((prefix) => token.startsWith(prefix)) &&
    missingScopes(truth.scopes, connection).length === 0
  );
}

/** What is wrong with an issued token, as far as the answer itself says. */
export function faultsOfAnswer(answer: Readonly<Record<string, unknown>>, connection: Connection): string[] {
  const { access_token: token, scope } = answer;
  const faults: string[] = [];
  if (!connection.tokenPrefixes.some((prefix) => String(token).startsWith(prefix))) faults.push('with a wrong prefix');
  if (typeof scope === 'string' && scope !== '') {
    const missing = missingScopes(scope.split(/[\s,]+/), connection);
    if (missing.length > 0) faults.push(`without ${missing.join(' and ')}`);
  }
  return faults;
}

function missingScopes(granted: readonly string[], { requiredScopes }: Connection): string[] {
  return requiredScopes.filter((scope) => !allows(granted, equivalents(scope)));
}
