import { RefreshError } from '../../../lambda/failure.ts';
import type { CallZoho } from '../../../lambda/zoho/call-zoho.ts';
import { type Call, isTokenCall, parameter } from '../../../local/zoho/call.ts';
import { placeOf } from '../../../local/zoho/hosts.ts';
import type { Reply } from '../../../local/zoho/reply.ts';
import { parseJson } from '../parse-json.ts';
import { between } from '../random.ts';
import { answerOf, asActiveFault } from './ask-by-hand.ts';
import { callOut, type RunInWorld } from './call-out.ts';
import type { SimulatedWorld } from './world.ts';
import { brokenConnections, meet, zohoTimeout } from './world-faults.ts';

/** The way to Zoho of one run. */
export function callZohoOf(world: SimulatedWorld, run: RunInWorld, signal: AbortSignal): CallZoho {
  return async (request) => {
    const [pathname = '', search = ''] = request.path.split('?');
    const call: Call = {
      host: request.host,
      place: placeOf(request.host),
      path: pathname,
      query: new URLSearchParams(search),
      method: request.method,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      body: request.body ?? '',
    };
    if (call.place === undefined) {
      const what = `a call to ${call.host}, which is no host of Zoho's`;
      world.observe({ kind: 'stray call', run, connection: '', invariant: 4, what });
    }
    const isToken = isTokenCall(call);
    const refreshToken = isToken ? (parameter(call, 'refresh_token') ?? '') : '';
    const accessToken = (call.headers.authorization ?? '').replace('Zoho-oauthtoken ', '');
    const connection = isToken ? world.ownerOf(refreshToken) : world.ownerOfToken(accessToken, call.host);
    const planned = world.disturbances.faultOf(
      isToken ? 'token' : 'probe',
      connection,
      world.time.now,
      run.random,
    );
    // A service answers in its own words only.
    const isForeign =
      /^(desk|salesiq):/.test(planned ?? '') && !call.host.startsWith(`${planned?.split(':')[0]}.`);
    const fault = isForeign ? undefined : planned;
    const broken = brokenConnections[fault ?? ''];
    const latency = between(run.random, 80, 900) * run.slowness;
    if (fault !== undefined) meet(run, connection, fault);
    const report = (reply: Reply | undefined): void =>
      world.observe(
        isToken
          ? {
              kind: 'token answer',
              run,
              connection,
              refreshToken,
              body: reply?.body,
              status: reply?.status ?? 0,
            }
          : {
              kind: 'probe answer',
              run,
              connection,
              accessToken,
              body: reply?.body,
              status: reply?.status ?? 0,
              outcome: reply?.outcome ?? 'none',
            },
      );
    const noAnswer = (reason: string) =>
      new RefreshError(
        fault === 'huge' ? 'unexpected_response' : 'zoho_unavailable',
        `no answer from ${call.host}: ${reason}`,
      );
    return await callOut<Reply, { status: number; body: string }>(world.time, run, signal, {
      effectAfter: latency / 2,
      answerAfter: broken?.afterMilliseconds ?? Math.min(latency, zohoTimeout + 1),
      isCarriedOut: broken?.isCarriedOut ?? true,
      carryOut: () => {
        if (isToken) world.observe({ kind: 'token request', run, connection, refreshToken });
        const active = fault === undefined || broken !== undefined ? [] : [asActiveFault(fault)];
        const reply = answerOf(world, call, active);
        world.rememberSecrets(parseJson(reply.body));
        return reply;
      },
      answer: (reply) => {
        if (broken !== undefined || latency > zohoTimeout || reply === undefined) {
          report(undefined);
          throw noAnswer(fault ?? 'TimeoutError');
        }
        report(reply);
        return { status: reply.status, body: reply.body };
      },
      aborted: () => {
        report(undefined);
        return noAnswer('AbortError');
      },
    });
  };
}
