import { longestErrorBodyBytes } from './settings.ts';

/** SalesIQ's codes for a dead or malformed token: Invalid OAuthToken, Unknown authentication error. */
const salesiqCodes: readonly unknown[] = [1008, 1001];

/**
 * Whether an answer or an error of an HTTP client says that Zoho refused the token.
 *
 * True for status 401, for Desk's `INVALID_OAUTH`, and for SalesIQ's 1008 and 1001, which come with status 200 or 400
 * and are told by the body alone. Knows `Response` of fetch, what axios, got, undici and the like return or throw, and
 * a parsed body itself. Missing scopes (403, 1009) are none of it: a new token would have the same.
 *
 * @param result - Whatever a call returned or threw.
 */
export async function isTokenRefused(result: unknown): Promise<boolean> {
  if (result instanceof Response) return result.status === 401 || (await hasRefusalBody(result));
  return isRefusal(result) || (isObject(result) && isRefusal(result.response));
}

/** Frees the connection of an answer that nobody will read. */
export function discard(result: unknown): void {
  if (result instanceof Response && !result.bodyUsed) result.body?.cancel().catch(() => undefined);
}

function isRefusal(answer: unknown): boolean {
  if (!isObject(answer)) return false;
  const { status, statusCode, data, body } = answer;
  return status === 401 || statusCode === 401 || [answer, data, body].some(isRefusalBody);
}

function isRefusalBody(body: unknown): boolean {
  if (!isObject(body)) return false;
  return (
    body.errorCode === 'INVALID_OAUTH' || (isObject(body.error) && salesiqCodes.includes(body.error.code))
  );
}

/** Looks at a copy of the body, and only where it can be an error: short, JSON, and of a status that has them. */
async function hasRefusalBody(response: Response): Promise<boolean> {
  const { status, headers, bodyUsed } = response;
  if ((status !== 200 && status !== 400) || bodyUsed || response.body === null) return false;
  if (!/\bjson\b/i.test(headers.get('content-type') ?? '')) return false;
  if (Number(headers.get('content-length') ?? 0) > longestErrorBodyBytes) return false;
  const text = await readStart(response.clone());
  try {
    return text !== undefined && isRefusalBody(JSON.parse(text));
  } catch {
    return false;
  }
}

/** The whole body; `undefined` as soon as it is too long for an error. */
async function readStart({ body }: Response): Promise<string | undefined> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let length = 0; length <= longestErrorBodyBytes; length += chunks.at(-1)?.byteLength ?? 0) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return Buffer.concat(chunks).toString('utf8');
    chunks.push(chunk.value);
  }
  // Not awaited: it is done only when the caller's own body is, too.
  reader?.cancel().catch(() => undefined);
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
