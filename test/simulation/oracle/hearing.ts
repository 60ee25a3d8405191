import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import type { FactOf } from '../world/facts.ts';
import type { Case } from './notebook.ts';
import { faultsOfAnswer, isWithoutCredentials } from './truth.ts';
import type { Heard } from './watch.ts';

/** Errors of Secrets Manager that only a person can end. */
const refusalsOfAws = [
  'AccessDeniedException',
  'DecryptionFailure',
  'EncryptionFailure',
  'InvalidRequestException',
  'ResourceNotFoundException',
];

/** What Zoho said to a run, and how the oracle sorts it. */
export function hearTokenAnswer(of: Case, { refreshToken, body = '', judged }: FactOf<'token answer'>): void {
  const { notes, run, deeds, watch } = of;
  const fields = parseObject(body) ?? {};
  const { heard, codes } = sortTokenAnswer(judged, fields, of.configured());
  deeds.hears = heard;
  deeds.refusalCodes = heard === 'operator' ? codes : [];
  watch.heard.add(heard);
  if (heard === 'throttle') watch.throttles.set(refreshToken, { at: of.now, run });
  of.hear(codes);
  const { access_token: token, refresh_token: given } = fields;
  if (typeof token === 'string') notes.answers.set(token, { run: run.id, fields });
  if (typeof given === 'string' && given !== refreshToken) deeds.newRefreshToken = given;
}

/** Sorts an answer of the token endpoint: by the table of faults, and an issued token by the configuration. */
function sortTokenAnswer(
  judged: Judgement,
  fields: Readonly<Record<string, unknown>>,
  connection: Connection | undefined,
): { heard: Heard; codes: readonly string[] } {
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
      const isFaulty = connection !== undefined && faultsOfAnswer(fields, connection).length > 0;
      if (!isFaulty) return { heard: 'issued', codes: setting };
      return { heard: 'operator', codes: ['prefix_mismatch', 'scope_mismatch', ...setting] };
    }
    default:
      return { heard: 'operator', codes: [judged] };
  }
}

/** What a service said about a token: that it is dead, lacks a scope, or that a setting is wrong. */
export function hearProbeAnswer(of: Case, { accessToken, judged, isAccepted }: FactOf<'probe answer'>): void {
  const { notes, run, deeds } = of;
  const isRejection = judged === 'token_rejected';
  const isNew = notes.answers.get(accessToken)?.run === run.id;
  const isFirst = isNew && isRejection && !notes.refused.has(accessToken);
  if (judged !== 'nothing') of.hear([judged]);
  if (!isRejection && judged !== 'scope_mismatch') {
    // The second answer about a new token may take the first one back.
    if (isNew && isAccepted) notes.refused.delete(accessToken);
    return;
  }
  notes.refused.set(accessToken, run);
  of.hear(['unexpected_response']);
  of.watch.heard.add(isFirst ? 'transient' : 'operator');
  if (isFirst) deeds.hears = 'transient';
  else if (isNew) {
    // Of a new token it is as good as a refusal of Zoho's.
    deeds.hears = 'operator';
    deeds.refusalCodes = [judged];
  } else if (isRejection) deeds.hasFoundDead = true;
}

/** What Secrets Manager refused or did not do. */
export function hearStoreFailure(of: Case, { operation, label, name }: FactOf<'store failed'>): void {
  const { deeds } = of;
  of.hear([refusalsOfAws.includes(name) ? 'secret_store_refused' : 'secret_store_failed']);
  if (label === 'INCIDENT' && operation === 'GetSecretValue') deeds.isRecordUnread = true;
  if (operation !== 'PutSecretValue') return;
  deeds.writeFailed = true;
  // A new refresh token is kept before its answer is judged: if that fails, the answer never is.
  if (label === 'AWSCURRENT') deeds.refusalCodes = [];
  // Before its first version a secret takes no record either.
  const isFirst = of.world.read(of.name, 'token') === undefined;
  if (label === 'INCIDENT' || isFirst) deeds.recordFailed = true;
}

/** What a connection without credentials says by being so. */
export function hearOfCredentials({ world, name, hear }: Case): void {
  if (isWithoutCredentials(world, name)) hear(['credentials_missing']);
}
