import type { Connection } from '../connections/read-connections.ts';
import { RefreshError } from '../failure.ts';
import { parseObject } from '../parse-object.ts';
import type { SecretText } from '../secret-text.ts';
import type { CallZoho, ZohoAnswer } from './call-zoho.ts';
import { missingScopes } from './scopes.ts';
import type { ErrorRow, ProbeVerdict, Read, ZohoService } from './services/service.ts';
import { serviceHost, services } from './services.ts';

/** A read of the service's own API, chosen for one token. */
export type Probe = Pick<Read, 'errors'> & {
  /** Path and query on the service's host. */
  readonly path: string;
  /** Whether the connection requires the scope that this read needs: only then is its lack a fault. */
  readonly isRequired: boolean;
  /** Whether the grant covers the read: without, even a rejection proves nothing. */
  readonly isCovered: boolean;
};

/**
 * Chooses the read that the token is allowed to make, and that proves most; `undefined` if there is none.
 * @param scopes - What the token is known to hold; left out if Zoho named none: the required ones are assumed.
 */
export function chooseProbe(
  { service, settings, requiredScopes }: Connection,
  scopes: readonly string[] = requiredScopes,
): Probe | undefined {
  const [first] = services[service].reads.flatMap((read) => {
    const [path, isCovered] = [read.path(settings), missingScopes([read.scope], scopes).length === 0];
    if (path === undefined || !(isCovered || read.isTriedUncovered)) return [];
    const isRequired = isCovered && missingScopes([read.scope], requiredScopes).length === 0;
    return [{ path, isCovered, isRequired, errors: read.errors }];
  });
  return first;
}

/** What an error code of a service means, e.g. `['rejected', 'invalid OAuthToken']`; `undefined` for one not known. */
export function errorRowOf({ errors }: ZohoService, code: unknown, more: Read['errors'] = {}): ErrorRow | undefined {
  const key = typeof code === 'string' || typeof code === 'number' ? String(code) : '';
  return [more, errors].find((rows) => Object.hasOwn(rows, key))?.[key];
}

/** Reads a service's answer to a probe. Only codes that are known to name the token, its scopes or a setting prove anything. */
export function readProbeAnswer(service: ZohoService, probe: Probe, { status, body }: ZohoAnswer): ProbeVerdict {
  const answer = parseObject(body);
  const code = answer && service.errorCodeOf(answer);
  const row = errorRowOf(service, code, probe.errors);
  if (row === undefined) {
    const isFault =
      typeof code === 'number' || (typeof code === 'string' && /^(\d{1,5}|[A-Z][A-Z_]{2,40})$/.test(code));
    if (isFault) return { verdict: 'cannot tell', reason: `${service.title} error ${code}` };
    return service.isRead(status, answer)
      ? { verdict: 'accepted', reason: 'read' }
      : { verdict: 'cannot tell', reason: `HTTP ${status}` };
  }
  const [proved, meaning, setting] = row;
  const named = setting === undefined ? '' : `: settings.${setting}`;
  return { verdict: judge(proved, probe), reason: `${service.title} error ${code}, ${meaning}${named}` };
}

function judge(proved: ProbeVerdict['verdict'], { isRequired, isCovered }: Probe): ProbeVerdict['verdict'] {
  if (proved === 'lacks scope' && !isRequired) return 'accepted';
  return proved === 'rejected' && !isCovered ? 'cannot tell' : proved;
}

/**
 * Asks the service itself whether it accepts a token, by a read that changes nothing. Whatever goes wrong on the way is
 * `cannot tell`: a probe never makes things worse.
 */
export async function probeToken(
  callZoho: CallZoho,
  connection: Connection,
  accessToken: SecretText,
  scopes: readonly string[] | undefined,
): Promise<ProbeVerdict> {
  const probe = chooseProbe(connection, scopes);
  const host = serviceHost(connection.service, connection.dataCenter);
  if (probe === undefined || host === undefined) return { verdict: 'cannot tell', reason: 'no harmless read' };
  const service = services[connection.service];
  const authorization = `Zoho-oauthtoken ${accessToken.reveal()}`;
  const headers = { ...service.headers?.(connection.settings), authorization };
  try {
    return readProbeAnswer(service, probe, await callZoho({ host, method: 'GET', path: probe.path, headers }));
  } catch (fault) {
    if (fault instanceof RefreshError) return { verdict: 'cannot tell', reason: fault.message };
    throw fault;
  }
}
