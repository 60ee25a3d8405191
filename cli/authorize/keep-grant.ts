import type { Connection } from '../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../lambda/failure.ts';
import { type Proof, proveToken } from '../../lambda/zoho/prove-token.ts';
import type { Outcome } from '../command.ts';
import { Refusal } from '../faults.ts';
import type { Place } from '../place/place.ts';
import { remedyFor, remedyHere } from '../remedies.ts';
import { findOtherOwner, storeCredentials } from '../stored/stored.ts';
import type { OAuthClient } from './ask-client.ts';
import type { Grant } from './exchange-code.ts';

/** Judges a fresh grant as the refresher will; only if nothing speaks against it, its credentials are stored. */
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
  const owner = await findOtherOwner(place, connection, grant.refreshToken);
  if (owner !== undefined) {
    const fix = 'one refresh token belongs to one connection: consent again';
    throw new Refusal(`this refresh token is already that of ${owner}`, fix);
  }
  return describe(name, await storeCredentials(place, connection, credentials), proof);
}

function describe(connection: string, stored: string, proof: Proof): Outcome {
  const { settingFault, missingOptionalScopes: missing, verdict: probe } = proof;
  const program = 'npx --no-install zoho-tokens';
  const lines = [`the credentials of ${connection} are proved and stored in ${stored}`];
  if (probe === 'cannot tell')
    lines.push(`note: the service itself could not be asked; \`${program} check\` tries again`);
  if (missing.length > 0) lines.push(`note: not granted, and optional: ${missing.join(', ')}`);
  if (settingFault !== undefined)
    lines.push(`but: ${settingFault}`, `  next: ${remedyFor('setting_mismatch', connection)}`);
  lines.push(`next: \`${program} refresh ${connection}\`, or wait five minutes for the next tick`);
  const json = { connection, stored, probe, setting_fault: settingFault ?? null, missing_optional_scopes: missing };
  return { isFine: settingFault === undefined, lines, json };
}
