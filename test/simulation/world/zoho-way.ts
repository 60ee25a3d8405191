import { accountsHost } from '../../../lambda/connections/data-centers.ts';
import { RefreshError } from '../../../lambda/failure.ts';
import type { CallZoho, ZohoRequest } from '../../../lambda/zoho/call-zoho.ts';
import type { Judgement } from '../../../local/faults/judgement.ts';
import { asActiveFault, judgedAs, zohoFaults } from '../../../local/faults/zoho-faults.ts';
import { answerCall } from '../../../local/zoho/answer.ts';
import { type Call, isTokenCall, parameter, placeOf } from '../../../local/zoho/call.ts';
import type { Reply } from '../../../local/zoho/reply.ts';
import { serviceNames, services } from '../../../local/zoho/services.ts';
import { between } from '../random.ts';
import { callOut, type RunInWorld } from './call-out.ts';
import { zohoConnectionFault, zohoTimeout } from './disturbances.ts';
import type { SimulatedWorld } from './world.ts';

/** The way to Zoho of one run. */
export function callZohoOf(world: SimulatedWorld, run: RunInWorld, signal: AbortSignal): CallZoho {
  return async (request) => {
    const call = asCall(request);
    if (call.place === undefined) {
      const what = `a call to ${call.host}, which is no host of Zoho's`;
      world.observe({ kind: 'stray call', run, connection: '', invariant: 4, what });
    }
    const isToken = isTokenCall(call);
    const refreshToken = isToken ? (parameter(call, 'refresh_token') ?? '') : '';
    const accessToken = (call.headers.authorization ?? '').replace('Zoho-oauthtoken ', '');
    const connection = isToken ? world.ownerOf(refreshToken) : world.ownerOfToken(accessToken, call.host);
    const place = isToken ? 'token' : 'probe';
    const planned = world.disturbances.faultOf(place, connection, world.time.now, run.random);
    // A service answers in its own words only.
    const [service] = /^(desk|salesiq)(?=[:_])/.exec(planned ?? '') ?? [];
    const fault = service === undefined || call.host.startsWith(`${service}.`) ? planned : undefined;
    const broken = zohoConnectionFault(fault);
    const latency = between(run.random, 80, 900) * run.slowness;
    if (fault !== undefined) run.faultsMet.add(`zoho ${connection}`);
    const report = (reply: Reply | undefined): void => {
      const answer = { run, connection, body: reply?.body, judged: judgementOf(call, fault, reply) };
      if (isToken) world.observe({ kind: 'token answer', ...answer, refreshToken });
      else world.observe({ kind: 'probe answer', ...answer, accessToken, isAccepted: isAccepted(reply) });
    };
    const noAnswer = (reason: string) => {
      report(undefined);
      const code = fault === 'huge' ? 'unexpected_response' : 'zoho_unavailable';
      return new RefreshError(code, `no answer from ${call.host}: ${reason}`);
    };
    return await callOut<Reply, { status: number; body: string }>(world.time, run, signal, {
      effectAfter: latency / 2,
      answerAfter: broken?.afterMilliseconds ?? Math.min(latency, zohoTimeout + 1),
      isCarriedOut: broken?.isCarriedOut ?? true,
      carryOut: () => {
        if (isToken) world.observe({ kind: 'token request', run, connection, refreshToken });
        return answerOf(world, call, fault);
      },
      answer: (reply) => {
        if (broken !== undefined || latency > zohoTimeout || reply === undefined)
          throw noAnswer(fault ?? 'TimeoutError');
        report(reply);
        return reply;
      },
      aborted: () => noAnswer('AbortError'),
    });
  };
}

/** What the table of faults says of an answer: of the fault that made it, or of Zoho's own refusal. */
function judgementOf(call: Call, fault: string | undefined, reply: Reply | undefined): Judgement {
  const service = serviceNames.find((name) => name === call.place?.plays);
  const { outcome = '' } = reply ?? {};
  // Of a read that names an app, that there is no such thing is a wrong setting.
  if (service === 'salesiq' && outcome === '1019' && call.path.includes('/apps')) return 'setting_mismatch';
  if (service !== undefined) return services[service].errors[outcome]?.judged ?? 'nothing';
  if (reply === undefined) return fault === 'huge' ? 'unexpected_response' : 'zoho_unavailable';
  const isOfFault = fault !== undefined && zohoFaults[asActiveFault(fault).name].reply !== undefined;
  if (isOfFault || reply.outcome === 'issued') return fault === undefined ? 'nothing' : judgedAs(fault);
  return reply.outcome === 'throttled' ? 'rate_limited' : (reply.outcome as Judgement);
}

/** Codes of refusals that a service gives only to who holds a living token. */
const refusalsOfHolders = ['1005', '1010', '1016', '1019', 'FORBIDDEN', 'OAUTH_ORG_MISMATCH', 'UNPROCESSABLE_ENTITY'];

function isAccepted(reply: Reply | undefined): boolean {
  const { status = 0, outcome = '', body = '' } = reply ?? {};
  return status === 204 || (status === 200 && body.includes('"data"')) || refusalsOfHolders.includes(outcome);
}

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
function answerOf(world: SimulatedWorld, call: Call, fault: string | undefined): Reply {
  if (call.place === undefined) throw new Error(`the Lambda called ${call.host}, which is no host of Zoho`);
  const isAnswer = fault !== undefined && zohoConnectionFault(fault) === undefined;
  const reply = answerCall(call, call.place, world.zoho, isAnswer ? [asActiveFault(fault)] : []);
  world.rememberSecrets(reply.body);
  return reply;
}

/** A request as Zoho's host sees it. */
function asCall({ host, path, method, headers, body = '' }: ZohoRequest): Call {
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
