import type { Credentials } from '../../../lambda/aws/credentials-secret.ts';
import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import type { Connection } from '../../../lambda/connections/read-connections.ts';
import { RefreshError } from '../../../lambda/failure.ts';
import { parseObject } from '../../../lambda/parse-object.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import type { ZohoAnswer } from '../../../lambda/zoho/call-zoho.ts';
import { requestToken } from '../../../lambda/zoho/request-token.ts';
import { readRefreshToken, readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import { readStored, readStoredCredentials, storeCredentials } from '../../stored/stored.ts';
import { attempt, CannotTry, type Finding, type Findings, judge, notTried } from '../attempt.ts';
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
export function askForToken({ place, connections }: Subject): Promise<Findings> {
  return attempt(ids, undefined, async () => {
    for (const connection of connections) {
      const credentials = await readStoredCredentials(place, connection);
      const { record } = await readStored(place, connection);
      const quiet = record.quiet[credentials?.refreshTokenHash ?? ''];
      const isFree = record.incident === undefined && (quiet === undefined || quiet <= place.now());
      if (credentials !== undefined && isFree)
        return attempt(ids, connection.name, () => ask(place, connection, credentials));
    }
    throw new CannotTry('no connection has credentials without an open incident or a silence');
  });
}

async function ask(place: Subject['place'], connection: Connection, credentials: Credentials): Promise<Findings> {
  const { refreshToken, clientSecret } = credentials;
  const request = (own: Credentials) => requestToken(place.callZoho, connection.dataCenter, own);
  const answer = await request(credentials);
  const renewed = readRefreshToken(answer.body);
  const isRenewed = renewed !== undefined && renewed.reveal() !== refreshToken.reveal();
  // Before anything else: the former one may have ended with this answer.
  if (isRenewed) await storeCredentials(place, connection, { ...credentials, refreshToken: renewed });
  const kept = judge('accounts.no_refresh_token', !isRenewed, 'none', 'a new one; it is stored');
  const refusal = refusalOf(answer, [clientSecret, refreshToken]);
  if (refusal !== undefined) {
    const untried = ids.map((id) => notTried(id, `Zoho did not give a token: ${refusal}`));
    const isKnown = refusal !== 'unexpected_response';
    const strange = judge('accounts.success', isKnown, 'a token or a refusal', `HTTP ${answer.status}, neither`);
    return [...(isRenewed ? [kept] : []), ...(isKnown ? [] : [strange]), ...untried];
  }
  const changed = new SecretText(withOtherEnd(refreshToken.reveal()));
  const asked = async () => judgeRefusal(await request({ ...credentials, refreshToken: changed }));
  const refused = await attempt(['accounts.invalid_code'], undefined, asked);
  return [...judgeShape(connection, credentials, answer), kept, ...refused];
}

function judgeRefusal({ status, body }: ZohoAnswer): Finding {
  const { answer, code } = tokenRefusals.invalid_code;
  const word = String(parseObject(body)?.error);
  const isKnown = word === code;
  const [expected, found] = [`HTTP ${answer.status} ${code}`, `HTTP ${status} ${kindOf(word)}`];
  const finding = judge('accounts.invalid_code', isKnown && status === answer.status, expected, found);
  return { ...finding, isHarmless: isKnown };
}

function refusalOf({ status, body }: ZohoAnswer, secrets: SecretText[]): string | undefined {
  try {
    readTokenAnswer(status, body, secrets);
    return undefined;
  } catch (fault) {
    if (fault instanceof RefreshError) return fault.code;
    throw fault;
  }
}

function judgeShape({ dataCenter }: Connection, credentials: Credentials, { status, body }: ZohoAnswer): Findings {
  const { clientId, refreshToken } = credentials;
  const { access_token, expires_in, token_type, scope, api_domain } = parseObject(body) ?? {};
  const token = String(access_token);
  const prefixes = new Set([clientId, refreshToken.reveal(), token].map((value) => value.slice(0, 5)));
  const isShaped = status === 200 && /^\d{4}\.[0-9a-f]{32}\.[0-9a-f]{32}$/.test(token);
  const domain = accountsHost(dataCenter).replace(/^accounts\.zoho(cloud)?\./, 'https://www.zohoapis.');
  const isSpaced = typeof scope === 'string' && !scope.includes(',');
  const { expires_in: seconds, token_type: type } = tokenAnswer;
  const rows: [string, boolean, string, string][] = [
    ['success', isShaped, 'HTTP 200 and a token of 32 and 32 hex digits', `HTTP ${status}, another shape`],
    ['expires_in', expires_in === seconds, String(seconds), kindOf(expires_in)],
    ['token_type', token_type === type, type, kindOf(token_type)],
    ['scope', isSpaced, 'scopes with spaces', scope === undefined ? 'none' : 'another form'],
    ['api_domain', api_domain === domain, domain, kindOf(api_domain)],
    ['prefix', prefixes.size === 1, 'one prefix', [...prefixes].join(' ')],
  ];
  return rows.map(([id, ...verdict]) => judge(`accounts.${id}`, ...verdict));
}

/** A value that cannot be a secret, in words. */
function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && /^(https:\/\/[\w.-]{1,60}|[A-Za-z_-]{1,20})$/.test(value) ? value : typeof value;
}
