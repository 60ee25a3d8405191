import type { SecretVersions } from '../../../lambda/aws/secret-versions.ts';
import { RefreshError } from '../../../lambda/failure.ts';

/** One move of a label, as it happened. */
export type LabelMove = {
  readonly secretId: string;
  readonly label: string;
  readonly text: string;
  readonly byLabel: string;
};

/** Secrets Manager as it was recorded, without network, quota or time. */
export type SecretsModel = SecretVersions & {
  /** Every move of a label, in order. */
  readonly moves: LabelMove[];
  /** All that is stored, as one text: equal texts behave alike for ever. */
  readonly snapshot: () => string;
  /** The same account, to go another way from here. */
  readonly clone: () => SecretsModel;
};

type Secret = { readonly versions: Map<string, string>; readonly labels: Map<string, string> };

/**
 * Makes an account whose secrets exist as soon as they are written to.
 *
 * The same ClientRequestToken with the same content changes nothing, with other content it is taken; the first version
 * always gets AWSCURRENT; AWSCURRENT leaves AWSPREVIOUS behind; every other label simply moves.
 */
export function createSecretsModel(
  from: ReadonlyMap<string, Secret> = new Map(),
  past: readonly LabelMove[] = [],
): SecretsModel {
  const secrets = new Map(
    [...from].map(([id, { versions, labels }]) => [id, { versions: new Map(versions), labels: new Map(labels) }]),
  );
  const moves = [...past];
  let snapshot: string | undefined;
  return {
    moves,
    clone: () => createSecretsModel(secrets, moves),
    snapshot: () => {
      snapshot ??= JSON.stringify(
        [...secrets].map(([id, { versions, labels }]) => [id, [...versions], [...labels].toSorted()]),
      );
      return snapshot;
    },
    async get(secretId, label) {
      const secret = secrets.get(secretId);
      const versionId = secret?.labels.get(label);
      const text = versionId === undefined ? undefined : secret?.versions.get(versionId);
      return versionId === undefined || text === undefined ? undefined : { versionId, text };
    },
    async put({ secretId, clientRequestToken, text, label = 'AWSCURRENT' }) {
      if (clientRequestToken === '' || clientRequestToken.length > 64)
        throw new RefreshError('secret_store_failed', 'a ClientRequestToken has 32 to 64 characters');
      const { versions, labels } = secrets.get(secretId) ?? { versions: new Map(), labels: new Map() };
      secrets.set(secretId, { versions, labels });
      const known = versions.get(clientRequestToken);
      if (known !== undefined) return known === text ? 'written' : 'taken';
      snapshot = undefined;
      const stages = new Set(versions.size === 0 ? [label, 'AWSCURRENT'] : [label]);
      versions.set(clientRequestToken, text);
      for (const stage of stages) {
        const before = labels.get(stage);
        if (stage === 'AWSCURRENT' && before !== undefined) labels.set('AWSPREVIOUS', before);
        labels.set(stage, clientRequestToken);
        moves.push({ secretId, label: stage, text, byLabel: label });
      }
      return 'written';
    },
  };
}
