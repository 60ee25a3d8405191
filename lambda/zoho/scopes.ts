import { services } from './services.ts';

/** Splits Zoho's `scope`: answers use spaces, requests use commas. */
export function splitScopes(scope: string): string[] {
  return scope.split(/[\s,]/).filter((part) => part !== '');
}

/**
 * The required scopes that nothing granted covers, in their own spelling. Zoho's own pages mix the case of scope names,
 * list some names that the consent page refuses, and let a wider scope stand for a narrower one.
 */
export function missingScopes(required: readonly string[], granted: readonly string[]): string[] {
  const held = new Set(granted.map((scope) => scope.toLowerCase()));
  return required.filter((scope) => !coveringScopes(scope).some((covering) => held.has(covering)));
}

/**
 * Every scope that covers a required one, in lower case: itself, its equivalents, their parents, and `.ALL` of each.
 * @param required - E.g. `Desk.calls.READ`, covered by `desk.activities.calls.read`, `desk.activities.all`, ...
 */
export function coveringScopes(required: string): string[] {
  const scope = required.toLowerCase();
  const equivalents = Object.values(services).flatMap((service) => service.equivalents?.(scope) ?? []);
  return [scope, ...equivalents].flatMap((name) => withParents(name).flatMap(withAll));
}

/** `desk.activities.calls.read` is also given by `desk.activities.read`; a service's name alone is not a scope. */
function withParents(scope: string): string[] {
  const parts = scope.split('.');
  if (parts.length <= 3) return [scope];
  return [scope, ...withParents([...parts.slice(0, -2), parts.at(-1)].join('.'))];
}

function withAll(scope: string): string[] {
  return [scope, scope.replace(/\.[^.]+$/, '.all')];
}
