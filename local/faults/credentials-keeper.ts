import * as v from 'valibot';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { parseObject } from '../../lambda/parse-object.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { type CredentialsFields, giveConsent, type Stage } from '../stage.ts';
import type { Deed } from './fault-entry.ts';

const text = v.pipe(v.string(), v.nonEmpty());
const wholeCredentials = v.object({ client_id: text, client_secret: text, refresh_token: text });

/** What somebody can do to a connection's grant and secrets, and an operator's way back to the last ones that were whole. */
export function createCredentialsKeeper({ connections, zoho, secretsManager, secretPrefix }: Stage) {
  const whole = new Map<string, CredentialsFields>();
  /** As the API console shows them: of a client that was deleted none, of one whose secret was rotated the new one. */
  const knownSecrets = new Map<string, string>();
  const secretOf = (connection: Connection) => credentialsSecretId(secretPrefix, connection);

  /** Those with which the connection asks now. */
  function credentialsOf(connection: Connection): CredentialsFields {
    const read = v.safeParse(wholeCredentials, parseObject(secretsManager.read(secretOf(connection)) ?? ''));
    if (read.success) whole.set(connection.name, read.output);
    return whole.get(connection.name) ?? { client_id: '', client_secret: '', refresh_token: '' };
  }

  /** What `zoho-tokens authorize` does: a new consent, stored. */
  function authorize(connection: Connection): void {
    const old = credentialsOf(connection);
    const known = knownSecrets.get(old.client_id);
    const client = known === undefined ? undefined : { client_id: old.client_id, client_secret: known };
    const given = zoho === undefined ? old : giveConsent(zoho, connection, client);
    knownSecrets.set(given.client_id, given.client_secret);
    whole.set(connection.name, given);
    const [secret, stored] = [secretOf(connection), JSON.stringify(given)];
    if (secretsManager.versions(secret).length > 0) secretsManager.put(secret, stored);
    else {
      // A removed secret has to be made again, an empty one only filled.
      secretsManager.remove(secret);
      secretsManager.createSecret(secret, stored);
    }
  }

  for (const connection of connections) {
    const { client_id: clientId, client_secret: secret } = credentialsOf(connection);
    if (clientId !== '') knownSecrets.set(clientId, secret);
  }

  const deeds: Record<Deed, (connection: Connection, old: CredentialsFields) => void> = {
    revoke: (_, { refresh_token: refreshToken }) => zoho?.revoke(refreshToken),
    'rotate secret': (_, { client_id: clientId }) => {
      knownSecrets.set(clientId, zoho?.rotateSecret(clientId) ?? '');
    },
    'delete client': (_, { client_id: clientId }) => {
      zoho?.deleteClient(clientId);
      knownSecrets.delete(clientId);
    },
    'kill tokens': (_, { refresh_token: refreshToken }) => zoho?.killAccessTokensOf(refreshToken),
    'spoil credentials': (connection) => {
      secretsManager.put(secretOf(connection), 'client_id, client_secret and refresh_token: see the wiki');
    },
    'remove credentials': (connection) => secretsManager.remove(secretOf(connection)),
    'delete token secret': (connection) => secretsManager.scheduleDeletion(tokenSecretId(secretPrefix, connection)),
  };

  return {
    credentialsOf,
    authorize,
    /** What stands in the credentials secret; whatever changes it may be an operator's fix. */
    textOf: (connection: Connection) => secretsManager.read(secretOf(connection)),
    carryOut: (deed: Deed, connection: Connection) => deeds[deed](connection, credentialsOf(connection)),
    /** Undoes the deed as an operator would: with a new consent if one is needed. */
    undo(deed: Deed, connection: Connection): void {
      if (deed === 'delete token secret') secretsManager.restore(tokenSecretId(secretPrefix, connection));
      else if (deed !== 'kill tokens') authorize(connection);
    },
  };
}
