/** One version of a secret; label-less versions stay until they are pruned. */
export interface SecretVersion {
  readonly versionId: string;
  readonly secretString: string;
  readonly createdDate: Date;
  readonly stages: ReadonlySet<string>;
}

/** Above this many versions, label-less ones are pruned. */
const versionsKept = 100;
/** No version younger than a day is ever pruned. */
const pruneAgeMilliseconds = 24 * 60 * 60 * 1000;

/**
 * Gives a secret's versions after a new one was put.
 *
 * The first version always becomes AWSCURRENT, whatever its labels. A version that a Put replaces as AWSCURRENT also
 * loses AWSPENDING (recorded); its other labels stay.
 */
export function putVersion(
  versions: readonly SecretVersion[],
  version: Omit<SecretVersion, 'stages'>,
  stages: readonly string[],
): SecretVersion[] {
  const labels = new Set(stages.length === 0 ? ['AWSCURRENT'] : stages);
  if (versions.length === 0) labels.add('AWSCURRENT');
  const replaced = labels.has('AWSCURRENT') ? findStage(versions, 'AWSCURRENT') : undefined;
  let after: SecretVersion[] = [...versions, { ...version, stages: new Set<string>() }];
  for (const label of labels) after = attachStage(after, label, version.versionId);
  return after.map((each) => (each.versionId === replaced?.versionId ? without(each, 'AWSPENDING') : each));
}

/**
 * Moves a label to a version, away from any other.
 *
 * Where AWSCURRENT leaves a version, AWSPREVIOUS follows it there; all other labels of that version stay.
 */
export function attachStage(versions: readonly SecretVersion[], stage: string, versionId: string): SecretVersion[] {
  const left = findStage(versions, stage);
  const after = versions.map((each) => (each.versionId === versionId ? withStage(each, stage) : without(each, stage)));
  if (stage !== 'AWSCURRENT' || !left || left.versionId === versionId) return after;
  return attachStage(after, 'AWSPREVIOUS', left.versionId);
}

/** Takes a label off whatever version has it. */
export function detachStage(versions: readonly SecretVersion[], stage: string): SecretVersion[] {
  return versions.map((each) => without(each, stage));
}

/** Finds the version that has a label. */
export function findStage(versions: readonly SecretVersion[], stage: string): SecretVersion | undefined {
  return versions.find((each) => each.stages.has(stage));
}

/** Drops the oldest label-less versions above 100 in all, but none that is younger than 24 hours. */
export function pruneVersions(versions: readonly SecretVersion[], now: number): SecretVersion[] {
  let excess = versions.length - versionsKept;
  return versions.filter((each) => {
    const isKept = excess <= 0 || each.stages.size > 0 || now - each.createdDate.getTime() < pruneAgeMilliseconds;
    if (!isKept) excess -= 1;
    return isKept;
  });
}

/** A version's labels as the service lists them: in alphabetical order, and no list at all if it has none. */
export function listStages(version: SecretVersion): string[] | undefined {
  return version.stages.size === 0 ? undefined : [...version.stages].sort();
}

function withStage(version: SecretVersion, stage: string): SecretVersion {
  return { ...version, stages: new Set([...version.stages, stage]) };
}

function without(version: SecretVersion, stage: string): SecretVersion {
  if (!version.stages.has(stage)) return version;
  return { ...version, stages: new Set([...version.stages].filter((each) => each !== stage)) };
}
