import { createHash } from 'node:crypto';
import { AwsError } from './aws-error.ts';

/** One version of a secret, with its labels in alphabetical order; label-less ones stay until they are pruned. */
export type SecretVersion = {
  readonly versionId: string;
  readonly secretString: string;
  readonly createdDate: Date;
  readonly stages: readonly string[];
};

/** A secret with all its versions, in order of creation. */
type Secret = {
  readonly name: string;
  readonly arn: string;
  readonly createdDate: Date;
  lastChangedDate: Date;
  /** Set while the secret waits out its recovery window. */
  deletedDate?: Date | undefined;
  versions: readonly SecretVersion[];
};

// Refusals of Secrets Manager, recorded against AWS except where a comment says otherwise.
const notFound = (text: string) => new AwsError('ResourceNotFoundException', text);
const exists = (text: string) => new AwsError('ResourceExistsException', text);
const badRequest = (text: string) => new AwsError('InvalidRequestException', text);

/** Account and Region of the stand-in's secrets, as they show in ARNs. */
const arnPrefix = 'arn:aws:secretsmanager:ap-south-1:111122223333:secret:';
/** The most labels that one secret can have. */
const stagesPerSecret = 20;
/** Above this many versions, label-less ones are pruned. */
const versionsKept = 100;
/** No version younger than a day is ever pruned. */
const pruneAgeMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Keeps secrets the way Secrets Manager keeps them: versions, labels and the refusals that follow from them.
 *
 * No HTTP and no clock; each operation happens at once and whole, so that overlapping requests take turns.
 */
export class SecretsStore {
  readonly #secrets = new Map<string, Secret>();

  /** All versions in order of creation, whatever the state of the secret; none if it does not exist. */
  versions(name: string): readonly SecretVersion[] {
    return this.#secrets.get(name)?.versions ?? [];
  }

  /** The secret by name or by ARN; a deleted one is found, too. */
  find(secretId: string): Secret {
    const secret = this.#secrets.get(secretId) ?? [...this.#secrets.values()].find(({ arn }) => arn === secretId);
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
    return secret;
  }

  /** Makes a secret; without a first version if none is given. */
  create(name: string, first: { versionId: string; secretString: string } | undefined, now: number): void {
    if (this.#secrets.has(name)) throw exists(`The operation failed because the secret ${name} already exists.`);
    const suffix = createHash('sha256').update(`${name} ${now}`).digest('hex').slice(0, 6);
    const createdDate = new Date(now);
    this.#secrets.set(name, {
      name,
      arn: `${arnPrefix}${name}-${suffix}`,
      createdDate,
      lastChangedDate: createdDate,
      versions: first ? putVersion([], { ...first, createdDate }, []) : [],
    });
  }

  /** Adds a version; if the very same one is there already, nothing changes, labels included. No label is AWSCURRENT. */
  put(secretId: string, versionId: string, secretString: string, stages: string[], now: number): SecretVersion {
    const secret = this.#findUsable(secretId);
    const existing = secret.versions.find((each) => each.versionId === versionId);
    if (existing?.secretString === secretString) return existing;
    if (existing)
      throw exists(
        `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`,
      );
    const version = { versionId, secretString, createdDate: new Date(now) };
    const versions = putVersion(secret.versions, version, stages);
    // A documented quota; the text is not recorded.
    if (versions.flatMap((each) => each.stages).length > stagesPerSecret)
      throw new AwsError('LimitExceededException', `A secret can have at most ${stagesPerSecret} staging labels.`);
    secret.versions = pruneVersions(versions, now);
    secret.lastChangedDate = new Date(now);
    return this.get(secretId, versionId, undefined);
  }

  /** The version with that id and that label; AWSCURRENT if neither is given. */
  get(secretId: string, versionId: string | undefined, stage: string | undefined): SecretVersion {
    const { versions } = this.#findUsable(secretId);
    const label = stage ?? 'AWSCURRENT';
    const [version, what] =
      versionId === undefined
        ? [findStage(versions, label), `staging label: ${label}`]
        : [versions.find((each) => each.versionId === versionId), `VersionId: ${versionId}`];
    if (!version) throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
    if (stage !== undefined && !version.stages.includes(stage))
      throw badRequest('You provided a VersionStage that is not associated to the provided VersionId.');
    return version;
  }

  /** Moves a label to a version by hand. */
  moveStage(secretId: string, stage: string, versionId: string, now: number): void {
    const secret = this.#findUsable(secretId);
    secret.versions = moveStage(secret.versions, stage, versionId);
    secret.lastChangedDate = new Date(now);
  }

  /** Marks a secret for deletion, or takes the mark back. */
  scheduleDeletion(name: string, date: Date | undefined): void {
    this.find(name).deletedDate = date;
  }

  /** Forgets a secret altogether. */
  remove(name: string): void {
    this.#secrets.delete(name);
  }

  #findUsable(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret.deletedDate)
      throw badRequest("You can't perform this operation on the secret because it was marked for deletion.");
    return secret;
  }
}

/** Gives a secret's versions after a new one was put; the first always becomes AWSCURRENT, whatever its labels. */
function putVersion(
  versions: readonly SecretVersion[],
  version: Omit<SecretVersion, 'stages'>,
  stages: readonly string[],
): readonly SecretVersion[] {
  const labels = new Set(stages.length === 0 ? ['AWSCURRENT'] : stages);
  if (versions.length === 0) labels.add('AWSCURRENT');
  let after: readonly SecretVersion[] = [...versions, { ...version, stages: [] }];
  for (const label of labels) after = moveStage(after, label, version.versionId);
  return after;
}

/**
 * Moves a label to a version, away from any other.
 *
 * When AWSCURRENT leaves a version, AWSPREVIOUS follows it there; all other labels of that version stay.
 */
function moveStage(versions: readonly SecretVersion[], stage: string, to: string): SecretVersion[] {
  const left = findStage(versions, stage);
  const after = versions.map((each) => {
    if (each.versionId !== to && each !== left) return each;
    const others = each.stages.filter((other) => other !== stage);
    return { ...each, stages: each.versionId === to ? [...others, stage].sort() : others };
  });
  if (stage !== 'AWSCURRENT' || !left || left.versionId === to) return after;
  return moveStage(after, 'AWSPREVIOUS', left.versionId);
}

function findStage(versions: readonly SecretVersion[], stage: string): SecretVersion | undefined {
  return versions.find(({ stages }) => stages.includes(stage));
}

/** Drops the oldest label-less versions above 100 in all, but none that is younger than 24 hours. */
function pruneVersions(versions: readonly SecretVersion[], now: number): readonly SecretVersion[] {
  let excess = versions.length - versionsKept;
  return versions.filter(({ stages, createdDate }) => {
    const isKept = excess <= 0 || stages.length > 0 || now - createdDate.getTime() < pruneAgeMilliseconds;
    if (!isKept) excess -= 1;
    return isKept;
  });
}
