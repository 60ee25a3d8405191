/** A refusal in the words of AWS. Its message never holds a secret's value. */
export class AwsError extends Error {
  /** HTTP status of the answer. */
  readonly status: number;

  /**
   * @param name - Error name as the service sends it, e.g. `ResourceNotFoundException`; in SNS the code, e.g. `NotFound`.
   * @param message - The service's own text.
   * @param status - 400 for nearly everything, even for what is not found in Secrets Manager.
   */
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/**
 * Carries something out and gives its result, or the refusal that it threw.
 *
 * Anything else that is thrown is a fault of the stand-in itself and is passed on.
 *
 * @param action - What to carry out, e.g. one operation on the store.
 */
export function attempt<Result>(action: () => Result): Result | AwsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
