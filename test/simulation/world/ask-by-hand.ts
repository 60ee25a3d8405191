import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import type { ZohoRequest } from '../../../lambda/zoho/call-zoho.ts';
import { asActiveFault } from '../../../local/faults/zoho-faults.ts';
import { answerCall } from '../../../local/zoho/answer.ts';
import { type Call, placeOf } from '../../../local/zoho/call.ts';
import type { Reply } from '../../../local/zoho/reply.ts';
import type { SimulatedWorld } from './world.ts';
import { zohoConnectionFault } from './world-faults.ts';

/** Asks Zoho for a token as any program would; `undefined` if no answer comes. */
export function askZoho(world: SimulatedWorld, connection: string): Reply | undefined {
  const known = world.connections.connections.find(({ name }) => name === connection);
  const call = asCall({
    host: accountsHost(known?.dataCenter ?? 'in'),
    path: '/oauth/v2/token',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'refresh_token', ...world.credentials(connection) }).toString(),
  });
  const fault = world.disturbances.faultOf('token', connection, world.time.now, () => 0);
  const reply = answerOf(world, call, fault);
  return zohoConnectionFault(fault) === undefined ? reply : undefined;
}

/** What Zoho answers; a fault of the connection is not Zoho's. */
export function answerOf(world: SimulatedWorld, call: Call, fault: string | undefined): Reply {
  if (call.place === undefined) throw new Error(`the Lambda called ${call.host}, which is no host of Zoho`);
  const isAnswer = fault !== undefined && zohoConnectionFault(fault) === undefined;
  const reply = answerCall(call, call.place, world.zoho, isAnswer ? [asActiveFault(fault)] : []);
  world.rememberSecrets(reply.body);
  return reply;
}

/** A request as Zoho's host sees it. */
export function asCall({ host, path, method, headers, body = '' }: ZohoRequest): Call {
  const [pathname = '', search = ''] = path.split('?');
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    host,
    place: placeOf(host),
    path: pathname,
    query: new URLSearchParams(search),
    method,
    headers: Object.fromEntries(lowerCased),
    body,
  };
}
