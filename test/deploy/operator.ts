import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { callbackAddress } from '../../cli/authorize/callback-address.ts';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { registerFor } from '../../local/offer-stage.ts';
import { listenOnLoopback, readBody } from '../../local/wire/loopback.ts';
import type { ZohoStandIn } from '../../local/zoho/server.ts';
import { freePort } from '../free-port.ts';
import { answerConsentPage } from '../support/cli/consent-page.ts';
import { withVariables } from '../support/run-cli-inside.ts';
import { talkInside } from '../support/talk-inside.ts';
import { type DeployedFunction, invoke } from './deployed-function.ts';
import type { Moto } from './moto.ts';

/** Where the operator's commands work. */
export type OperatorPlace = {
  readonly moto: Moto;
  readonly zoho: ZohoStandIn;
  readonly refresher: DeployedFunction;
  /** Through which the function reaches AWS. */
  readonly gateUrl: string;
  /** Working folder, with `connections.json` and `deployment.json`. */
  readonly folder: string;
  readonly connectionsText: string;
};

/** Runs a command of `zoho-tokens` on the deployed stack, and answers what it asks; it must succeed. */
export async function operate(words: readonly string[], place: OperatorPlace): Promise<string> {
  const { moto, zoho, folder } = place;
  const lambda = await startLambda(place);
  const variables = {
    ...moto.variables,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    ZOHO_ENDPOINT_URL: zoho.url,
  };
  const port = await freePort();
  const isAuthorize = words[0] === 'authorize';
  const granted = isAuthorize ? answerConsentPage(port, 'grant') : undefined;
  const own = isAuthorize ? ['--no-browser', '--port', `${port}`] : [];
  const { shown, code, unasked } = await withVariables(variables, () =>
    talkInside([...words, ...own], { folder, variables }, isAuthorize ? client(words[1] ?? '', port, place) : []),
  );
  await granted;
  await lambda.close();
  // moto never counts a subscription as confirmed, which is a failure of a deployment.
  const expected = shown.includes('NOBODY HEARS') ? 1 : 0;
  assert.deepEqual({ code, unasked }, { code: expected, unasked: [] }, shown);
  return shown;
}

/** A client as the API console would make it, typed at the questions of `authorize`. */
function client(name: string, port: number, { zoho, connectionsText }: OperatorPlace) {
  const connection = readConnections(connectionsText).connections.find((known) => known.name === name);
  assert.ok(connection, name);
  const { client_id, client_secret } = registerFor(zoho, connection, [callbackAddress(port)]);
  return [
    { question: 'Client ID', typed: client_id },
    { question: 'Client secret', typed: client_secret },
  ];
}

/** Lambda's API: invocations run the deployed code, since moto would want Docker for them; the rest is moto's own. */
function startLambda({ moto, zoho, refresher, gateUrl }: OperatorPlace) {
  const answer = async (request: IncomingMessage): Promise<string> => {
    const body = (await readBody(request)) ?? '';
    const path = request.url ?? '';
    if (!path.endsWith('/invocations')) {
      const { authorization = '' } = request.headers;
      return (await fetch(`${moto.url}${path}`, { headers: { authorization } })).text();
    }
    const { value, error } = await invoke(refresher, body, {
      AWS_ENDPOINT_URL: gateUrl,
      ZOHO_ENDPOINT_URL: zoho.url,
    });
    assert.equal(error, undefined);
    return JSON.stringify(value);
  };
  return listenOnLoopback((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      (fault: unknown) => response.writeHead(500).end(String(fault)),
    );
  });
}
