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
interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdDate: Date;
  lastChangedDate: Date;
  /** Set while the secret waits out its recovery window. */
  deletedDate?: Date;
  versions: readonly SecretVersion[];
}

// Refusals of Secrets Manager, recorded against AWS except where a comment says otherwise.
const notFound = (text: string) => new AwsError('ResourceNotFoundException', text);
const exists = (text: string) => new AwsError('ResourceExistsException', text);
const badRequest = (text: string) => new AwsError('InvalidRequestException', text);
const badParameter = (text: string) => new AwsError('InvalidParameterException', text);

function valueNotFound(what: string): never {
  throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
}

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
  #created = 0;

  /** The secret of that name, whatever its state. */
  peek(name: string): Secret | undefined {
    return this.#secrets.get(name);
  }

  /** The secret by name, by ARN or by ARN without its last six characters; a deleted one is found, too. */
  find(secretId: string): Secret {
    const byArn = [...this.#secrets.values()].find(
      (each) => secretId === each.arn || secretId === each.arn.slice(0, -'-abcdef'.length),
    );
    const secret = byArn ?? this.#secrets.get(secretId);
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
    return secret;
  }

  /** Makes a secret; without a first version where none is given. */
  create(name: string, first: { versionId: string; secretString: string } | undefined, now: number): Secret {
    const existing = this.#secrets.get(name);
    if (existing?.deletedDate)
      throw badRequest(
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (existing) {
      const isRepeated = existing.versions.some(
        (each) => each.versionId === first?.versionId && each.secretString === first.secretString,
      );
      if (isRepeated) return existing;
      throw exists(`The operation failed because the secret ${name} already exists.`);
    }
    this.#created += 1;
    // One that is made again under an old name gets another ARN, as at AWS.
    const suffix = createHash('sha256').update(`${name}#${this.#created}`).digest('hex').slice(0, 6);
    const createdDate = new Date(now);
    const secret: Secret = {
      name,
      arn: `${arnPrefix}${name}-${suffix}`,
      createdDate,
      lastChangedDate: createdDate,
      versions: first ? putVersion([], { ...first, createdDate }, []) : [],
    };
    this.#secrets.set(name, secret);
    return secret;
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
    this.#change(secret, putVersion(secret.versions, version, stages), now);
    secret.versions = pruneVersions(secret.versions, now);
    return this.get(secretId, versionId, undefined);
  }

  /** The version with that id and that label; AWSCURRENT where neither is given. */
  get(secretId: string, versionId: string | undefined, stage: string | undefined): SecretVersion {
    const { versions } = this.#findUsable(secretId);
    if (versionId === undefined) {
      const label = stage ?? 'AWSCURRENT';
      return findStage(versions, label) ?? valueNotFound(`staging label: ${label}`);
    }
    const version = versions.find((each) => each.versionId === versionId) ?? valueNotFound(`VersionId: ${versionId}`);
    if (stage !== undefined && !version.stages.includes(stage))
      throw badRequest('You provided a VersionStage that is not associated to the provided VersionId.');
    return version;
  }

  /** Moves a label, or takes it off: a compare-and-swap, since `from` must name where it is, unless it is nowhere else. */
  moveStage(secretId: string, stage: string, from: string | undefined, to: string | undefined, now: number): void {
    const secret = this.#findUsable(secretId);
    const { versions } = secret;
    const holder = findStage(versions, stage)?.versionId;
    // Only the text about an empty RemoveFromVersionId is recorded.
    if (to === undefined && from === undefined)
      throw badParameter('You must provide RemoveFromVersionId, MoveToVersionId or both.');
    if (to === undefined && stage === 'AWSCURRENT')
      throw badParameter("You can't remove the staging label AWSCURRENT, you can only move it.");
    if (to !== undefined) this.get(secretId, to, undefined);
    if (from === undefined && holder !== undefined && holder !== to)
      throw badParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    if (from !== undefined && from !== holder)
      throw badParameter(`The staging label ${stage} is not attached to the version given in RemoveFromVersionId.`);
    this.#change(secret, moveStage(versions, stage, to), now);
  }

  /** Marks a secret for deletion, or takes the mark back. */
  scheduleDeletion(name: string, date: Date | undefined): void {
    const secret = this.find(name);
    if (date) secret.deletedDate = date;
    else delete secret.deletedDate;
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

  #change(secret: Secret, versions: readonly SecretVersion[], now: number): void {
    // A documented quota; the text is not recorded.
    if (versions.flatMap(({ stages }) => stages).length > stagesPerSecret)
      throw new AwsError('LimitExceededException', `A secret can have at most ${stagesPerSecret} staging labels.`);
    secret.versions = versions;
    secret.lastChangedDate = new Date(now);
  }
}

/**
 * Gives a secret's versions after a new one was put.
 *
 * The first version always becomes AWSCURRENT, whatever its labels. A version that a Put replaces as AWSCURRENT also
 * loses AWSPENDING (recorded); its other labels stay.
 */
function putVersion(
  versions: readonly SecretVersion[],
  version: Omit<SecretVersion, 'stages'>,
  stages: readonly string[],
): readonly SecretVersion[] {
  const labels = new Set(stages.length === 0 ? ['AWSCURRENT'] : stages);
  if (versions.length === 0) labels.add('AWSCURRENT');
  const replaced = labels.has('AWSCURRENT') ? findStage(versions, 'AWSCURRENT') : undefined;
  const before = replaced?.stages.includes('AWSPENDING') ? moveStage(versions, 'AWSPENDING', undefined) : versions;
  let after: readonly SecretVersion[] = [...before, { ...version, stages: [] }];
  for (const label of labels) after = moveStage(after, label, version.versionId);
  return after;
}

/**
 * Moves a label to a version, away from any other; without one it is taken off.
 *
 * Where AWSCURRENT leaves a version, AWSPREVIOUS follows it there; all other labels of that version stay.
 */
function moveStage(versions: readonly SecretVersion[], stage: string, to: string | undefined): SecretVersion[] {
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
function pruneVersions(versions: readonly SecretVersion[], now: number): SecretVersion[] {
  let excess = versions.length - versionsKept;
  return versions.filter(({ stages, createdDate }) => {
    const isKept = excess <= 0 || stages.length > 0 || now - createdDate.getTime() < pruneAgeMilliseconds;
    if (!isKept) excess -= 1;
    return isKept;
  });
}
