import { createHash } from 'node:crypto';

/** One version of a secret, found by one of its staging labels. */
export type SecretVersion = { readonly versionId: string; readonly text: string };

/** The two calls to Secrets Manager on which all stands. Both throw RefreshError `secret_store_refused` or `_failed`. */
export type SecretVersions = {
  /** The version under a label, with no text if its value is binary; `undefined` if secret or label do not exist. */
  readonly get: (secretId: string, label: string) => Promise<SecretVersion | undefined>;
  /** Writes one version; `taken` when the ClientRequestToken is in use with other content. */
  readonly put: (version: {
    readonly secretId: string;
    readonly clientRequestToken: string;
    readonly text: string;
    /** Left out, the version becomes AWSCURRENT. */
    readonly label?: string;
  }) => Promise<'written' | 'taken'>;
};

/**
 * The ClientRequestToken, and so the VersionId, of the one version that may follow another under a label.
 * Secrets Manager refuses a token that is in use with other content: of two runs that follow the same version, one
 * writes. That is the only lock this system needs.
 * @param predecessor - VersionId that the write follows; `none` for the first.
 * @returns 64 hexadecimal digits.
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html | PutSecretValue}
 */
export function successorOf(secretId: string, label: string, predecessor: string | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify([secretId, label, predecessor ?? 'none']))
    .digest('hex');
}

/** What a secret holds before anything else: its first version becomes AWSCURRENT whatever its label. */
export const nothingStoredYet = 'nothing stored yet';

/** Writes a secret's first version and returns its VersionId. Two runs write the same, so the second changes nothing. */
export async function writeFirstVersion(versions: SecretVersions, secretId: string): Promise<string> {
  const clientRequestToken = successorOf(secretId, 'AWSCURRENT', undefined);
  await versions.put({ secretId, clientRequestToken, text: nothingStoredYet });
  return clientRequestToken;
}
