import { UsageError } from '../faults.ts';

/**
 * The proxies that the environment names, for undici's `EnvHttpProxyAgent`; small letters win and `http://` may be left
 * out, as curl has it.
 *
 * @throws {@link UsageError} for a proxy that is not an address; the message leaves its value out, which may hold a password.
 * @see {@link https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent | EnvHttpProxyAgent}
 */
export function proxiesOf(variables: Readonly<Record<string, string | undefined>>) {
  const of = (name: string) => variables[name.toLowerCase()] ?? variables[name] ?? '';
  const proxy = (name: string) => {
    const value = of(name);
    const address = value === '' || value.includes('://') ? value : `http://${value}`;
    if (address !== '' && !/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
      throw new UsageError(`${name}: expected an address such as http://proxy.example:3128`);
    }
    return address;
  };
  return { httpProxy: proxy('HTTP_PROXY'), httpsProxy: proxy('HTTPS_PROXY'), noProxy: of('NO_PROXY') };
}
