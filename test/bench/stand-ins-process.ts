import process, { argv } from 'node:process';
import { type Connection, readConnections } from '../../lambda/connections/read-connections.ts';
import { credentialsSecretId, tokenSecretId } from '../../lambda/run.ts';
import { startSecretsManager } from '../../local/aws/secrets-manager-stand-in.ts';
import { startSns } from '../../local/aws/sns.ts';
import { giveConsent } from '../../local/stage.ts';
import { startZoho } from '../../local/zoho/server.ts';
import type { Request, Scene, Seen, StandInsOptions } from './stand-ins-messages.ts';

/**
 * The stand-ins in a process of their own, so that what they do is in nobody's figures.
 *
 *   node stand-ins-process.ts OPTIONS_JSON
 */
const options = JSON.parse(argv[2] ?? '{}') as StandInsOptions;
const topicArn = 'arn:aws:sns:ap-south-1:123456789012:zoho-token-alerts';
const minute = 60_000;

const { connections, secretPrefix } = readConnections(options.connectionsText);
const zoho = await startZoho();
const secretsManager = await startSecretsManager(
  options.writesPerSecond === undefined ? {} : { writesPerSecond: options.writesPerSecond },
);
const sns = await startSns({ topics: [topicArn] });

process.on('message', (request: Request) => {
  const answering = 'set' in request ? setScene(request.set) : Promise.resolve(seen());
  answering.then(
    (answer) => process.send?.({ answer: answer ?? null }),
    (fault: Error) => process.send?.({ error: fault.stack }),
  );
});
process.send?.({
  answer: {
    ALERT_TOPIC_ARN: topicArn,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_ENDPOINT_URL_SNS: sns.url,
    ZOHO_ENDPOINT_URL: zoho.url,
  },
});

/** Makes every secret anew, with grants that Zoho has not seen before: no limit of an earlier run is in the way. */
async function setScene(scene: Scene): Promise<void> {
  zoho.latency(0);
  for (const connection of connections) {
    const isLast = connection === connections.at(-1);
    const credentials = giveConsent(zoho, connection);
    const isDue = scene.tokens === 'half' || (scene.tokens === 'last due' && isLast);
    const token = scene.tokens === 'none' ? undefined : await storedToken(connection, credentials, isDue ? 30 : 59);
    if (scene.consent === 'revoked' || (scene.consent === 'last revoked' && isLast)) {
      zoho.revoke(credentials.refresh_token);
    }
    const [tokenId, credentialsId] = [
      tokenSecretId(secretPrefix, connection),
      credentialsSecretId(secretPrefix, connection),
    ];
    for (const id of [tokenId, credentialsId]) secretsManager.remove(id);
    secretsManager.createSecret(tokenId, token);
    secretsManager.createSecret(credentialsId, JSON.stringify(credentials));
  }
  zoho.latency(scene.zohoLatency);
  secretsManager.faults.latency(scene.awsLatency);
  sns.faults.latency(scene.awsLatency);
  secretsManager.calls.length = 0;
  sns.calls.length = 0;
  zoho.requests.length = 0;
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
  return {
    secretsManager: calls,
    sns: sns.calls.length,
    tokenRequests: zoho.requests.filter(({ kind }) => kind === 'token').length,
    probes: zoho.requests.filter(({ kind }) => kind === 'probe').length,
  };
}
