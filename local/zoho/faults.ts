import { type Fault, type FaultName, type FaultPlace, faultNames, faultTable } from './fault-names.ts';
import { fingerprint } from './made-up.ts';

/** To which requests a fault happens; what is absent does not restrict. */
export type FaultScope = {
  /** One host, e.g. `desk.zoho.in`; `*` for all of them. */
  host?: string;
  /** Beginning of the path, e.g. `/api/v1/calls`. */
  path?: string;
  clientId?: string;
  refreshToken?: string;
  /** How often it happens; without it until cleared. */
  times?: number;
};

/** A fault as it meets one request. */
export type ActiveFault = { name: FaultName; argument: string };

/** What is known about a request when its faults are looked up. */
export type FaultTarget = {
  host: string;
  path: string;
  plays: 'accounts' | 'salesiq' | 'desk' | undefined;
  isToken: boolean;
  clientId?: string | undefined;
  refreshToken?: string | undefined;
};

/** The faults that are switched on. */
export class Faults {
  #set: { fault: Fault; scope: FaultScope; hits: number }[] = [];

  /** Switches a fault on, in place of the same fault with the same scope; throws for a name or argument that is none. */
  set(fault: Fault, scope: FaultScope = {}): void {
    const { name, argument } = split(fault);
    const [, pattern]: readonly [FaultPlace, RegExp?] = faultTable[name] ?? unknownFault(fault);
    if (pattern && !pattern.test(argument))
      throw new Error(`fault ${name} needs an argument like ${pattern}`);
    if (!pattern && argument) throw new Error(`fault ${name} takes no argument, found ${argument}`);
    const key = JSON.stringify([fault, { ...scope, times: 0 }]);
    this.#set = this.#set.filter(
      (other) => JSON.stringify([other.fault, { ...other.scope, times: 0 }]) !== key,
    );
    this.#set.push({ fault, scope, hits: 0 });
  }

  /** Switches every fault off. */
  clear(): void {
    this.#set = [];
  }

  /** What is switched on, how often it has happened, and no secret: a refresh token by its fingerprint. */
  list(): {
    fault: Fault;
    scope: Omit<FaultScope, 'refreshToken'> & { refreshTokenTail?: string };
    hits: number;
  }[] {
    return this.#set.map(({ fault, scope: { refreshToken, ...scope }, hits }) => ({
      fault,
      scope: refreshToken ? { ...scope, refreshTokenTail: fingerprint(refreshToken) } : scope,
      hits,
    }));
  }

  /** The faults that happen to this request, in the order in which they were set; each counts as one time. */
  take(target: FaultTarget): ActiveFault[] {
    const hit = this.#set.filter(({ fault, scope }) => applies(split(fault).name, scope, target));
    for (const one of hit) one.hits += 1;
    this.#set = this.#set.filter(({ scope, hits }) => hits < (scope.times ?? Number.POSITIVE_INFINITY));
    return hit.map(({ fault }) => split(fault));
  }
}

function split(fault: Fault): ActiveFault {
  const [name = '', ...argument] = fault.split(':');
  return { name: name as FaultName, argument: argument.join(':') };
}

function unknownFault(fault: string): never {
  throw new Error(`unknown fault ${fault}, expected one of ${faultNames.join(', ')}`);
}

function applies(name: FaultName, scope: FaultScope, target: FaultTarget): boolean {
  const place: FaultPlace = faultTable[name][0];
  const isInPlace =
    place === 'any'
      ? target.isToken || scope.host !== undefined || scope.path !== undefined
      : place === 'token'
        ? target.isToken
        : place === target.plays;
  return (
    isInPlace &&
    (scope.host === undefined || scope.host === '*' || scope.host === target.host) &&
    (scope.path === undefined || target.path.startsWith(scope.path)) &&
    (scope.clientId === undefined || scope.clientId === target.clientId) &&
    (scope.refreshToken === undefined || scope.refreshToken === target.refreshToken)
  );
}
