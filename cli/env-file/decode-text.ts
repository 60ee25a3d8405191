/**
 * Text of a file, whatever the editor or shell saved it as: UTF-8, or UTF-16 as PowerShell's `>` writes it.
 *
 * @returns Without a byte-order mark; `undefined` if the bytes are not text.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no text has
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** By the byte-order mark, or else by the position of the zeros in ASCII text. */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && second !== undefined)) {
    return bytes.length % 2 === 0 ? 'utf-16be' : 'utf-8';
  }
  return 'utf-8';
}
