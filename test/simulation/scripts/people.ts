import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { Oracle } from '../oracle/oracle.ts';
import type { CredentialsFields, SimulatedWorld } from '../world/world.ts';
import type { Step } from './steps.ts';

/** What people do to the system: they end, spoil and give consent, and move things by hand. */
export class People {
  readonly #world: SimulatedWorld;
  readonly #oracle: Oracle;
  /** Secrets that were rotated at Zoho and not stored yet, by connection, as long as nothing else is wrong. */
  readonly #rotated = new Map<string, string>();
  /** Connections whose stored credentials need new consent. */
  readonly #spoilt = new Set<string>();

  constructor(world: SimulatedWorld, oracle: Oracle) {
    this.#world = world;
    this.#oracle = oracle;
  }

  /** Somebody ends something at Zoho. */
  end(what: (Step & { do: 'end' })['what'], { name, dataCenter }: Connection): void {
    const { levers, zoho } = this.#world;
    const { refresh_token: refreshToken = '', client_id: clientId = '' } = this.#world.credentials(name);
    const grant = zoho.registry.grant(refreshToken);
    const client = zoho.registry.client(clientId);
    this.#note('grant', name);
    this.#rotated.delete(name);
    if (what === 'grant' && grant !== undefined) levers.revoke(refreshToken);
    if (what === 'access tokens' && grant !== undefined) levers.killAccessTokensOf(refreshToken);
    if (what === 'access token') {
      const token = String(this.#world.document(name)?.access_token);
      if (zoho.registry.token(token) !== undefined) levers.killAccessToken(token);
    }
    if (what === 'client secret' && client?.secrets.has(dataCenter)) {
      const secret = levers.rotateSecret(clientId);
      this.#world.rememberSecrets({ client_secret: secret });
      const isAllThatIsWrong = grant !== undefined && !grant.isRevoked && !this.#spoilt.has(name);
      if (isAllThatIsWrong) this.#rotated.set(name, secret);
    }
    if (what === 'client' && client !== undefined) levers.deleteClient(clientId);
  }

  /** Somebody stores credentials that cannot work. */
  spoil(how: (Step & { do: 'spoil credentials' })['how'], connection: Connection): void {
    const { name } = connection;
    const now = this.#world.credentials(name);
    this.#rotated.delete(name);
    this.#spoilt.add(name);
    this.#note('grant', name);
    const put = (fields: unknown) => this.#world.put(name, 'credentials', JSON.stringify(fields));
    switch (how) {
      case 'not JSON':
        this.#world.put(name, 'credentials', 'pasted by hand');
        return;
      case 'a field empty':
        put({ ...now, client_secret: '' });
        return;
      case 'wrong refresh token':
        put({
          ...now,
          refresh_token: `1000.${name.length}123456789abcdef${'0123456789abcdef'}.${'fedcba9876543210'.repeat(2)}`,
        });
        return;
      case 'wrong client':
        put({ ...now, client_id: '1000.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123' });
        return;
      case 'narrow consent':
        put(this.#consent(connection, connection.requiredScopes.slice(0, 1)));
        return;
      case 'other kind of client':
        put(
          this.#consent(
            connection,
            connection.requiredScopes,
            connection.tokenPrefixes.includes('1000.') ? '1005.' : '1000.',
          ),
        );
        return;
    }
  }

  /** The new secret, where only that was wrong; otherwise new consent, with all scopes. */
  fix(connection: Connection): void {
    const { name } = connection;
    const secret = this.#rotated.get(name);
    this.#rotated.delete(name);
    this.#spoilt.delete(name);
    const scopes = [...connection.requiredScopes, ...connection.optionalScopes];
    this.#note('grant', name);
    const credentials =
      secret === undefined
        ? this.#consent(connection, scopes)
        : { ...this.#world.credentials(name), client_secret: secret };
    this.#world.put(name, 'credentials', JSON.stringify(credentials));
    this.#oracle.noteFix(name, { keepsGrant: secret !== undefined });
  }

  #consent(
    { tokenPrefixes, dataCenter, service, settings }: Connection,
    scopes: readonly string[],
    prefix: '1000.' | '1005.' = tokenPrefixes.includes('1000.') ? '1000.' : '1005.',
  ): CredentialsFields {
    return this.#world.levers.plant({
      dataCenter,
      service,
      prefix,
      scopes: [...scopes],
      ...(settings.screen_name === undefined ? {} : { screenName: settings.screen_name }),
      ...(settings.org_id === undefined ? {} : { orgId: settings.org_id }),
      ...(settings.app_id === undefined ? {} : { appIds: [settings.app_id] }),
    });
  }

  /** An operator moves AWSCURRENT back to AWSPREVIOUS. */
  rollBack(name: string): void {
    const secretId = this.#world.secretId(name, 'token');
    const versions = this.#world.store.peek(secretId)?.versions ?? [];
    const previous = versions.find(({ stages }) => stages.has('AWSPREVIOUS'));
    const current = versions.find(({ stages }) => stages.has('AWSCURRENT'));
    if (previous === undefined || current === undefined || previous === current) return;
    this.#note('hand', name);
    this.#world.store.moveStage(
      secretId,
      'AWSCURRENT',
      current.versionId,
      previous.versionId,
      this.#world.time.now,
    );
  }

  /** An operator stores something else where the token should be. */
  overwrite(text: (Step & { do: 'overwrite token' })['text'], name: string): void {
    this.#note('hand', name);
    const endless = {
      ...this.#world.document(name),
      access_token: `1000.${'a1'.repeat(16)}.${'b2'.repeat(16)}`,
      issued_at: new Date(this.#world.time.now).toISOString(),
      expires_at: '2999-01-01T00:00:00.000Z',
    };
    const texts = { garbage: 'undefined', 'endless token': JSON.stringify(endless), 'empty object': '{}' };
    this.#world.put(name, 'token', texts[text]);
  }

  #note(what: 'grant' | 'hand', connection: string): void {
    this.#world.disturbances.note(what, connection, this.#world.time.now);
    this.#oracle.noteChange(connection);
  }
}
