import type { DataCenter } from '../connections/data-centers.ts';
import { crm } from './services/crm.ts';
import { desk } from './services/desk.ts';
import { salesiq } from './services/salesiq.ts';
import type { ZohoService } from './services/service.ts';

/** The services whose tokens can be kept. A new one is a file in `services/` and its line here. */
const rooms = { salesiq, desk, crm };

export type Service = keyof typeof rooms;
export const services: Readonly<Record<Service, ZohoService>> = rooms;
export const serviceNames = Object.keys(rooms) as Service[];

/** The REST host of a service, e.g. `desk.zoho.in`; `undefined` if Zoho lists none. */
export function serviceHost(service: Service, dataCenter: DataCenter): string | undefined {
  return services[service].hosts[dataCenter];
}
