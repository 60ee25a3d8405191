import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { carryOutSecretsOperation } from '../../../local/aws/secrets-operations.ts';
import { SecretsStore } from '../../../local/aws/secrets-store.ts';
import type { Random } from '../../simulation/random.ts';
import { TokenBucket } from './token-bucket.ts';
import type { VirtualWait } from './virtual-wait.ts';

/** Quotas of one account and region. @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html} */
const quotas = { readsPerSecond: 10_000, writesPerSecond: 50 } as const;
const latencyMilliseconds = 20;

/** How the SDK tries a throttled call again, as measured with version 3.1163.0. */
const sdk = {
  attempts: 3,
  throttledBaseMilliseconds: 1_000,
  /** Retries of one client are paid from this, and paid back by success. */
  capacity: 500,
  throttledCost: 5,
} as const;

/** Secrets Manager of one account and region, for all its stacks, in virtual time. */
export class SimulatedSecretsManager {
  readonly store = new SecretsStore();
  calls = 0;
  throttled = 0;
  /** When each token was first stored, epoch milliseconds. */
  readonly firstStoredAt = new Map<string, number>();
  readonly #time: VirtualWait;
  readonly #random: Random;
  readonly #reads: TokenBucket;
  readonly #writes: TokenBucket;

  constructor(time: VirtualWait, random: Random) {
    this.#time = time;
    this.#random = random;
    this.#reads = new TokenBucket(quotas.readsPerSecond, time.now());
    this.#writes = new TokenBucket(quotas.writesPerSecond, time.now());
  }

  /** A client of one stack, that tries again as the SDK's does. */
  createClient(): SecretsManagerClient {
    let capacity: number = sdk.capacity;
    const send = async (command: unknown) => {
      for (let attempt = 1; ; attempt += 1) {
        await this.#time.wait(latencyMilliseconds);
        const answer = this.#answer(command);
        if (answer !== 'throttled') {
          capacity = Math.min(sdk.capacity, capacity + (attempt > 1 ? sdk.throttledCost : 1));
          return answer;
        }
        if (attempt === sdk.attempts || capacity < sdk.throttledCost) {
          throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
        }
        capacity -= sdk.throttledCost;
        const longest = sdk.throttledBaseMilliseconds * 2 ** (attempt - 1);
        await this.#time.wait(this.#random() * longest);
      }
    };
    return { send } as unknown as SecretsManagerClient;
  }

  #answer(command: unknown): object | 'throttled' {
    const now = this.#time.now();
    this.calls += 1;
    if (command instanceof PutSecretValueCommand) {
      if (!this.#writes.take(now)) return this.#throttle();
      const answer = carryOutSecretsOperation(this.store, 'PutSecretValue', command.input, now);
      const { SecretId = '', VersionStages } = command.input;
      if (VersionStages === undefined && !this.firstStoredAt.has(SecretId)) {
        this.firstStoredAt.set(SecretId, now);
      }
      return answer;
    }
    if (!(command instanceof GetSecretValueCommand)) throw new Error('a call that the refresher never makes');
    if (!this.#reads.take(now)) return this.#throttle();
    return carryOutSecretsOperation(this.store, 'GetSecretValue', command.input, now);
  }

  #throttle(): 'throttled' {
    this.throttled += 1;
    return 'throttled';
  }
}
