/**
 * Zoho's hosts per data centre: the only hosts that this system ever calls.
 *
 * Never derived from `api_domain`: SalesIQ and Desk have base URLs of their own, and a host handed over at run
 * time is not to be trusted.
 *
 * @see {@link https://www.zoho.com/accounts/protocol/oauth/multi-dc.html | Zoho: multi-DC}
 */

/** Data centres by the short names of Zoho's `location` parameter. */
export const dataCenters = ['us', 'eu', 'in', 'au', 'jp', 'ca', 'sa', 'uk', 'cn', 'ae', 'sg'] as const;
export type DataCenter = (typeof dataCenters)[number];

/** Zoho services whose tokens can be kept. */
export const services = ['salesiq', 'desk'] as const;
export type Service = (typeof services)[number];

type Hosts = {
  /** Accounts server: the token endpoint's host. */
  accounts: string;
  /** REST hosts; a service that is missing has no known host in this data centre. */
  salesiq?: string;
  desk?: string;
  /** Last labels of the `api_domain` that tokens of this data centre carry, e.g. `zohoapis.in`. */
  apiDomain: string;
};

const hosts: Record<DataCenter, Hosts> = {
  us: zohoHosts('com'),
  in: zohoHosts('in'),
  eu: zohoHosts('eu'),
  jp: zohoHosts('jp'),
  au: zohoHosts('com.au'),
  cn: zohoHosts('com.cn'),
  ca: {
    accounts: 'accounts.zohocloud.ca',
    salesiq: 'salesiq.zohocloud.ca',
    desk: 'desk.zohocloud.ca',
    apiDomain: 'zohoapis.ca',
  },
  sa: { accounts: 'accounts.zoho.sa', desk: 'desk.zoho.sa', apiDomain: 'zohoapis.sa' },
  uk: { accounts: 'accounts.zoho.uk', apiDomain: 'zohoapis.uk' },
  ae: { accounts: 'accounts.zoho.ae', desk: 'desk.zoho.ae', apiDomain: 'zohoapis.ae' },
  sg: { accounts: 'accounts.zoho.sg', desk: 'desk.zoho.sg', apiDomain: 'zohoapis.sg' },
};

function zohoHosts(domain: string): Hosts {
  return {
    accounts: `accounts.zoho.${domain}`,
    salesiq: `salesiq.zoho.${domain}`,
    desk: `desk.zoho.${domain}`,
    apiDomain: `zohoapis.${domain}`,
  };
}

/** The host of the token endpoint, e.g. `accounts.zoho.in`. */
export function accountsHost(dataCenter: DataCenter): string {
  return hosts[dataCenter].accounts;
}

/** The REST host of a service, e.g. `desk.zoho.in`; `undefined` where Zoho lists none. */
export function serviceHost(service: Service, dataCenter: DataCenter): string | undefined {
  return hosts[dataCenter][service];
}

/**
 * The data centre that an `api_domain` belongs to, as far as its last labels tell.
 *
 * @param apiDomain - As Zoho sends it, e.g. `https://www.zohoapis.in`.
 * @returns `undefined` for anything that is no data centre's zohoapis domain, such as the `https://api.zoho.com`
 *   of Zoho's generic pages: it proves nothing.
 */
export function dataCenterOfApiDomain(apiDomain: string): DataCenter | undefined {
  const host = URL.parse(apiDomain)?.hostname ?? '';
  return dataCenters.find((dataCenter) => {
    const domain = hosts[dataCenter].apiDomain;
    return host === domain || host.endsWith(`.${domain}`);
  });
}
