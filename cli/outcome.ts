/** What a command has to say at its end; the program prints the lines, or the JSON if that was asked for. */
export type Outcome = {
  /** Whether everything is fine: decides between exit code 0 and 1. */
  readonly isFine: boolean;
  readonly lines: readonly string[];
  /** No secret in it, ever. */
  readonly json: Readonly<Record<string, unknown>>;
};
