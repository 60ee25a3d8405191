import type { Connection } from '../../lambda/connections/read-connections.ts';
import { Refusal } from '../faults.ts';

/** Names that only guides have, and the scope of Zoho's that gives the same. Asking for one ends the consent at once. */
const realNames: Readonly<Record<string, string>> = { 'desk.departments.read': 'Desk.basic.READ' };

/** Families of scopes that do not exist, and what was meant. */
const unreal: readonly (readonly [pattern: RegExp, meant: string])[] = [
  [/^ZohoSalesIQ\./i, 'SalesIQ.'],
  [/^SalesIQ\.chats\./i, 'SalesIQ.conversations.'],
];

/**
 * The scopes to ask consent for: those of connections.json, optional ones too, under names that Zoho knows.
 *
 * @throws {@link Refusal} for a name that Zoho does not know and whose like no token could cover.
 */
export function consentScopes({ name, requiredScopes, optionalScopes }: Connection): string[] {
  const asked = [...requiredScopes, ...optionalScopes].map((scope) => {
    const [pattern, meant] = unreal.find(([unknown]) => unknown.test(scope)) ?? [];
    if (pattern !== undefined && meant !== undefined) {
      throw new Refusal(
        `Zoho has no scope ${scope}`,
        `write ${scope.replace(pattern, meant)} for ${name} in connections.json, and deploy it`,
      );
    }
    return realNames[scope.toLowerCase()] ?? scope;
  });
  return [...new Set(asked)];
}
