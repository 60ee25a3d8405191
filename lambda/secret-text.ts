/**
 * A secret that cannot be printed by accident: every way to text gives `[secret]`.
 *
 * Search for `.reveal()` to see the few places where one is opened.
 */
export class SecretText {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  /** The secret itself: only for the request or the secret store that needs it. */
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
