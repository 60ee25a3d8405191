import { parseJson } from '../parse-json.ts';
import type { Fact } from '../world/facts.ts';
import type { Notebook } from './notebook.ts';
import { type Heard, sortProbeAnswer, sortTokenAnswer } from './sort-answers.ts';
import { isWithoutCredentials } from './truth.ts';

/** Errors of Secrets Manager that only a person can end. */
export const refusalsOfAws = ['AccessDeniedException', 'DecryptionFailure', 'EncryptionFailure'];

/** What Zoho said to a run, and how the oracle sorts it. */
export function hearTokenAnswer(notes: Notebook, fact: Fact & { kind: 'token answer' }): Heard {
  const { run, connection, refreshToken, body, status } = fact;
  const fields = parseJson(body);
  const { heard, codes } = sortTokenAnswer(status, body, fields, notes.configurationOf(run, connection));
  const deeds = notes.deedsOf(run, connection);
  deeds.hears = heard;
  deeds.refusalCodes = heard === 'operator' ? codes : [];
  notes.watch(connection).heard.add(heard);
  notes.hear(connection, codes);
  const { access_token: token, refresh_token: given } = fields ?? {};
  if (typeof token === 'string') notes.answers.set(token, { run: run.id, fields: fields ?? {} });
  if (typeof given === 'string' && given !== refreshToken) deeds.newRefreshToken = given;
  return heard;
}

/** What a service said about a token: that it is dead, lacks a scope, or that a setting is wrong. */
export function hearProbeAnswer(notes: Notebook, fact: Fact & { kind: 'probe answer' }): void {
  const { run, connection, accessToken, body, status } = fact;
  if (body === undefined) return;
  const { isRefusal, codes } = sortProbeAnswer(status, parseJson(body));
  notes.hear(connection, codes);
  if (!isRefusal) return;
  notes.refused.set(accessToken, run);
  notes.watch(connection).heard.add('operator');
  const deeds = notes.deedsOf(run, connection);
  if (notes.answers.get(accessToken)?.run === run.id) {
    // Of a new token it is as good as a refusal of Zoho's.
    deeds.hears = 'operator';
    deeds.refusalCodes = codes;
  } else if (codes.includes('token_rejected')) deeds.hasFoundDead = true;
}

/** What Secrets Manager refused or did not do. */
export function hearStoreFailure(notes: Notebook, fact: Fact & { kind: 'store failed' }): void {
  const { run, connection, operation, label, name } = fact;
  const deeds = notes.deedsOf(run, connection);
  notes.hear(connection, ['secret_store_failed']);
  if (refusalsOfAws.includes(name)) notes.hear(connection, ['refused by AWS']);
  if (operation !== 'PutSecretValue') return;
  deeds.writeFailed = true;
  // Before its first version a secret takes no record either.
  const isFirst = notes.world.read(connection, 'token') === undefined;
  if (label === 'INCIDENT' || isFirst) deeds.recordFailed = true;
}

/** What a connection without credentials says by being so. */
export function hearOfCredentials(notes: Notebook, connection: string): void {
  if (isWithoutCredentials(notes.world, connection)) notes.hear(connection, ['credentials_missing']);
}
