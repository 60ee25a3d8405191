import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { type Proof, proveToken } from '../../lambda/zoho/prove-token.ts';
import { Refusal } from '../faults.ts';
import { remedyHere } from '../network-fix.ts';
import type { Outcome } from '../outcome.ts';
import type { Place } from '../place/place.ts';
import { remedyFor } from '../remedies.ts';
import { findOtherOwner } from '../stored/read-stored-credentials.ts';
import { storeCredentials } from '../stored/store-credentials.ts';
import type { OAuthClient } from './ask-client.ts';
import type { Grant } from './exchange-code.ts';

/**
 * Judges a fresh grant as the refresher will, and stores its credentials if nothing speaks against them.
 *
 * @throws {@link Refusal} and stores nothing for a wrong prefix, a missing scope, a token that the service rejects, or
 *   a refresh token that another connection has.
 */
export async function keepGrant(
  place: Place,
  connection: Connection,
  client: OAuthClient,
  grant: Grant,
): Promise<Outcome> {
  const { name } = connection;
  const proof = await proveToken(place, connection, grant).catch((fault: unknown) => {
    if (fault instanceof RefreshError) throw new Refusal(fault.message, remedyHere(fault, name));
    throw fault;
  });
  const credentials = { ...client, refreshToken: grant.refreshToken };
  const owner = await findOtherOwner(place, connection, credentials);
  if (owner !== undefined) {
    throw new Refusal(
      `this refresh token is already that of ${owner}`,
      'one refresh token belongs to one connection: consent again',
    );
  }
  const secretId = await storeCredentials(place, connection, credentials);
  return describe(name, secretId, proof);
}

function describe(name: string, secretId: string, proof: Proof): Outcome {
  const { settingFault, missingOptionalScopes, verdict: probe } = proof;
  const lines = [`the credentials of ${name} are proved and stored in ${secretId}`];
  if (probe === 'cannot tell')
    lines.push('note: the service itself could not be asked; `npx --no-install zoho-tokens check` tries again');
  if (missingOptionalScopes.length > 0)
    lines.push(`note: not granted, and optional: ${missingOptionalScopes.join(', ')}`);
  if (settingFault !== undefined) {
    lines.push(`but: ${settingFault}`, `  next: ${remedyFor('setting_mismatch', name)}`);
  }
  lines.push(`next: \`npx --no-install zoho-tokens refresh ${name}\`, or wait five minutes for the next tick`);
  return {
    isFine: settingFault === undefined,
    lines,
    json: {
      connection: name,
      stored: secretId,
      probe,
      setting_fault: settingFault ?? null,
      missing_optional_scopes: missingOptionalScopes,
    },
  };
}
