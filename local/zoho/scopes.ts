/** Which scopes exist, and what they allow (reference/zoho.md, section 7). Case never counts. */

const anyVerb = ['READ', 'CREATE', 'UPDATE', 'DELETE', 'ALL'];

/** Only what the reference names: the consent page refuses the rest, as Zoho refuses a scope that does not exist. */
const verbsOfResource: Record<string, readonly string[]> = {
  'salesiq.conversations': anyVerb,
  'salesiq.departments': anyVerb,
  'salesiq.apps': anyVerb,
  'salesiq.operators': anyVerb,
  'desk.tickets': anyVerb,
  'desk.basic': ['READ'],
  'desk.settings': anyVerb,
  'desk.calls': anyVerb,
  'desk.activities': anyVerb,
  'desk.activities.calls': anyVerb,
  'aaaserver.profile': ['READ'],
};

/** True if the consent page would accept the scope; `Desk.departments.READ` is the one that people expect. */
export function scopeExists(scope: string): boolean {
  const { resource, verb } = parts(scope);
  return verbsOfResource[resource]?.includes(verb) ?? false;
}

/**
 * The scope that Zoho really has for a name that only guides have.
 *
 * @returns The scope unchanged when it exists, or when nothing near it is known.
 */
export function realScope(scope: string): string {
  if (scopeExists(scope)) return scope;
  if (/^desk\.departments\.read$/i.test(scope)) return 'Desk.basic.READ';
  return scope.replace(/^ZohoSalesIQ\./i, 'SalesIQ.').replace(/^SalesIQ\.chats\./i, 'SalesIQ.conversations.');
}

/**
 * Tells whether the scopes allow what any one of the needed scopes allows: `.ALL` counts for each verb, and a
 * parent such as `Desk.activities.READ` for `Desk.activities.calls.READ`.
 *
 * @param held - Scopes of the token.
 * @param anyOf - Scopes of which one suffices, e.g. `['Desk.basic.READ', 'Desk.settings.READ']`.
 */
export function allows(held: readonly string[], anyOf: readonly string[]): boolean {
  return anyOf.some((needed) => held.some((scope) => covers(scope, needed)));
}

/** Every scope that does for a named one what the name says; `Desk.departments.READ` has equivalents only. */
export function equivalents(scope: string): string[] {
  const { resource, verb } = parts(scope);
  if (resource === 'desk.departments') return [`Desk.basic.${verb}`, `Desk.settings.${verb}`];
  if (resource === 'desk.calls') return [scope, `Desk.activities.calls.${verb}`];
  return [realScope(scope)];
}

function covers(held: string, needed: string): boolean {
  const one = parts(held);
  const other = parts(needed);
  const isSameOrParent = other.resource === one.resource || other.resource.startsWith(`${one.resource}.`);
  return isSameOrParent && (one.verb === other.verb || one.verb === 'ALL');
}

function parts(scope: string): { resource: string; verb: string } {
  const dot = scope.lastIndexOf('.');
  return { resource: scope.slice(0, dot).toLowerCase(), verb: scope.slice(dot + 1).toUpperCase() };
}
