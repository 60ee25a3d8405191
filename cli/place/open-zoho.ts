import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { readZohoEndpointUrl } from '../../lambda/environment.ts';
import { zohoConnections } from '../../lambda/settings.ts';
import { createCallZoho } from '../../lambda/zoho/call-zoho.ts';
import type { Variables } from '../command.ts';
import { UsageError } from '../faults.ts';
import type { Place } from './place.ts';

/** For calls without an overall deadline: each has time-outs of its own, and a person can press Ctrl-C. */
export const neverEnds = new AbortController().signal;

/** The ways to Zoho: one for this program, one for a browser. */
export type Zoho = Pick<Place, 'callZoho' | 'zohoPage'>;

/** Opens the way to Zoho, or to its stand-in at `endpointUrl`. By default no proxy is known. */
export function openZoho(endpointUrl: string | undefined, dispatcher: Dispatcher = new Agent(zohoConnections)): Zoho {
  const base = endpointUrl === undefined ? 'https:/' : endpointUrl;
  return {
    callZoho: createCallZoho(dispatcher, endpointUrl, neverEnds),
    zohoPage: (host, pathAndQuery) => `${base}/${host}${pathAndQuery}`,
  };
}

/**
 * The Zoho that AWS's Lambda asks: the real one, or in a test the stand-in of `ZOHO_ENDPOINT_URL` on this machine.
 *
 * @throws {@link UsageError} for an address that is not of this machine: credentials would go there.
 */
export function openZohoOfEnvironment(variables: Variables): Zoho {
  let endpointUrl: string | undefined;
  try {
    endpointUrl = readZohoEndpointUrl(variables.ZOHO_ENDPOINT_URL);
  } catch (fault) {
    throw new UsageError((fault as Error).message);
  }
  return openZoho(endpointUrl, new EnvHttpProxyAgent({ ...zohoConnections, ...proxiesOf(variables) }));
}

/**
 * The proxies that the environment names; small letters win and `http://` may be left out, as curl has it.
 *
 * @throws {@link UsageError} for a proxy that is not an address; the message leaves its value out, which may hold a password.
 */
export function proxiesOf(variables: Variables) {
  const of = (name: string) => variables[name.toLowerCase()] ?? variables[name] ?? '';
  const proxy = (name: string) => {
    const value = of(name);
    const address = value === '' || value.includes('://') ? value : `http://${value}`;
    if (address === '' || /^https?:$/.test(URL.parse(address)?.protocol ?? '')) return address;
    throw new UsageError(`${name}: expected an address such as http://proxy.example:3128`);
  };
  return { httpProxy: proxy('HTTP_PROXY'), httpsProxy: proxy('HTTPS_PROXY'), noProxy: of('NO_PROXY') };
}
