import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { defaultProbeIntervalMilliseconds } from '../lambda/settings.ts';
import { faultsOfProps } from './check-props.ts';
import type { Settings, ZohoTokenRefresherProps } from './props.ts';

const builtBundle = fileURLToPath(new URL('../dist/lambda', import.meta.url));
/** Most of the time goes into waiting for Zoho; CPU, which comes with memory, shortens the cold start. */
const defaultMemorySizeMegabytes = 512;

/**
 * Fills in the defaults.
 *
 * @throws Error that lists every fault of the props; `ConnectionsError` for those of `connectionsJson`.
 */
export function settingsOf(props: ZohoTokenRefresherProps): Settings {
  const connectionsJson = withSecretPrefix(props.connectionsJson, props.secretPrefix);
  const file = readConnections(connectionsJson);
  const settings: Settings = {
    ...props,
    connectionsJson,
    secretPrefix: file.secretPrefix,
    connections: file.connections.map(({ name }) => name),
    functionCodeFolder: props.functionCodeFolder ?? builtBundle,
    probeInterval: props.probeInterval ?? Duration.millis(defaultProbeIntervalMilliseconds),
    memorySizeMegabytes: props.memorySizeMegabytes ?? defaultMemorySizeMegabytes,
    logLevel: props.logLevel ?? 'INFO',
    logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    runbookUrl: props.runbookUrl ?? 'docs/runbook.md',
    alertEmails: props.alertEmails ?? [],
    formerEncryptionKeys: props.formerEncryptionKeys ?? [],
    tokenReplicaRegions: props.tokenReplicaRegions ?? [],
    tokenReplicaKeyArns: props.tokenReplicaKeyArns ?? {},
    existingSecrets: props.existingSecrets ?? [],
  };
  const faults = faultsOfProps(settings);
  if (faults.length === 0) return settings;
  throw new Error(`the props of ZohoTokenRefresher cannot be used\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

/** One file serves several stages: each deploys a copy of it with its own `secret_prefix`. */
function withSecretPrefix(connectionsJson: string, secretPrefix: string | undefined): string {
  if (secretPrefix === undefined) return connectionsJson;
  readConnections(connectionsJson);
  return `${JSON.stringify({ ...JSON.parse(connectionsJson), secret_prefix: secretPrefix }, null, 2)}\n`;
}
