import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { readZohoEndpointUrl } from '../../lambda/environment.ts';
import { zohoConnections } from '../../lambda/settings.ts';
import { createCallZoho } from '../../lambda/zoho/call-zoho.ts';
import { UsageError } from '../faults.ts';
import type { Place } from './place.ts';
import { proxiesOf } from './proxies.ts';

/** For calls without an overall deadline: each has time-outs of its own, and a person can press Ctrl-C. */
export const neverEnds = new AbortController().signal;

/** The ways to Zoho: one for this program, one for a browser. */
export type Zoho = Pick<Place, 'callZoho' | 'zohoPage'>;

/**
 * Opens the way to Zoho.
 *
 * @param endpointUrl - Of the stand-in that plays all hosts of Zoho; `undefined` for the real Zoho.
 * @param dispatcher - By default one that knows no proxy, for what runs on this machine.
 */
export function openZoho(endpointUrl: string | undefined, dispatcher: Dispatcher = new Agent(zohoConnections)): Zoho {
  return {
    callZoho: createCallZoho(dispatcher, endpointUrl, neverEnds),
    zohoPage: (host, pathAndQuery) =>
      endpointUrl === undefined ? `https://${host}${pathAndQuery}` : `${endpointUrl}/${host}${pathAndQuery}`,
  };
}

/**
 * The Zoho that AWS's Lambda asks: the real one, or in a test the stand-in of `ZOHO_ENDPOINT_URL` on this machine.
 *
 * @throws {@link UsageError} for an address that is not of this machine: credentials would go there.
 */
export function openZohoOfEnvironment(variables: Readonly<Record<string, string | undefined>>): Zoho {
  let endpointUrl: string | undefined;
  try {
    endpointUrl = readZohoEndpointUrl(variables.ZOHO_ENDPOINT_URL);
  } catch (fault) {
    throw new UsageError((fault as Error).message);
  }
  return openZoho(endpointUrl, new EnvHttpProxyAgent({ ...zohoConnections, ...proxiesOf(variables) }));
}
