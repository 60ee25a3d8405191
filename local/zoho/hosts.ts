import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import { serviceHost, serviceNames } from '../../lambda/zoho/services.ts';
import type { Place } from './call.ts';

const places = new Map<string, Place>();
for (const dataCenter of dataCenters) {
  places.set(accountsHost(dataCenter), { plays: 'accounts', dataCenter });
  for (const service of serviceNames) {
    const host = serviceHost(service, dataCenter);
    if (host) places.set(host, { plays: service, dataCenter });
  }
}

/**
 * What the host is in Zoho's world.
 *
 * @param host - For example `desk.zoho.in`.
 * @returns `undefined` for a host that Zoho does not have, as far as is known.
 */
export function placeOf(host: string): Place | undefined {
  return places.get(host);
}

/** The `api_domain` of a data centre's tokens, e.g. `https://www.zohoapis.in` (for Canada `.ca`, without "cloud"). */
export function apiDomainOf(dataCenter: DataCenter): string {
  return accountsHost(dataCenter).replace(/^accounts\.zoho(cloud)?\./, 'https://www.zohoapis.');
}
