import { AwsError } from './aws-error.ts';

/** Secrets Manager's refusals, text by text. Recorded against AWS, except where a comment says otherwise. */
export const refusals = {
  secretNotFound: () =>
    new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret."),

  /** @param what - `staging label: AWSPREVIOUS` or `VersionId: ...`. */
  valueNotFound: (what: string) =>
    new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${what}`,
    ),

  secretExists: (name: string) =>
    new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${name} already exists.`,
    ),

  tokenInUse: (token: string, arn: string) =>
    new AwsError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
    ),

  tokenMissing: () =>
    new AwsError(
      'InvalidRequestException',
      'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    ),

  stageNotOfVersion: () =>
    new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
    ),

  markedForDeletion: () =>
    new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    ),

  nameScheduledForDeletion: () =>
    new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    ),

  nameInvalid: () =>
    new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    ),

  removeFromMissing: (stage: string, holder: string) =>
    new AwsError(
      'InvalidParameterException',
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    ),

  /** Documented to fail; text not recorded. */
  removeFromWrong: (stage: string) =>
    new AwsError(
      'InvalidParameterException',
      `The staging label ${stage} is not attached to the version given in RemoveFromVersionId.`,
    ),

  /** Not documented; text not recorded. */
  nothingToMove: () =>
    new AwsError(
      'InvalidParameterException',
      'You must provide RemoveFromVersionId, MoveToVersionId or both.',
    ),

  /** Known from tools that work around it; text not recorded. */
  currentNotRemovable: () =>
    new AwsError(
      'InvalidParameterException',
      "You can't remove the staging label AWSCURRENT, you can only move it.",
    ),

  /** Documented quota; text not recorded. */
  tooManyStages: (most: number) =>
    new AwsError('LimitExceededException', `A secret can have at most ${most} staging labels.`),

  /** Documented to fail; text not recorded. */
  valueMissing: () =>
    new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.'),

  /**
   * The form of AWS's own messages on lengths; that for a value too long is recorded.
   *
   * @param member - As the service spells it in messages, e.g. `secretString`.
   */
  constraint: (member: string, constraint: string) =>
    new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${constraint}`,
    ),
};
