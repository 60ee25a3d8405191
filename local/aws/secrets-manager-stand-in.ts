import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults/aws-faults.ts';
import { startAwsServer } from './loopback-server.ts';
import {
  receiveSecretsRequest,
  renderSecretsAnswer,
  type SecretsManagerCall,
  type SecretsService,
} from './secrets-exchange.ts';
import { SecretsStore } from './secrets-store.ts';
import { listStages } from './stored-versions.ts';

/** One version as a test sees it, label-less ones (`stages: []`) included. */
export interface StoredVersion {
  versionId: string;
  stages: string[];
  createdDate: Date;
  secretString: string;
}

/** A Secrets Manager on loopback, and what an operator or a test can do to it without a request. */
export type SecretsManagerStandIn = Awaited<ReturnType<typeof startSecretsManager>>;

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
) {
  const { port = 0, now = Date.now, ignoresClocks = false } = options;
  const { writesPerSecond = Number.POSITIVE_INFINITY, secretAccessKey } = options;
  const store = new SecretsStore();
  const calls: SecretsManagerCall[] = [];
  const service: SecretsService = { store, now, ignoresClocks, secretAccessKey, writesPerSecond, writes: [] };
  const { url, faults, close } = await startAwsServer({
    name: 'secrets',
    port,
    now,
    refuse: renderSecretsAnswer,
    receive: (request) => {
      const exchange = receiveSecretsRequest(request, service);
      calls.push(exchange.call);
      return exchange;
    },
  });
  return {
    /** `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_SECRETS_MANAGER` or a client's `endpoint`. */
    url,
    /** Makes a secret as CloudFormation would: without a version if no string is given. */
    createSecret(name: string, secretString?: string): void {
      const first = secretString === undefined ? undefined : { versionId: randomUUID(), secretString };
      store.create(name, first, now());
    },
    /** Puts a value as an operator would, under AWSCURRENT; returns its VersionId. */
    put: (name: string, secretString: string): string =>
      store.put(name, randomUUID(), secretString, [], now()).versionId,
    /** The value under a label or of a version, or nothing. */
    read: (name: string, stageOrVersionId = 'AWSCURRENT'): string | undefined =>
      store
        .peek(name)
        ?.versions.find((each) => each.stages.has(stageOrVersionId) || each.versionId === stageOrVersionId)
        ?.secretString,
    /** All versions in order of creation; none if the secret does not exist. */
    versions: (name: string): StoredVersion[] =>
      (store.peek(name)?.versions ?? []).map((each) => ({ ...each, stages: listStages(each) ?? [] })),
    /** The secret no longer exists. */
    remove: (name: string): void => store.remove(name),
    /** Marks the secret for deletion, as the console does: it still exists, but cannot be used. */
    scheduleDeletion: (name: string): void =>
      store.scheduleDeletion(name, new Date(now() + recoveryWindowMilliseconds)),
    /** Takes that mark back. */
    restore: (name: string): void => store.scheduleDeletion(name, undefined),
    calls,
    faults: faults as Faults,
    close,
  };
}
