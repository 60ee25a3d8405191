import assert from 'node:assert/strict';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { ZohoStandIn } from '../../local/zoho/server.ts';
import { answerConsentPage, registerClient } from '../support/cli/consent-page.ts';
import { freePort } from '../support/free-port.ts';
import type { Moto } from '../support/moto.ts';
import { runInside } from '../support/run-cli-inside.ts';
import type { DeployedFunction } from './deployed.ts';
import { startFront } from './front.ts';
import { answered, invoke } from './runtime-client.ts';

/** Where the operator's commands work. */
export type OperatorPlace = {
  readonly moto: Moto;
  readonly zoho: ZohoStandIn;
  readonly refresher: DeployedFunction;
  /** Through which the function reaches AWS. */
  readonly gateUrl: string;
  /** Working folder, with `connections.json` and `deployment.json`. */
  readonly folder: string;
  readonly connections: readonly Connection[];
};

/** Runs a command of `zoho-tokens` on the deployed stack, and answers what it asks; it must succeed. */
export async function operate(words: readonly string[], place: OperatorPlace): Promise<string> {
  const { moto, zoho, folder, refresher, gateUrl, connections } = place;
  // Invocations run the deployed code, since moto would want Docker for them; the rest of Lambda is moto's own.
  const lambda = await startFront(moto, async ({ url }, body, passOn) => {
    if (!url?.endsWith('/invocations')) return passOn();
    const where = { AWS_ENDPOINT_URL: gateUrl, ZOHO_ENDPOINT_URL: zoho.url };
    return Response.json(answered(await invoke(refresher, body.toString(), where)));
  });
  const variables = { ...moto.variables, AWS_ENDPOINT_URL_LAMBDA: lambda.url, ZOHO_ENDPOINT_URL: zoho.url };
  const isAuthorize = words[0] === 'authorize';
  const port = await freePort();
  const granted = isAuthorize ? answerConsentPage(port, 'grant') : undefined;
  const own = isAuthorize ? ['--no-browser', '--port', `${port}`] : [];
  const connection = connections.find(({ name }) => isAuthorize && name === words[1]);
  const answers = connection === undefined ? [] : registerClient(zoho, connection, port).answers;
  const where = { folder, variables, answers, hasEnvironment: true };
  // A program that waits for an answer of its own for ever ends with the page that never comes.
  const running = Promise.all([runInside([...words, ...own], where), granted]);
  const [{ shown, code, unasked }] = await running.finally(lambda.close);
  // moto never counts a subscription as confirmed, which is a failure of a deployment.
  const expected = shown.includes('NOBODY HEARS') ? 1 : 0;
  assert.deepEqual({ code, unasked }, { code: expected, unasked: [] }, shown);
  return shown;
}
