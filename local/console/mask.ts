/** Shows a token's prefix and last four characters, e.g. `1005.…9f3c`; `…` for anything else. */
export function shortenToken(token: string): string {
  const shape = /^(\d{4}\.).{16,}(\w{4})$/.exec(token);
  return shape === null ? '…' : `${shape[1]}…${shape[2]}`;
}

/** Whatever looks like a token, a client secret or a grant code: 24 hex digits are in no other text of the page. */
const secretShapes = /(?:\d{4}\.)?[0-9a-f]{24,}(?:\.[0-9a-f]{16,})?/gi;

/**
 * Masks everything in a text that looks like a secret.
 *
 * The bundle never writes one; this stands at the page's only exit all the same, so that a fault of the page or the
 * bundle shows as a masked word and not as a secret on a projector.
 */
export function maskSecrets(text: string): string {
  return text.replace(secretShapes, (found) => {
    const masked = shortenToken(found);
    return masked === '…' ? `…${found.slice(-4)}` : masked;
  });
}
