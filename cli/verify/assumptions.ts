import type { Assumption, Certainty } from './assumption.ts';
import { certainties } from './assumption.ts';
import { awsAssumptions } from './aws-assumptions.ts';
import { crmErrors, deskErrors, salesiqErrors, tokenRefusals, zohoShapes } from './zoho-assumptions.ts';

/** Every assumption by its id, e.g. `desk.INVALID_OAUTH`: what `verify` reports on, line by line. */
export const assumptions: ReadonlyMap<string, Assumption> = new Map<string, Assumption>([
  ...Object.entries(awsAssumptions),
  ...Object.entries(zohoShapes),
  ...under('accounts', tokenRefusals),
  ...under('salesiq', salesiqErrors),
  ...under('desk', deskErrors),
  ...under('crm', crmErrors),
]);

function under(name: string, rows: Readonly<Record<string, Assumption>>): [string, Assumption][] {
  return Object.entries(rows).map(([code, row]) => [`${name}.${code}`, row]);
}

/** How many assumptions there are of each certainty, and how many of them a full run of `verify` can settle. */
export function countAssumptions() {
  const rows = [...assumptions.values()];
  const counts = (Object.keys(certainties) as Certainty[]).map((certainty) => {
    const own = rows.filter((row) => row.certainty === certainty);
    const settled = own.filter((row) => typeof row.settled === 'string').length;
    return { certainty, all: own.length, settled };
  });
  return counts.filter(({ all }) => all > 0);
}
