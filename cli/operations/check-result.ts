import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { SecretText } from '../../lambda/secret-text.ts';

/** The guide's three operations. */
export const operationTitles = {
  transfer: 'Chat Transfer',
  closure: 'Chat Closure',
  callback: 'Callback Creation',
} as const;
export type Operation = keyof typeof operationTitles;

/** What became of one operation. */
export type CheckResult = {
  readonly operation: Operation;
  /** `null` if no connection covers the operation. */
  readonly connection: string | null;
  readonly passed: boolean;
  /** What was proved, or what is wrong. */
  readonly reason: string;
  readonly fix: string | null;
  /** What was not proved, or is left behind. */
  readonly notes: readonly string[];
};

/** A connection with its stored token, which has not expired. */
export type Ready = {
  readonly connection: Connection;
  readonly accessToken: SecretText;
  /** `undefined` if Zoho named none. */
  readonly scopes: readonly string[] | undefined;
};

/** What is wrong, and how it ends: thrown by the steps of a check, and made a {@link CheckResult} by the check. */
export class CheckFault extends Error {
  override readonly name = 'CheckFault';
  readonly fix: string;
  constructor(reason: string, fix: string) {
    super(reason);
    this.fix = fix;
  }
}
