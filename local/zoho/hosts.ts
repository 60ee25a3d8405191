import { accountsHost, type DataCenter, dataCenters } from '../../lambda/connections/data-centers.ts';
import { serviceHost, serviceNames } from '../../lambda/zoho/services.ts';
import type { Place } from './call.ts';

const places = new Map(
  dataCenters.flatMap((dataCenter): [host: string | undefined, place: Place][] => [
    [accountsHost(dataCenter), { plays: 'accounts', dataCenter }],
    ...serviceNames.map((plays): [string | undefined, Place] => [
      serviceHost(plays, dataCenter),
      { plays, dataCenter },
    ]),
  ]),
);

/** What a host such as `desk.zoho.in` is in Zoho's world; `undefined` for one that Zoho does not have. */
export function placeOf(host: string): Place | undefined {
  return places.get(host);
}

/** The `api_domain` of a data centre's tokens, e.g. `https://www.zohoapis.in` (for Canada `.ca`, without "cloud"). */
export function apiDomainOf(dataCenter: DataCenter): string {
  return accountsHost(dataCenter).replace(/^accounts\.zoho(cloud)?\./, 'https://www.zohoapis.');
}
