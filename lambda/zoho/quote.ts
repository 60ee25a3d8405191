import type { SecretText } from '../secret-text.ts';

/** As much of Zoho's text as an alert can bear. */
const longestQuoteCharacters = 120;
/** A run this long that also stands in a secret is treated as a piece of it. */
const tellingPieceCharacters = 8;

/**
 * Quotes text that Zoho sent so that it can be logged and mailed: at most 120 printable characters. Error pages have
 * been seen to echo the request, so every piece of its secrets and everything that looks like a token is masked.
 */
export function quote(text: string, secrets: readonly SecretText[]): string {
  const start = text.slice(0, 4 * longestQuoteCharacters);
  // Tokens first, whole or cut, by what they are made of: one that is new stands in no secret of the request.
  const masked = maskPieces(start.replace(/[0-9a-f.]{10,}/gi, '***'), secrets);
  const plain = masked.replace(/[^!#-~]+/g, ' ').trim();
  return `"${plain.length > longestQuoteCharacters ? `${plain.slice(0, longestQuoteCharacters - 3)}...` : plain}"`;
}

function maskPieces(text: string, secrets: readonly SecretText[]): string {
  const hidden = new Set<number>();
  for (let start = 0; start + tellingPieceCharacters <= text.length; start += 1) {
    const piece = text.slice(start, start + tellingPieceCharacters);
    if (secrets.some((secret) => secret.reveal().includes(piece))) {
      for (let index = start; index < start + tellingPieceCharacters; index += 1) hidden.add(index);
    }
  }
  return [...text.split('')].map((character, index) => (hidden.has(index) ? '*' : character)).join('');
}
