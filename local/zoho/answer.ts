import type { Call } from './call.ts';
import { isTokenCall } from './call.ts';
import { answerConsent, consentPaths } from './consent.ts';
import { answerDesk } from './desk.ts';
import { faultReply } from './fault-replies.ts';
import type { ActiveFault } from './faults.ts';
import type { Place } from './hosts.ts';
import { html, type Reply } from './reply.ts';
import { answerRevoke, revokePaths } from './revoke-endpoint.ts';
import { answerSalesiq } from './salesiq.ts';
import { answerTokenCall } from './token-endpoint.ts';
import type { World } from './world.ts';

/** Error code for a Desk call without `orgId`; the fault `desk_missing_org` switches to another. */
const missingOrgCode = 'UNPROCESSABLE_ENTITY';

/**
 * Carries out a request as the host for which it was meant.
 *
 * @param faults - Faults that happen to this request.
 * @returns The answer; never a success for a path that the host does not have.
 */
export function answerCall(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  if (isTokenCall(call)) return answerTokenCall(call, place, world, faults);
  const reply = faultReply(faults, call) ?? answerInOrder(call, place, world, faults);
  const isSwitched = faults.some(({ name }) => name === 'salesiq_errors_200');
  return isSwitched && reply.status === 400 ? { ...reply, status: 200 } : reply;
}

function answerInOrder(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  switch (place.plays) {
    case 'salesiq':
      return answerSalesiq(call, place, world);
    case 'desk': {
      const switched = faults.find(({ name }) => name === 'desk_missing_org')?.argument;
      return answerDesk(call, place, world, switched ?? missingOrgCode);
    }
    case 'accounts':
      if (consentPaths.includes(call.path)) return answerConsent(call, place, world);
      if (revokePaths.includes(call.path)) return answerRevoke(call, place, world);
      return html(404, '<h1>404 Not Found</h1>', 'not_found');
  }
}
