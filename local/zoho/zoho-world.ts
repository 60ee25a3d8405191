import { madeUpToken } from './made-up.ts';
import { Throttle } from './throttle.ts';
import { type Grant, TokenRegistry } from './token-registry.ts';

/** What a user granted, waiting to be exchanged once. */
type GrantCode = Pick<Grant, 'client' | 'dataCenter' | 'scopes' | 'portal'> & {
  /** To which the code went; a self client's code has none. */
  redirectUri?: string;
  /** Whether the exchange gives a refresh token. */
  isOffline: boolean;
  expiresAt: number;
};

/** Everything that the stand-in remembers, handed to each endpoint. */
export type World = {
  registry: TokenRegistry;
  /** Grant codes that were not exchanged yet. */
  codes: Map<string, GrantCode>;
  throttle: Throttle;
  records: Records;
  /** Epoch milliseconds. */
  now: () => number;
};

/** A Zoho in which nothing has happened yet. */
export function createWorld(now: () => number): World {
  return {
    registry: new TokenRegistry(),
    codes: new Map(),
    throttle: new Throttle(),
    records: new Records(),
    now,
  };
}

/** Keeps a consent and returns the code that stands for it. */
export function addCode({ codes }: World, grantCode: GrantCode): string {
  const code = madeUpToken(grantCode.client.prefix);
  codes.set(code, grantCode);
  return code;
}

/** What the services keep, as lists: the chats of a portal, the calls of an organisation. */
export class Records {
  readonly #lists = new Map<string, unknown[]>();

  /** The list of that kind and owner, oldest first; it can be added to. */
  of<One>(...key: readonly string[]): One[] {
    const name = key.join('/');
    const list = this.#lists.get(name) ?? [];
    this.#lists.set(name, list);
    return list as One[];
  }
}
