/** A secret that cannot be printed by accident: `.reveal()` alone opens it. */
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
