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
export function partsOfScope(scope: string): { resource: string; verb: string } {
  const dot = scope.lastIndexOf('.');
  return { resource: scope.slice(0, dot).toLowerCase(), verb: scope.slice(dot + 1).toUpperCase() };
}
