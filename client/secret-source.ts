/** Where a token secret is read from. */
export type SecretSource = {
  /**
   * Gives the value of the secret under a staging label.
   *
   * @param label - `AWSCURRENT` for the token, `INCIDENT` for the record.
   * @param isPastCache - Whether a cache between here and Secrets Manager must be passed by.
   * @returns `undefined` where the secret or the label does not exist.
   * @throws Error without any part of the value in it.
   */
  read(label: 'AWSCURRENT' | 'INCIDENT', isPastCache: boolean): Promise<SecretValue | undefined>;
};

/** A value, and whether it may be older than what Secrets Manager holds now. */
export type SecretValue = { readonly text: string; readonly isCached: boolean };

/**
 * A fault of the SDK, or of a connection, reduced to what may be printed.
 *
 * The SDK hangs whole answers on its errors and quotes bodies that it cannot parse, and such a body may be a token. AWS's
 * own refusals (with `$fault`) say only who may not do what to which secret: those words are kept.
 */
export function printableFault(doing: string, fault: unknown): Error {
  if (!(fault instanceof Error)) return new Error(`${doing}: a fault that is no error object`);
  const { code } = fault as { code?: unknown };
  const isRefusal = '$fault' in fault && fault.name !== 'SyntaxError';
  const words = isRefusal ? `: ${fault.message}` : typeof code === 'string' ? ` ${code}` : '';
  return new Error(`${doing}: ${fault.name}${words}`);
}
