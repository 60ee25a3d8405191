import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { defaultProbeIntervalMilliseconds } from '../lambda/settings.ts';
import { faultsOfProps } from './check-props.ts';
import type { ZohoTokenRefresherProps } from './props.ts';

/** The props with every default filled in and every value checked. */
export type Settings = {
  readonly secretPrefix: string;
  /** Names, in the order of the file. */
  readonly connections: readonly string[];
  /** As it is deployed. */
  readonly connectionsJson: string;
  readonly functionCodeFolder: string;
  readonly stage: string | undefined;
  readonly probeInterval: Duration;
  readonly memorySizeMegabytes: number;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly logRetention: RetentionDays;
  readonly runbookUrl: string;
  readonly tokenReplicaRegions: readonly string[];
  readonly tokenReplicaKeyArns: Readonly<Record<string, string>>;
  readonly existingSecrets: readonly string[];
};

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
  const probeInterval = props.probeInterval ?? Duration.millis(defaultProbeIntervalMilliseconds);
  const faults = faultsOfProps(props, file, probeInterval);
  if (faults.length > 0) {
    throw new Error(
      `the props of ZohoTokenRefresher cannot be used\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
  return {
    secretPrefix: file.secretPrefix,
    connections: file.connections.map(({ name }) => name),
    connectionsJson,
    functionCodeFolder: props.functionCodeFolder ?? builtBundle,
    stage: props.stage,
    probeInterval,
    memorySizeMegabytes: props.memorySizeMegabytes ?? defaultMemorySizeMegabytes,
    logLevel: props.logLevel ?? 'INFO',
    logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    runbookUrl: props.runbookUrl ?? 'docs/runbook.md',
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
