import { FaultPlan } from '../wire/fault-plan.ts';
import type { LoggedRequest } from '../zoho/call.ts';
import { type ActiveFault, asActiveFault, type Fault, type FaultPlace, faultNames, zohoFaults } from './zoho-faults.ts';

/** To which requests a fault happens; what is absent does not restrict. */
export type FaultScope = {
  /** One host, e.g. `desk.zoho.in`. */
  host?: string;
  /** Beginning of the path, e.g. `/api/v1/calls`. */
  path?: string;
  clientId?: string;
  refreshToken?: string;
  /** How often it happens; without it until cleared. */
  times?: number;
};
type SetFault = FaultScope & ActiveFault & { readonly fault: Fault };

/** What is known about a request when its faults are looked up. */
type FaultTarget = {
  host: string;
  path: string;
  plays: string;
  isToken: boolean;
  clientId?: string | undefined;
  refreshToken?: string | undefined;
};

/** The faults of Zoho that are switched on; all that fit a request happen to it. */
export class ZohoFaults extends FaultPlan<SetFault, FaultTarget, LoggedRequest> {
  constructor() {
    super(applies);
  }

  /** Switches a fault on; throws for an unknown name or argument. */
  set(fault: Fault, scope: FaultScope = {}): void {
    const { name, argument } = asActiveFault(fault);
    if (!Object.hasOwn(zohoFaults, name))
      throw new Error(`unknown fault ${fault}, expected one of ${faultNames.join(', ')}`);
    const { argument: pattern } = zohoFaults[name];
    if (pattern && !pattern.test(argument)) throw new Error(`fault ${name} needs an argument like ${pattern}`);
    if (!pattern && argument) throw new Error(`fault ${name} takes no argument, found ${argument}`);
    this.add({ ...scope, fault, name, argument });
  }
}

function applies({ name, ...scope }: SetFault, target: FaultTarget): boolean {
  return (
    isInPlace(zohoFaults[name].strikes, scope, target) &&
    (['host', 'clientId', 'refreshToken'] as const).every((key) => (scope[key] ?? target[key]) === target[key]) &&
    target.path.startsWith(scope.path ?? '')
  );
}

function isInPlace(place: FaultPlace, { host, path }: FaultScope, target: FaultTarget): boolean {
  if (place === 'any') return target.isToken || host !== undefined || path !== undefined;
  if (place === 'consent') return target.plays === 'accounts' && !target.isToken;
  return place === 'token' ? target.isToken : place === target.plays;
}
