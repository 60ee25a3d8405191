/** Where `authorize` waits for the answer of a consent page unless an option says otherwise. */
export const defaultCallbackPort = 8765;

/** The redirect URI of a port, as it must stand in Zoho's API console, letter for letter (RFC 8252 §7.3). */
export function callbackAddress(port: number): string {
  return `http://localhost:${port}/callback`;
}
