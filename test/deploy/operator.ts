import assert from 'node:assert/strict';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { ZohoStandIn } from '../../local/zoho/server.ts';
import { answerConsentPage, registerClient } from '../support/cli/consent-page.ts';
import { freePort } from '../support/free-port.ts';
import { type Moto, startFront } from '../support/moto.ts';
import { runInside } from '../support/run-cli-inside.ts';

/** Where the operator's commands work. */
type OperatorPlace = {
  readonly moto: Moto;
  readonly zoho: ZohoStandIn;
  /** Working folder, with `connections.json` and `deployment.json`. */
  readonly folder: string;
  readonly connections: readonly Connection[];
  /** Runs the deployed code, since moto would want Docker for it; the rest of Lambda is moto's own. */
  readonly invoke: (event: string) => Promise<unknown>;
};

/** Runs a command of `zoho-tokens` on the deployed stack, and answers what it asks; it must succeed. */
export async function operate(words: readonly string[], place: OperatorPlace): Promise<string> {
  const { moto, zoho, folder, connections, invoke } = place;
  const lambda = await startFront(moto, async ({ url }, body, passOn) =>
    url?.endsWith('/invocations') ? Response.json(await invoke(body.toString())) : passOn(),
  );
  const variables = { ...moto.variables, AWS_ENDPOINT_URL_LAMBDA: lambda.url, ZOHO_ENDPOINT_URL: zoho.url };
  const port = await freePort();
  const connection = connections.find(({ name }) => words[0] === 'authorize' && words[1] === name);
  const own = connection ? ['--no-browser', '--port', `${port}`] : [];
  const answers = connection ? registerClient(zoho, connection, port).answers : [];
  const running = runInside([...words, ...own], { folder, variables, answers, hasEnvironment: true });
  // A program that waits for an answer of its own for ever ends with the page that never comes.
  const both = Promise.all([running, connection && answerConsentPage(port, 'grant')]);
  const [{ shown, code, unasked }] = await both.finally(lambda.close);
  // moto never counts a subscription as confirmed, which is a failure of a deployment.
  const expected = shown.includes('NOBODY HEARS') ? 1 : 0;
  assert.deepEqual({ code, unasked }, { code: expected, unasked: [] }, shown);
  return shown;
}
