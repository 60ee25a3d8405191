import { longestErrorBodyBytes } from './settings.ts';

/** The codes with which Desk and SalesIQ name the token as the fault; every other code is about something else. */
const tokenCodes: readonly unknown[] = ['INVALID_OAUTH', 'UNAUTHORIZED', 1008];

/**
 * Whether an answer or an error of an HTTP client says that Zoho refused the token.
 *
 * True for Desk's `INVALID_OAUTH` and `UNAUTHORIZED` and for SalesIQ's 1008, which comes with status 200 or 400 and is
 * told by the body alone. A 401 counts unless its body can be seen and says something else: a proxy's page, say. Knows
 * `Response` of fetch, what axios, got, undici and the like return or throw, and a parsed body itself. Missing scopes
 * (403, 1009) do not count: a new token would have the same.
 */
export async function isTokenRefused(result: unknown): Promise<boolean> {
  if (result instanceof Response) return isRefusal(result.status, await seenBody(result));
  if (!isObject(result)) return false;
  const { status, statusCode, data, body } = isObject(result.response) ? result.response : result;
  return isRefusal(status ?? statusCode, data ?? body) || namesToken(result);
}

/** Frees the connection of an answer that nobody will read. */
export function discard(result: unknown): void {
  if (result instanceof Response && !result.bodyUsed) result.body?.cancel().catch(() => undefined);
}

/** @param body - As an HTTP client gives it; `undefined` or a stream if it cannot be read here. */
function isRefusal(status: unknown, body: unknown): boolean {
  const seen = typeof body === 'string' && body !== '' ? (parse(body) ?? {}) : body;
  const isUnseen = !isObject(seen) || typeof seen.pipe === 'function' || typeof seen.getReader === 'function';
  return isUnseen ? status === 401 : namesToken(seen);
}

function namesToken({ errorCode, error }: Record<string, unknown>): boolean {
  return tokenCodes.includes(errorCode) || (isObject(error) && tokenCodes.includes(error.code));
}

/** A copy of the body if it may be an error's; `undefined` if it is empty, read already, or of a success. */
async function seenBody(response: Response): Promise<string | undefined> {
  const { status, headers, bodyUsed, body } = response;
  if (![200, 400, 401].includes(status) || bodyUsed || body === null) return undefined;
  const mayBeError = /\bjson\b/i.test(headers.get('content-type') ?? '');
  const isLong = Number(headers.get('content-length') ?? 0) > longestErrorBodyBytes;
  if (status !== 401 && (!mayBeError || isLong)) return undefined;
  return await readStart(response.clone());
}

/** The first bytes of the body, as many as an error can have. */
async function readStart({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let length = 0; length <= longestErrorBodyBytes; length += chunks.at(-1)?.byteLength ?? 0) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return Buffer.concat(chunks).toString('utf8');
    chunks.push(chunk.value);
  }
  // Not awaited: it is done only when the caller's own body is, too.
  reader?.cancel().catch(() => undefined);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
