import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { defaultProbeIntervalMilliseconds } from '../lambda/settings.ts';
import type { ZohoTokenRefresherProps } from './props.ts';

const builtBundle = fileURLToPath(new URL('../dist/lambda', import.meta.url));
/** Most of the time goes into waiting for Zoho; CPU, which comes with memory, shortens the cold start. */
const defaultMemorySizeMegabytes = 512;

/** The props with every default filled in; `connectionsJson` is as it is deployed. */
export type Settings = ReturnType<typeof settingsOf>;

/** Fills in the defaults; throws ConnectionsError for faults of `connectionsJson`. */
export function settingsOf(props: ZohoTokenRefresherProps) {
  const connectionsJson = withSecretPrefix(props.connectionsJson, props.secretPrefix);
  const file = readConnections(connectionsJson);
  return {
    ...props,
    connectionsJson,
    secretPrefix: file.secretPrefix,
    /** Names, in the order of the file. */
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
}

/** One file serves several stages: each deploys a copy of it with its own `secret_prefix`. */
function withSecretPrefix(connectionsJson: string, secretPrefix: string | undefined): string {
  if (secretPrefix === undefined) return connectionsJson;
  readConnections(connectionsJson);
  return `${JSON.stringify({ ...JSON.parse(connectionsJson), secret_prefix: secretPrefix }, null, 2)}\n`;
}
