import { crm } from './services/crm.ts';
import { desk } from './services/desk.ts';
import { salesiq } from './services/salesiq.ts';
import type { ServiceStandIn } from './services/service.ts';

/** The services that the stand-in plays. A new one is a file in `services/` and its line here. */
export const services = { salesiq, desk, crm } as const satisfies Record<string, ServiceStandIn>;

export type ServiceName = keyof typeof services;
export const serviceNames = Object.keys(services) as ServiceName[];
