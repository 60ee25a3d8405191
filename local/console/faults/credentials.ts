import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../../../lambda/run.ts';
import { type CredentialsFields, giveConsent, type Stage } from '../../stage.ts';
import type { Deed } from './entry.ts';

/** What somebody can do to a connection's grant and secrets, and an operator's way back. */
export type CredentialsKeeper = {
  /** Id of the OAuth client with which the connection asks now. */
  clientIdOf(connection: Connection): string;
  /** The refresh token with which it asks now. */
  refreshTokenOf(connection: Connection): string;
  carryOut(deed: Deed, connection: Connection): void;
  /** Undoes the deed as an operator would: with a new consent where one is needed. */
  undo(deed: Deed, connection: Connection): void;
  /** Whether somebody else, such as `zoho-tokens authorize`, has stored other credentials since the deed. */
  isOvertaken(deed: Deed, connection: Connection): boolean;
  /** What `zoho-tokens authorize` does: a new consent, stored. */
  authorize(connection: Connection): void;
};

/** Deeds that new credentials end. */
const credentialsDeeds: readonly Deed[] = [
  'revoke',
  'rotate secret',
  'delete client',
  'spoil credentials',
  'remove credentials',
];

/** Whether storing new credentials ends the deed. */
export function isAboutCredentials(deed: Deed): boolean {
  return credentialsDeeds.includes(deed);
}

/** Keeps the last credentials that were whole, so that a spoilt secret can be mended. */
export function createCredentialsKeeper(stage: Stage): CredentialsKeeper {
  const { zoho, secretsManager, secretPrefix } = stage;
  const whole = new Map<string, CredentialsFields>();
  /** What stood in the secret right after a deed. */
  const afterDeed = new Map<string, string | undefined>();
  const secretOf = (connection: Connection) => credentialsSecretId(secretPrefix, connection);

  function credentialsOf(connection: Connection): CredentialsFields {
    const read = parse(secretsManager.read(secretOf(connection)));
    if (read !== undefined) whole.set(connection.name, read);
    return whole.get(connection.name) ?? { client_id: '', client_secret: '', refresh_token: '' };
  }

  function store(connection: Connection, credentials: CredentialsFields): void {
    whole.set(connection.name, credentials);
    const text = JSON.stringify(credentials);
    const secret = secretOf(connection);
    if (secretsManager.versions(secret).length === 0) {
      // A removed secret has to be made again, an empty one only filled.
      secretsManager.remove(secret);
      secretsManager.createSecret(secret, text);
    } else secretsManager.put(secret, text);
  }

  function authorize(connection: Connection): void {
    const { client_id: clientId } = credentialsOf(connection);
    if (zoho === undefined) {
      store(connection, credentialsOf(connection));
      return;
    }
    // As the API console shows it: a client that was deleted or whose secret was rotated is not asked for its old one.
    const secret = knownSecrets.get(clientId);
    const client = secret === undefined ? undefined : { client_id: clientId, client_secret: secret };
    const given = giveConsent(zoho, connection, client);
    knownSecrets.set(given.client_id, given.client_secret);
    store(connection, given);
  }

  const knownSecrets = new Map<string, string>();
  for (const connection of stage.connections) {
    const { client_id: clientId, client_secret: secret } = credentialsOf(connection);
    if (clientId !== '') knownSecrets.set(clientId, secret);
  }

  const deeds: Record<Deed, (connection: Connection) => void> = {
    revoke: (connection) => zoho?.revoke(credentialsOf(connection).refresh_token),
    'rotate secret': (connection) => {
      const { client_id: clientId } = credentialsOf(connection);
      knownSecrets.set(clientId, zoho?.rotateSecret(clientId) ?? '');
    },
    'delete client': (connection) => {
      const { client_id: clientId } = credentialsOf(connection);
      zoho?.deleteClient(clientId);
      knownSecrets.delete(clientId);
    },
    'kill tokens': (connection) => zoho?.killAccessTokensOf(credentialsOf(connection).refresh_token),
    'spoil credentials': (connection) => {
      credentialsOf(connection);
      secretsManager.put(secretOf(connection), 'client_id, client_secret and refresh_token: see the wiki');
    },
    'remove credentials': (connection) => {
      credentialsOf(connection);
      secretsManager.remove(secretOf(connection));
    },
    'delete token secret': (connection) =>
      secretsManager.scheduleDeletion(tokenSecretId(secretPrefix, connection)),
  };

  return {
    clientIdOf: (connection) => credentialsOf(connection).client_id,
    refreshTokenOf: (connection) => credentialsOf(connection).refresh_token,
    carryOut(deed, connection) {
      deeds[deed](connection);
      afterDeed.set(`${deed} ${connection.name}`, secretsManager.read(secretOf(connection)));
    },
    undo(deed, connection) {
      if (deed === 'delete token secret') secretsManager.restore(tokenSecretId(secretPrefix, connection));
      else if (deed !== 'kill tokens') authorize(connection);
    },
    isOvertaken: (deed, connection) =>
      isAboutCredentials(deed) &&
      afterDeed.get(`${deed} ${connection.name}`) !== secretsManager.read(secretOf(connection)),
    authorize,
  };
}

function parse(text: string | undefined): CredentialsFields | undefined {
  try {
    const fields = JSON.parse(text ?? '') as Partial<CredentialsFields>;
    const { client_id: id, client_secret: secret, refresh_token: refresh } = fields;
    return id && secret && refresh
      ? { client_id: id, client_secret: secret, refresh_token: refresh }
      : undefined;
  } catch {
    return undefined;
  }
}
