import { AwsError } from './aws-error.ts';

const notFound = (text: string) => new AwsError('ResourceNotFoundException', text);
const exists = (text: string) => new AwsError('ResourceExistsException', text);
const badRequest = (text: string) => new AwsError('InvalidRequestException', text);
const badParameter = (text: string) => new AwsError('InvalidParameterException', text);
const invalid = (text: string) => new AwsError('ValidationException', text);

/** Secrets Manager's refusals, text by text. Recorded against AWS, except if a comment says otherwise. */
export const refusals = {
  secretNotFound: () => notFound("Secrets Manager can't find the specified secret."),
  /** @param what - `staging label: AWSPREVIOUS` or `VersionId: ...`. */
  valueNotFound: (what: string) => notFound(`Secrets Manager can't find the specified secret value for ${what}`),
  secretExists: (name: string) => exists(`The operation failed because the secret ${name} already exists.`),
  tokenInUse: (token: string, arn: string) =>
    exists(
      `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
    ),
  tokenMissing: () => badRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.'),
  stageNotOfVersion: () => badRequest('You provided a VersionStage that is not associated to the provided VersionId.'),
  markedForDeletion: () =>
    badRequest("You can't perform this operation on the secret because it was marked for deletion."),
  nameScheduledForDeletion: () =>
    badRequest("You can't create this secret because a secret with this name is already scheduled for deletion."),
  nameInvalid: () =>
    invalid('Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!'),
  removeFromMissing: (stage: string, holder: string) =>
    badParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    ),
  /** Documented to fail; text not recorded. */
  removeFromWrong: (stage: string) =>
    badParameter(`The staging label ${stage} is not attached to the version given in RemoveFromVersionId.`),
  /** Not documented; text not recorded. */
  nothingToMove: () => badParameter('You must provide RemoveFromVersionId, MoveToVersionId or both.'),
  /** Known from tools that work around it; text not recorded. */
  currentNotRemovable: () => badParameter("You can't remove the staging label AWSCURRENT, you can only move it."),
  /** Documented quota; text not recorded. */
  tooManyStages: (most: number) =>
    new AwsError('LimitExceededException', `A secret can have at most ${most} staging labels.`),
  /** Documented to fail; text not recorded. */
  valueMissing: () => badRequest('You must provide either SecretString or SecretBinary.'),
  /** The form of AWS's own messages on lengths; that for a value too long is recorded. */
  constraint: (member: string, constraint: string) =>
    invalid(
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must ${constraint}`,
    ),
};
