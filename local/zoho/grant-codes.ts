import type { DataCenter } from '../../lambda/connections/data-centers.ts';
import type { Client, Portal } from './grants.ts';
import { madeUpToken } from './made-up.ts';

/** A grant code of the consent page lives two minutes. */
export const codeLifeSeconds = 120;

/** What a user granted, waiting to be exchanged; a self client's code has no redirect URI. */
export type GrantCode = {
  client: Client;
  dataCenter: DataCenter;
  user: string;
  scopes: string[];
  portal: Portal;
  redirectUri?: string;
  /** Whether the exchange gives a refresh token. */
  isOffline: boolean;
  expiresAt: number;
};

/** Grant codes, each good for one exchange. */
export class GrantCodes {
  readonly #codes = new Map<string, GrantCode>();

  /** Keeps a consent and returns the code that stands for it. */
  add(grantCode: GrantCode): string {
    const code = madeUpToken(grantCode.client.prefix);
    this.#codes.set(code, grantCode);
    return code;
  }

  /** What the code stands for; `undefined` if it is unknown, used or expired. */
  read(code: string, at: number): GrantCode | undefined {
    const grantCode = this.#codes.get(code);
    return grantCode && at < grantCode.expiresAt ? grantCode : undefined;
  }

  /** Marks the code as used. */
  use(code: string): void {
    this.#codes.delete(code);
  }
}
