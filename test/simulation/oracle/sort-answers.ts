import type { Connection } from '../../../lambda/connections/read-connections.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import { allows, equivalents } from '../../../local/zoho/known-scopes.ts';

/** How Zoho's answers sort. */
export type Heard = 'issued' | 'operator' | 'throttle' | 'transient';

/** An answer of the token endpoint, sorted, with the failure codes that may be made of it. */
export type Sorted = { readonly heard: Heard; readonly codes: readonly string[] };

type Fields = Readonly<Record<string, unknown>>;

/** Sorts an answer of the token endpoint: by the table of faults, and an issued token by the configuration. */
export function sortTokenAnswer(
  judged: Judgement,
  fields: Fields | undefined,
  connection: Connection | undefined,
): Sorted {
  switch (judged) {
    case 'rate_limited':
      return { heard: 'throttle', codes: [judged] };
    case 'zoho_unavailable':
    case 'unexpected_response':
      return { heard: 'transient', codes: ['zoho_unavailable', 'unexpected_response'] };
    case 'nothing':
    case 'setting_mismatch':
    case 'prefix_mismatch':
    case 'scope_mismatch':
    case 'token_rejected': {
      const setting = judged === 'setting_mismatch' ? [judged] : [];
      const isFaulty = connection !== undefined && faultsOfAnswer(fields ?? {}, connection).length > 0;
      if (!isFaulty) return { heard: 'issued', codes: setting };
      return { heard: 'operator', codes: ['prefix_mismatch', 'scope_mismatch', ...setting] };
    }
    default:
      return { heard: 'operator', codes: [judged] };
  }
}

/** What is wrong with an issued token, as far as the answer itself says. */
export function faultsOfAnswer(fields: Fields, connection: Connection): string[] {
  const token = String(fields.access_token);
  const faults: string[] = [];
  if (!connection.tokenPrefixes.some((prefix) => token.startsWith(prefix))) faults.push('with a wrong prefix');
  if (typeof fields.scope === 'string' && fields.scope !== '') {
    const granted = fields.scope.split(/[\s,]+/);
    const missing = connection.requiredScopes.filter((scope) => !allows(granted, equivalents(scope)));
    if (missing.length > 0) faults.push(`without ${missing.join(' and ')}`);
  }
  return faults;
}
