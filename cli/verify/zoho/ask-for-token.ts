import type { Credentials } from '../../../lambda/aws/credentials-secret.ts';
import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../../lambda/failure.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import type { CallZoho } from '../../../lambda/zoho/call-zoho.ts';
import { requestToken } from '../../../lambda/zoho/request-token.ts';
import { readRefreshToken, readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import type { Place } from '../../place/place.ts';
import { readStored } from '../../stored/read-stored.ts';
import { readStoredCredentials } from '../../stored/read-stored-credentials.ts';
import { storeCredentials } from '../../stored/store-credentials.ts';
import { attempt, type Finding, holds, judge, notTried } from '../finding.ts';
import type { Subject } from '../subject.ts';
import { tokenAnswer, tokenRefusals } from '../zoho-assumptions.ts';
import { withOtherEnd } from './ask-services.ts';

const shapes = ['success', 'expires_in', 'token_type', 'scope', 'api_domain', 'no_refresh_token', 'prefix'];
const ids = [...shapes, 'invalid_code'].map((name) => `accounts.${name}`);

/**
 * Asks Zoho for one token, and with a changed refresh token for another: two requests in all, of one connection.
 *
 * They count towards Zoho's ten in ten minutes, of which the Lambda takes at most five. The token is not stored: it ends
 * by itself within an hour.
 */
export function askForToken(
  place: Place,
  callZoho: CallZoho,
  { connections }: Subject,
): Promise<readonly Finding[]> {
  return attempt(ids, async () => {
    for (const connection of connections) {
      const [credentials, { record }] = await Promise.all([
        readStoredCredentials(place, connection),
        readStored(place, connection),
      ]);
      const quiet = record.quiet[credentials?.refreshTokenHash ?? ''];
      const isFree = record.incident === undefined && (quiet === undefined || quiet <= place.now());
      if (credentials !== undefined && isFree) return ask(place, callZoho, connection, credentials);
    }
    return ids.map((id) =>
      notTried(id, 'no connection has credentials without an open incident or a silence'),
    );
  });
}

async function ask(
  place: Place,
  callZoho: CallZoho,
  connection: Connection,
  credentials: Credentials,
): Promise<readonly Finding[]> {
  const { name, dataCenter } = connection;
  const { status, body } = await requestToken(callZoho, dataCenter, credentials);
  const renewed = readRefreshToken(body);
  if (renewed !== undefined && renewed.reveal() !== credentials.refreshToken.reveal()) {
    // Before anything else: the former one may have ended with this answer.
    await storeCredentials(place, connection, { ...credentials, refreshToken: renewed });
    return [judge('accounts.no_refresh_token', false, ['none', 'a new one; it is stored'], name)];
  }
  const refusal = refusalOf(status, body, credentials);
  if (refusal !== undefined) {
    const why = `Zoho refused the refresh: ${refusal}`;
    return ids.map((id) => notTried(id, why, name));
  }
  const findings = judgeShape(connection, credentials, status, parseObject(body) ?? {});
  const changed = new SecretText(withOtherEnd(credentials.refreshToken.reveal()));
  const second = await requestToken(callZoho, dataCenter, { ...credentials, refreshToken: changed });
  const word = String(parseObject(second.body)?.error);
  const expected = tokenRefusals.invalid_code.answer.status;
  const isSame = second.status === expected && word === 'invalid_code';
  const said = [`HTTP ${expected} invalid_code`, `HTTP ${second.status} ${word.slice(0, 40)}`] as const;
  const finding = judge('accounts.invalid_code', isSame, said, name);
  return [...findings, { ...finding, isHarmless: word === 'invalid_code' }];
}

function refusalOf(
  status: number,
  body: string,
  { clientSecret, refreshToken }: Credentials,
): string | undefined {
  try {
    readTokenAnswer(status, body, [clientSecret, refreshToken]);
    return undefined;
  } catch (fault) {
    if (fault instanceof RefreshError) return fault.code;
    throw fault;
  }
}

function judgeShape(
  { name, dataCenter }: Connection,
  { clientId, refreshToken }: Credentials,
  status: number,
  { access_token, expires_in, token_type, scope, api_domain }: Readonly<Record<string, unknown>>,
): Finding[] {
  const token = String(access_token);
  const prefixes = new Set([clientId, refreshToken.reveal(), token].map((value) => value.slice(0, 5)));
  const isShaped = status === 200 && /^\d{4}\.[0-9a-f]{32}\.[0-9a-f]{32}$/.test(token);
  const domain = accountsHost(dataCenter).replace(/^accounts\.zoho(cloud)?\./, 'https://www.zohoapis.');
  const isSpaced = typeof scope === 'string' && !scope.includes(',');
  const { expires_in: seconds, token_type: type } = tokenAnswer;
  const of = (id: string, isSo: boolean, words: readonly [string, string]) =>
    judge(`accounts.${id}`, isSo, words, name);
  return [
    of('success', isShaped, [
      'HTTP 200 and a token of 32 and 32 hex digits',
      `HTTP ${status}, another shape`,
    ]),
    of('expires_in', expires_in === seconds, [String(seconds), kindOf(expires_in)]),
    of('token_type', token_type === type, [type, kindOf(token_type)]),
    of('scope', isSpaced, ['scopes with spaces', scope === undefined ? 'none' : 'another form']),
    of('api_domain', api_domain === domain, [domain, kindOf(api_domain)]),
    holds('accounts.no_refresh_token', '', name),
    of('prefix', prefixes.size === 1, ['one prefix', [...prefixes].join(' ')]),
  ];
}

/** A value that cannot be a secret, in words. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && /^(https:\/\/[\w.-]{1,60}|[A-Za-z-]{1,20})$/.test(value)
    ? value
    : typeof value;
}
