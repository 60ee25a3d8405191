import type { Service } from '../../lambda/zoho/services.ts';
import { crm } from './services/crm.ts';
import { desk } from './services/desk.ts';
import { salesiq } from './services/salesiq.ts';
import type { ServiceStandIn } from './services/service.ts';

/** How the stand-in plays each service. A new one is a file in `services/` and its line here. */
export const services: Readonly<Record<Service, ServiceStandIn>> = { salesiq, desk, crm };

export { type Service as ServiceName, serviceNames } from '../../lambda/zoho/services.ts';
