/** Where a token secret is read from. */
export type SecretSource = {
  /**
   * Gives the value of the secret under a staging label: `AWSCURRENT` for the token, `INCIDENT` for the record.
   *
   * @param isPastCache - Whether a cache between here and Secrets Manager must be passed by.
   * @returns `undefined` if the secret or the label does not exist.
   * @throws Error without any part of the value in it.
   */
  read(label: 'AWSCURRENT' | 'INCIDENT', isPastCache: boolean): Promise<SecretValue | undefined>;
};

/** A value, and whether it may be older than what Secrets Manager holds now. */
export type SecretValue = { readonly text: string; readonly isCached: boolean };

/** Words of the SDK itself, about this process alone: they quote nothing that was received. */
const ownWords = /^(Region is missing|Could not load credentials from any providers)\b/;

/**
 * A fault of the SDK, or of a connection, reduced to what may be printed.
 *
 * The SDK hangs whole answers on its errors and quotes bodies that it cannot parse, and such a body may be a token. Kept
 * are AWS's own refusals (with `$fault`), which say only who may not do what to which secret, the SDK's words about a
 * missing Region or missing credentials, and the codes of the system, e.g. ENOTFOUND. A missing SDK is asked for by the
 * line that installs it.
 */
export function printableFault(doing: string, fault: unknown): Error {
  if (!(fault instanceof Error)) return new Error(`${doing}: something that is not an error object`);
  const [, missing] = /^Cannot find (?:module|package) '(@aws-sdk\/[a-z-]+)'/.exec(fault.message) ?? [];
  if (missing !== undefined) return new Error(`${doing}: ${missing} is missing: npm install ${missing}`);
  const isRefusal = '$fault' in fault && fault.name !== 'SyntaxError';
  const words = isRefusal || ownWords.test(fault.message) ? `: ${fault.message}` : '';
  return new Error(`${doing}: ${[fault.name, ...systemCodes(fault)].join(' ')}${words}`);
}

/** `code` of an error, its causes and the errors that it is made of, each once. */
function systemCodes(fault: Error, depth = 0): string[] {
  const { code, cause, errors } = fault as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])].filter((each) => each instanceof Error);
  const deeper = depth < 3 ? inner.flatMap((each) => systemCodes(each, depth + 1)) : [];
  const own = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? [code] : [];
  return [...new Set([...own, ...deeper])];
}

/** The Region of the environment, with either name; `undefined` leaves it to the SDK, which knows the profile's. */
export function environmentRegion({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: fallback,
}: Readonly<Record<string, string | undefined>>): { region?: string } {
  const found = region || fallback;
  return found ? { region: found } : {};
}
