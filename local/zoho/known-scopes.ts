import type { Prefix } from './made-up.ts';
import { services } from './services.ts';

const all = Object.values(services);

/** True if the consent page would accept the scope; `Desk.departments.READ` is the one that people expect. */
export function scopeExists(scope: string): boolean {
  return /^aaaserver\.profile\.read$/i.test(scope) || all.some(({ scopes }) => scopes.test(scope));
}

/** What is wrong with the scopes; `undefined` if they can be granted together: an organisation grants one app at a time. */
export function scopeFault(scopes: readonly string[], prefix: Prefix): string | undefined {
  if (scopes.length === 0 || !scopes.every(scopeExists)) return 'invalid_scope';
  const apps = new Set(scopes.map((scope) => scope.split('.')[0]?.toLowerCase()));
  return prefix === '1005.' && apps.size > 1 ? 'invalid_scope' : undefined;
}

/** The scope that Zoho really has for a name that only guides have, if anything near it is known. */
export function realScope(scope: string): string {
  return scopeExists(scope) ? scope : all.reduce((name, { correct }) => correct?.(name) ?? name, scope);
}

/** Every scope that does for a named one what the name says; `Desk.departments.READ` has equivalents only. */
export function equivalents(scope: string): string[] {
  const { resource, verb } = partsOfScope(scope);
  for (const { equivalents: known } of all) {
    const found = known?.[resource];
    if (found) return found.map((other) => `${other}.${verb}`);
  }
  return [realScope(scope)];
}

/**
 * Tells whether the scopes allow what any one of the needed scopes allows: `.ALL` counts for each verb, and a
 * parent such as `Desk.activities.READ` for `Desk.activities.calls.READ`. Case never counts.
 */
export function allows(held: readonly string[], anyOf: readonly string[]): boolean {
  return anyOf.some((needed) => held.some((scope) => covers(scope, needed)));
}

function covers(held: string, needed: string): boolean {
  const one = partsOfScope(held);
  const other = partsOfScope(needed);
  const isSameOrParent = other.resource === one.resource || other.resource.startsWith(`${one.resource}.`);
  return isSameOrParent && (one.verb === other.verb || one.verb === 'ALL');
}

/** `Desk.activities.calls.READ` is the verb `READ` on `desk.activities.calls`. */
function partsOfScope(scope: string): { resource: string; verb: string } {
  const dot = scope.lastIndexOf('.');
  return { resource: scope.slice(0, dot).toLowerCase(), verb: scope.slice(dot + 1).toUpperCase() };
}
