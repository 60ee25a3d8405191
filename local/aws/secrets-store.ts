import { createHash } from 'node:crypto';
import { refusals } from './secrets-refusals.ts';
import {
  attachStage,
  detachStage,
  findStage,
  pruneVersions,
  putVersion,
  type SecretVersion,
} from './stored-versions.ts';

/** A secret with all its versions, in order of creation. */
interface Secret {
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

/** The most labels that one secret can have. */
const stagesPerSecret = 20;

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
    if (!secret) throw refusals.secretNotFound();
    return secret;
  }

  /** Makes a secret; without a first version where none is given. */
  create(name: string, first: { versionId: string; secretString: string } | undefined, now: number): Secret {
    const existing = this.#secrets.get(name);
    if (existing?.deletedDate) throw refusals.nameScheduledForDeletion();
    if (existing) {
      const isRepeated = existing.versions.some(
        (each) => each.versionId === first?.versionId && each.secretString === first.secretString,
      );
      if (isRepeated) return existing;
      throw refusals.secretExists(name);
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
    if (existing) throw refusals.tokenInUse(versionId, secret.arn);
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
      const version = findStage(versions, label);
      if (!version) throw refusals.valueNotFound(`staging label: ${label}`);
      return version;
    }
    const version = versions.find((each) => each.versionId === versionId);
    if (!version) throw refusals.valueNotFound(`VersionId: ${versionId}`);
    if (stage !== undefined && !version.stages.has(stage)) throw refusals.stageNotOfVersion();
    return version;
  }

  /** Moves a label, or takes it off: a compare-and-swap, since `from` must name where it is, unless it is nowhere else. */
  moveStage(secretId: string, stage: string, from: string | undefined, to: string | undefined, now: number): void {
    const secret = this.#findUsable(secretId);
    const { versions } = secret;
    const holder = findStage(versions, stage)?.versionId;
    if (to === undefined && from === undefined) throw refusals.nothingToMove();
    if (to === undefined && stage === 'AWSCURRENT') throw refusals.currentNotRemovable();
    if (to !== undefined) this.get(secretId, to, undefined);
    const isElsewhere = holder !== undefined && holder !== to;
    if (from === undefined && isElsewhere) throw refusals.removeFromMissing(stage, holder);
    if (from !== undefined && from !== holder) throw refusals.removeFromWrong(stage);
    const after = to === undefined ? detachStage(versions, stage) : attachStage(versions, stage, to);
    this.#change(secret, after, now);
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
    if (secret.deletedDate) throw refusals.markedForDeletion();
    return secret;
  }

  #change(secret: Secret, versions: SecretVersion[], now: number): void {
    const stages = new Set(versions.flatMap((each) => [...each.stages]));
    if (stages.size > stagesPerSecret) throw refusals.tooManyStages(stagesPerSecret);
    secret.versions = versions;
    secret.lastChangedDate = new Date(now);
  }
}
