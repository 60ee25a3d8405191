/** Lambda's limit on a function's name. */
export const longestFunctionName = 64;

/** The name of a stage's function, e.g. `zoho-token-refresher` for the prefix `zoho`: what the command line invokes. */
export function functionNameOf(secretPrefix: string): string {
  return `${secretPrefix.replace(/[^A-Za-z0-9_]+/g, '-')}-token-refresher`;
}
