import { RefreshError } from '../../lambda/failure.ts';
import type { CallZoho } from '../../lambda/zoho/call-zoho.ts';
import { serviceHost, services } from '../../lambda/zoho/services.ts';
import { remedyHere } from '../network-fix.ts';
import { CheckFault, type Ready } from './check-result.ts';
import { readSuccess } from './explain-answer.ts';

/** One call of a service's own API with a stored token. */
export type CallService = (
  ready: Ready,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
) => Promise<Record<string, unknown> | undefined>;

/**
 * Makes the way to the services.
 *
 * @returns Calls that throw {@link CheckFault} for everything that is not a success.
 */
export function createCallService(callZoho: CallZoho): CallService {
  return async ({ connection, accessToken }, method, path, body) => {
    const { service, dataCenter, settings, name } = connection;
    const answer = await callZoho({
      host: serviceHost(service, dataCenter) ?? '',
      method,
      path,
      headers: {
        authorization: `Zoho-oauthtoken ${accessToken.reveal()}`,
        ...services[service].headers?.(settings),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((fault: unknown) => {
      if (fault instanceof RefreshError) throw new CheckFault(fault.message, remedyHere(fault, name));
      throw fault;
    });
    return readSuccess(connection, answer);
  };
}
