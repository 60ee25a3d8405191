import { type ActiveFault, faultReply, zohoFaults } from '../faults/zoho-faults.ts';
import { type Call, isTokenCall, type Place } from './call.ts';
import { answerConsent, consentPaths } from './consent.ts';
import { html, type Reply } from './reply.ts';
import { type ServiceName, services } from './services.ts';
import { answerTokenCall } from './token-endpoint.ts';
import type { World } from './zoho-world.ts';

/** Carries out a request as the host for which it was meant, under the faults that happen to it. */
export function answerCall(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  if (isTokenCall(call)) return answerTokenCall(call, place, world, faults);
  const reply = faultReply(faults, call) ?? answerInOrder(call, place, world, faults);
  return faults.reduce((changed, { name }) => zohoFaults[name].change?.(changed) ?? changed, reply);
}

function answerInOrder(call: Call, place: Place, world: World, faults: readonly ActiveFault[]): Reply {
  if (place.plays !== 'accounts') return services[place.plays as ServiceName].answer(call, place, world);
  if (consentPaths.includes(call.path)) return answerConsent(call, place, world, faults);
  return html(404, '<h1>404 Not Found</h1>', 'not_found');
}
