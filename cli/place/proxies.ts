/**
 * The proxies that the environment names, for undici's `EnvHttpProxyAgent`; small letters win, as curl has it.
 *
 * @see {@link https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent | EnvHttpProxyAgent}
 */
export function proxiesOf(variables: Readonly<Record<string, string | undefined>>) {
  const of = (name: string) => variables[name.toLowerCase()] ?? variables[name] ?? '';
  return { httpProxy: of('HTTP_PROXY'), httpsProxy: of('HTTPS_PROXY'), noProxy: of('NO_PROXY') };
}
