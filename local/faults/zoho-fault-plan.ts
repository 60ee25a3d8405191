import { FaultPlan } from '../wire/fault-plan.ts';
import { fingerprint } from '../zoho/made-up.ts';
import { type ActiveFault, asActiveFault, type Fault, type FaultPlace, faultNames, zohoFaults } from './zoho-faults.ts';

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
type SetFault = FaultScope & { readonly fault: Fault };

/** What is known about a request when its faults are looked up. */
type FaultTarget = {
  host: string;
  path: string;
  plays: string;
  isToken: boolean;
  clientId?: string | undefined;
  refreshToken?: string | undefined;
};

/** The faults of Zoho that are switched on. */
export class ZohoFaults {
  readonly #plan = new FaultPlan<SetFault, FaultTarget>(applies);

  /** Switches a fault on, in place of the same fault with the same scope; throws for an unknown name or argument. */
  set(fault: Fault, scope: FaultScope = {}): void {
    const { name, argument } = asActiveFault(fault);
    if (!Object.hasOwn(zohoFaults, name))
      throw new Error(`unknown fault ${fault}, expected one of ${faultNames.join(', ')}`);
    const { argument: pattern } = zohoFaults[name];
    if (pattern && !pattern.test(argument)) throw new Error(`fault ${name} needs an argument like ${pattern}`);
    if (!pattern && argument) throw new Error(`fault ${name} takes no argument, found ${argument}`);
    const keyOf = (one: SetFault) => JSON.stringify({ ...one, times: 0 });
    const wanted = { ...scope, fault };
    this.#plan.set(wanted, (other) => keyOf(other) === keyOf(wanted));
  }

  /** Switches every fault off. */
  clear(): void {
    this.#plan.clear();
  }

  /** What is switched on, how often it has happened, and no secret: a refresh token by its fingerprint. */
  list(): {
    fault: Fault;
    scope: Omit<FaultScope, 'refreshToken'> & { refreshTokenTail?: string };
    hits: number;
  }[] {
    return this.#plan.list().map(({ rule: { fault, refreshToken, ...scope }, hits }) => ({
      fault,
      scope: refreshToken ? { ...scope, refreshTokenTail: fingerprint(refreshToken) } : scope,
      hits,
    }));
  }

  /** The faults that happen to this request, in the order in which they were set; each counts as one time. */
  take(target: FaultTarget): ActiveFault[] {
    return this.#plan.take(target).map(({ fault }) => asActiveFault(fault));
  }
}

function applies({ fault, ...scope }: SetFault, target: FaultTarget): boolean {
  return (
    isInPlace(zohoFaults[asActiveFault(fault).name].strikes, scope, target) &&
    (scope.host === undefined || scope.host === '*' || scope.host === target.host) &&
    (scope.path === undefined || target.path.startsWith(scope.path)) &&
    (scope.clientId === undefined || scope.clientId === target.clientId) &&
    (scope.refreshToken === undefined || scope.refreshToken === target.refreshToken)
  );
}

function isInPlace(place: FaultPlace, { host, path }: FaultScope, target: FaultTarget): boolean {
  if (place === 'any') return target.isToken || host !== undefined || path !== undefined;
  if (place === 'consent') return target.plays === 'accounts' && !target.isToken;
  return place === 'token' ? target.isToken : place === target.plays;
}
