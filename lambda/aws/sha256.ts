import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

/** What the SDK makes a signing key of. */
type Secret = string | ArrayBuffer | ArrayBufferView;

/**
 * SHA-256, or its HMAC where there is a secret, for the SDK's signatures.
 *
 * The SDK's own class hands each key to Node as bytes. To find out that bytes are no key object, Node makes an error with
 * its stack and drops it: twenty times in a cold start.
 */
export class Sha256 {
  readonly #secret: Secret | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Secret) {
    this.#secret = secret;
    this.#hash = startHash(secret);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = startHash(this.#secret);
  }
}

function startHash(secret: Secret | undefined): Hash | Hmac {
  if (!secret) return createHash('sha256');
  return createHmac('sha256', typeof secret === 'string' ? createSecretKey(secret, 'utf8') : keyOf(secret));
}

function keyOf(secret: ArrayBuffer | ArrayBufferView): KeyObject {
  if (!ArrayBuffer.isView(secret)) return createSecretKey(new Uint8Array(secret));
  return createSecretKey(new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength));
}
