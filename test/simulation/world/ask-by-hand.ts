import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import type { ActiveFault, FaultName } from '../../../local/faults/zoho-faults.ts';
import { answerCall } from '../../../local/zoho/answer.ts';
import type { Call } from '../../../local/zoho/call.ts';
import { placeOf } from '../../../local/zoho/hosts.ts';
import type { Reply } from '../../../local/zoho/reply.ts';
import { parseJson } from '../parse-json.ts';
import type { SimulatedWorld } from './world.ts';
import { brokenConnections } from './world-faults.ts';

/** Somebody else uses the same refresh token. */
export function requestByHand(world: SimulatedWorld, connection: string): void {
  const { refresh_token: refreshToken } = world.credentials(connection);
  if (refreshToken === undefined) return;
  askZoho(world, connection);
  world.observe({ kind: 'token request', run: undefined, connection, refreshToken });
}

/** Asks Zoho for a token as any program would; `undefined` if no answer comes. */
export function askZoho(world: SimulatedWorld, connection: string): Reply | undefined {
  const known = world.connections.connections.find(({ name }) => name === connection);
  const fields = world.credentials(connection);
  const body = new URLSearchParams({ grant_type: 'refresh_token', ...fields }).toString();
  const fault = world.disturbances.faultOf('token', connection, world.time.now, () => 0);
  const isBroken = brokenConnections[fault ?? ''] !== undefined;
  const reply = answerOf(
    world,
    formCall(accountsHost(known?.dataCenter ?? 'in'), body),
    fault === undefined || isBroken ? [] : [asActiveFault(fault)],
  );
  world.rememberSecrets(parseJson(reply.body));
  return isBroken ? undefined : reply;
}

/** What Zoho answers. */
export function answerOf(world: SimulatedWorld, call: Call, faults: readonly ActiveFault[]): Reply {
  if (call.place === undefined) throw new Error(`the Lambda called ${call.host}, which is no host of Zoho`);
  return answerCall(call, call.place, world.zoho, faults);
}

/** A fault as Zoho's stand-in knows it. */
export function asActiveFault(fault: string): ActiveFault {
  const [name = '', ...argument] = fault.split(':');
  return { name: name as FaultName, argument: argument.join(':') };
}

function formCall(host: string, body: string): Call {
  return {
    host,
    place: placeOf(host),
    path: '/oauth/v2/token',
    query: new URLSearchParams(),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  };
}
