import { GrantCodes } from './grants.ts';
import { Throttle } from './throttle.ts';
import { TokenRegistry } from './token-registry.ts';

/** Everything that the stand-in remembers, handed to each endpoint. */
export type World = {
  registry: TokenRegistry;
  codes: GrantCodes;
  throttle: Throttle;
  records: Records;
  /** Epoch milliseconds. */
  now: () => number;
};

/** A Zoho in which nothing has happened yet. */
export function createWorld(now: () => number, throttleSilenceMilliseconds?: number): World {
  return {
    registry: new TokenRegistry(),
    codes: new GrantCodes(),
    throttle: new Throttle(throttleSilenceMilliseconds),
    records: new Records(),
    now,
  };
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
