/**
 * Zoho's domains per data centre, by the names of Zoho's `location` parameter. Only hosts made of this table are ever
 * called: a host handed over at run time, such as `api_domain`, is not to be trusted.
 * @see {@link https://www.zoho.com/accounts/protocol/oauth/multi-dc.html | Zoho: multi-DC}
 */
const domains = {
  us: 'zoho.com',
  eu: 'zoho.eu',
  in: 'zoho.in',
  au: 'zoho.com.au',
  jp: 'zoho.jp',
  ca: 'zohocloud.ca',
  sa: 'zoho.sa',
  uk: 'zoho.uk',
  cn: 'zoho.com.cn',
  ae: 'zoho.ae',
  sg: 'zoho.sg',
} as const;

export type DataCenter = keyof typeof domains;
export const dataCenters = Object.keys(domains) as DataCenter[];

/** The host of the token endpoint, e.g. `accounts.zoho.in`. */
export function accountsHost(dataCenter: DataCenter): string {
  return `accounts.${domains[dataCenter]}`;
}

/** Hosts of one name in some data centres, e.g. `desk.zoho.in`. */
export function hostsAt(name: string, listed: readonly DataCenter[]): Partial<Record<DataCenter, string>> {
  return Object.fromEntries(listed.map((each) => [each, `${name}.${domains[each]}`]));
}

/** Last labels of the `api_domain` that tokens of a data centre carry, e.g. `zohoapis.in`; for Canada without "cloud". */
export function apiDomainOf(dataCenter: DataCenter): string {
  return domains[dataCenter].replace(/^zoho(cloud)?/, 'zohoapis');
}

/** The data centre of an `api_domain` such as `https://www.zohoapis.in`; any other host proves nothing. */
export function dataCenterOfApiDomain(apiDomain: string): DataCenter | undefined {
  const host = `.${URL.parse(apiDomain)?.hostname}`;
  return dataCenters.find((each) => host.endsWith(`.${apiDomainOf(each)}`));
}
