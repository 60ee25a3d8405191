import type { Assumption, Certainty } from './assumption.ts';
import { certainties } from './assumption.ts';
import { awsAssumptions } from './aws-assumptions.ts';
import { crmErrors, deskErrors, salesiqErrors, tokenRefusals, zohoShapes } from './zoho-assumptions.ts';

const answers = { accounts: tokenRefusals, salesiq: salesiqErrors, desk: deskErrors, crm: crmErrors };

/** Every assumption by its id, e.g. `desk.INVALID_OAUTH`: what `verify` reports on, line by line. */
export const assumptions: ReadonlyMap<string, Assumption> = new Map<string, Assumption>([
  ...Object.entries({ ...awsAssumptions, ...zohoShapes }),
  ...Object.entries(answers).flatMap(([service, rows]) =>
    Object.entries(rows).map(([code, row]) => [`${service}.${code}`, row] as const),
  ),
]);

/** How many assumptions there are of each certainty, and how many of them a full run of `verify` can settle. */
export function countAssumptions() {
  return (Object.keys(certainties) as Certainty[]).map((certainty) => {
    const own = [...assumptions.values()].filter((row) => row.certainty === certainty);
    return { certainty, all: own.length, settled: own.filter(({ settled }) => typeof settled === 'string').length };
  });
}
