import { createHash } from 'node:crypto';
import { putVersion, type SecretVersion } from './stored-versions.ts';

/** A secret with all its versions, in order of creation. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdDate: Date;
  lastChangedDate: Date;
  /** Set while the secret waits out its recovery window. */
  deletedDate?: Date;
  versions: SecretVersion[];
}

/** Account and Region of the stand-in's secrets, as they show in ARNs. */
const arnPrefix = 'arn:aws:secretsmanager:ap-south-1:111122223333:secret:';

/**
 * Makes a secret with an ARN of its own.
 *
 * @param serial - Counts the secrets made: one that is made again under an old name gets another ARN, as at AWS.
 * @param first - The first version, which becomes AWSCURRENT; a secret may have none.
 */
export function newSecret(
  name: string,
  serial: number,
  first: { versionId: string; secretString: string } | undefined,
  createdDate: Date,
): Secret {
  const suffix = createHash('sha256').update(`${name}#${serial}`).digest('hex').slice(0, 6);
  return {
    name,
    arn: `${arnPrefix}${name}-${suffix}`,
    createdDate,
    lastChangedDate: createdDate,
    versions: first ? putVersion([], { ...first, createdDate }, []) : [],
  };
}
