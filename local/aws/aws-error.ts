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
