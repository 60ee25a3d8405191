import { randomUUID } from 'node:crypto';
import { type Faults, planFaults } from './faults.ts';
import { startLoopbackServer } from './loopback-server.ts';
import { listStages } from './secret-versions.ts';
import { receiveSecretsRequest, type SecretsService } from './secrets-exchange.ts';
import { canSecretsFail } from './secrets-faults.ts';
import { SecretsStore } from './secrets-store.ts';

/** One request as the stand-in saw it: never with a value. */
export interface SecretsManagerCall {
  /** AWS name, e.g. `PutSecretValue`; whatever was sent where the stand-in knows no such operation. */
  operation: string;
  /** As sent, a name or an ARN; empty where none could be read. */
  secretId: string;
  /** Epoch milliseconds of arrival. */
  at: number;
  /** `ok`, the error's name, or how the connection was broken; `unanswered` until the operation was carried out. */
  outcome: 'ok' | string;
  /** Labels asked for, put or moved; AWSCURRENT where that is the default. */
  stages?: string[];
}

/** One version as a test sees it, label-less ones (`stages: []`) included. */
export interface StoredVersion {
  versionId: string;
  stages: string[];
  createdDate: Date;
  secretString: string;
}

/** A Secrets Manager on loopback, and what an operator or a test can do to it without a request. */
export interface SecretsManagerStandIn {
  /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SECRETS_MANAGER` or a client's `endpoint`. */
  url: string;
  /** Makes a secret as CloudFormation would: without a version where no string is given. */
  createSecret(name: string, secretString?: string): void;
  /** Puts a value as an operator would, under AWSCURRENT; returns its VersionId. */
  put(name: string, secretString: string): string;
  /** The value under a label or of a version, or nothing; default AWSCURRENT. */
  read(name: string, stageOrVersionId?: string): string | undefined;
  /** All versions in order of creation; none where the secret does not exist. */
  versions(name: string): StoredVersion[];
  /** The secret no longer exists. */
  remove(name: string): void;
  /** Marks the secret for deletion, as the console does: it still exists, but cannot be used. */
  scheduleDeletion(name: string): void;
  /** Takes that mark back. */
  restore(name: string): void;
  calls: SecretsManagerCall[];
  faults: Faults;
  close(): Promise<void>;
}

/** Recovery window of a deleted secret unless somebody says otherwise: 30 days. */
const recoveryWindowMilliseconds = 30 * 24 * 60 * 60 * 1000;

/**
 * Starts a stand-in for AWS Secrets Manager on 127.0.0.1, for the unchanged AWS SDK.
 *
 * It refuses what the service refuses, in its recorded words, and whatever it does not know.
 *
 * @param options.port - Default: any free port.
 * @param options.now - Epoch milliseconds; default: the machine's clock.
 * @param options.ignoresClocks - Serves clients whose clock is more than five minutes off, as AWS does not: for programs
 *   of this machine's time beside a clock that a test moves.
 * @param options.secretAccessKey - Only requests that are signed with it are served; default: any signature.
 * @param options.writesPerSecond - Puts and label moves above this are throttled; default: no quota. AWS allows 50.
 */
export async function startSecretsManager(
  options: {
    port?: number;
    now?: () => number;
    ignoresClocks?: boolean;
    secretAccessKey?: string | undefined;
    writesPerSecond?: number;
  } = {},
): Promise<SecretsManagerStandIn> {
  const { port = 0, now = Date.now, ignoresClocks = false } = options;
  const { writesPerSecond = Number.POSITIVE_INFINITY, secretAccessKey } = options;
  const store = new SecretsStore();
  const faults = planFaults(canSecretsFail);
  const calls: SecretsManagerCall[] = [];
  const service: SecretsService = { store, now, ignoresClocks, secretAccessKey, writesPerSecond, writes: [] };
  const server = await startLoopbackServer(port, now, faults, (request) => {
    const exchange = receiveSecretsRequest(request, service);
    calls.push(exchange.call);
    return exchange;
  });
  return {
    url: server.url,
    createSecret: (name, secretString) => {
      const first = secretString === undefined ? undefined : { versionId: randomUUID(), secretString };
      store.create(name, first, now());
    },
    put: (name, secretString) => store.put(name, randomUUID(), secretString, [], now()).versionId,
    read: (name, stageOrVersionId = 'AWSCURRENT') =>
      store
        .peek(name)
        ?.versions.find((each) => each.stages.has(stageOrVersionId) || each.versionId === stageOrVersionId)
        ?.secretString,
    versions: (name) =>
      (store.peek(name)?.versions ?? []).map((each) => ({ ...each, stages: listStages(each) ?? [] })),
    remove: (name) => store.remove(name),
    scheduleDeletion: (name) => store.scheduleDeletion(name, new Date(now() + recoveryWindowMilliseconds)),
    restore: (name) => store.scheduleDeletion(name, undefined),
    calls,
    faults,
    close: server.close,
  };
}
