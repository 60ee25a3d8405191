import type { Service } from '../lambda/connections/data-centers.ts';

/** Zoho's services as Zoho writes them. */
export const serviceTitles = { salesiq: 'SalesIQ', desk: 'Desk' } as const satisfies Record<Service, string>;
