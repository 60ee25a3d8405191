import process, { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { giveConsent } from '../../local/stage.ts';
import { setBareStage } from '../support/stage.ts';
import type { Scene, Seen, Started } from './stand-ins.ts';

// The process of the stand-ins: node stand-ins-process.ts OPTIONS_JSON. The stage has its own copy of the bundle, which
// the parent measures: a build that runs meanwhile changes nothing.
const minute = 60_000;
const stage = await setBareStage(JSON.parse(argv[2] ?? '{}'));
const { secretsManager, sns, connections, secretPrefix, zoho } = stage;

process.on('message', async (request: Scene | 'seen') => {
  if (request !== 'seen') await setScene(request);
  process.send?.(seen());
});
process.on('disconnect', () => stage.close());
process.send?.({ handler: fileURLToPath(stage.bundle), variables: stage.variables } satisfies Started);

/** Makes every secret anew, with grants that Zoho has not seen before: no limit of an earlier run is in the way. */
async function setScene({ tokens, consent, zohoLatency, awsLatency }: Scene): Promise<void> {
  zoho.faults.latency(0);
  for (const connection of connections) {
    const isLast = connection === connections.at(-1);
    const credentials = giveConsent(zoho, connection);
    const isDue = tokens === 'half' || (tokens === 'last due' && isLast);
    const token = tokens === 'none' ? undefined : await storedToken(connection, credentials, isDue ? 30 : 59);
    if (consent === 'revoked' || (consent === 'last revoked' && isLast)) zoho.revoke(credentials.refresh_token);
    for (const [id, text] of [
      [tokenSecretId(secretPrefix, connection), token],
      [credentialsSecretId(secretPrefix, connection), JSON.stringify(credentials)],
    ] as const) {
      secretsManager.remove(id);
      secretsManager.createSecret(id, text);
    }
  }
  zoho.faults.latency(zohoLatency);
  for (const { faults } of [secretsManager, sns]) faults.latency(awsLatency);
  for (const seenSoFar of [secretsManager.calls, sns.calls, zoho.requests]) seenSoFar.length = 0;
}

/** The document of a token that Zoho really issued, so that a probe accepts it, issued so long ago. */
async function storedToken(
  { name, service, dataCenter }: Connection,
  credentials: Record<string, string>,
  minutesLeft: number,
): Promise<string> {
  const answer = await fetch(`${zoho.url}/accounts.zoho.${dataCenter}/oauth/v2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', ...credentials }),
  });
  const { access_token } = (await answer.json()) as { access_token?: string };
  if (access_token === undefined) throw new Error(`the stand-in gave no token for ${name}`);
  const expiresAt = Date.now() + minutesLeft * minute;
  return JSON.stringify({
    version: 1,
    connection: name,
    service,
    data_center: dataCenter,
    access_token,
    issued_at: new Date(expiresAt - 60 * minute).toISOString(),
    expires_at: new Date(expiresAt).toISOString(),
  });
}

function seen(): Seen {
  const calls: Record<string, number> = {};
  for (const { operation, outcome } of secretsManager.calls) {
    const key = `${operation} ${outcome}`;
    calls[key] = (calls[key] ?? 0) + 1;
  }
  const requests = (wanted: string) => zoho.requests.filter(({ kind }) => kind === wanted).length;
  return {
    secretsManager: calls,
    sns: sns.calls.length,
    tokenRequests: requests('token'),
    probes: requests('probe'),
  };
}
