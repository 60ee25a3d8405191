import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { giveConsent } from '../../local/stage.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { secretsIn } from '../support/secrets-held.ts';
import { searchForSecrets } from '../support/secrets-search.ts';
import { bootstrap, deploy, makeDeploymentFolder } from './cdk.ts';
import { fetchFunction } from './deployed-function.ts';
import { type IamGate, startIamGate } from './iam-gate.ts';
import { type Moto, startMoto } from './moto.ts';
import { statementsOfRole } from './policy.ts';
import type { Posted } from './runtime-api.ts';
import { installRuntimeClient, type RuntimeClient, startRuntimeClient } from './runtime-client.ts';
import { scheduledEvent } from './scheduled-event.ts';
import { makeSecrets, type Secrets } from './secrets-of-template.ts';
import { readTemplate, type StackTemplate } from './template.ts';

const stackName = 'ZohoTokenRefresher';
const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
/** As Lambda puts them into a function's environment; made up, and long enough to be found again. */
const roleCredentials = {
  AWS_ACCESS_KEY_ID: 'ASIAMADEUPFORTESTS00',
  AWS_SECRET_ACCESS_KEY: 'Made0Up1Role2Secret3Access4Key5Of6Forty7',
  AWS_SESSION_TOKEN: 'Made0Up1Role2Session3Token4',
};

describe("the deployed code under AWS's own runtime client, with logs in JSON", { timeout: 240_000 }, () => {
  const posted: Posted[] = [];
  let moto: Moto;
  let zoho: ZohoStandIn;
  let template: StackTemplate;
  let secrets: Secrets;
  let gate: IamGate;
  let runtime: RuntimeClient | undefined;

  before(async () => {
    moto = await startMoto();
    zoho = await startZoho();
    await bootstrap(moto);
    const place = makeDeploymentFolder({ production: { alert_emails: ['on-call@acme.io'] } });
    await deploy(moto, place);
    template = readTemplate(place.output, stackName);
    const refresher = await fetchFunction(moto, stackName, template, /Keeps Zoho access tokens fresh/);
    secrets = await makeSecrets(moto, template);
    for (const connection of connections) {
      await secrets.put(`zoho/${connection.name}/credentials`, giveConsent(zoho, connection));
    }
    const statements = await statementsOfRole(moto, refresher.roleName);
    // Everything that the role allows, but to publish.
    const quiet = statements.filter(({ actions }) => !actions.includes('sns:Publish'));
    gate = await startIamGate(moto, quiet, secrets.arns);
    const program = await installRuntimeClient();
    if (program === undefined) return;
    const variables = { ...roleCredentials, AWS_ENDPOINT_URL: gate.url, ZOHO_ENDPOINT_URL: zoho.url };
    runtime = await startRuntimeClient(program, refresher, variables);
  });
  after(async () => {
    await runtime?.close();
    await gate?.close();
    await zoho?.close();
    await moto?.stop();
  });

  test('a tick, a call and a refused event are answered', async (context) => {
    if (isMissing(context)) return;
    const outcomes = (outcome: string) => connections.map(({ name }) => ({ connection: name, outcome }));
    assert.partialDeepStrictEqual(await answer(scheduledEvent(template)), {
      connections: outcomes('refreshed'),
    });
    assert.partialDeepStrictEqual(await answer('{"connections":["desk"],"reason":"operator"}'), {
      connections: [{ connection: 'desk', outcome: 'fresh', probe: 'accepted' }],
    });
    const { error } = await answer('{"connections":["nobody"],"reason":"operator"}');
    assert.match(String(error), /is not one of salesiq, desk/);
  });

  test('an alert that SNS refuses ends in an error that people can read', async (context) => {
    if (isMissing(context)) return;
    const [salesiq] = connections;
    assert.ok(salesiq);
    // The grant of another kind of client, and no good token: on-call must hear of it, and cannot.
    const wrong = giveConsent(zoho, { ...salesiq, tokenPrefixes: ['1005.'] });
    await secrets.put('zoho/salesiq/credentials', wrong);
    await secrets.put('zoho/salesiq/token', { nothing: 'stored' });
    const { kind, body } = await invoke(scheduledEvent(template));
    assert.equal(kind, 'error', body);
    const { errorType, errorMessage, trace } = JSON.parse(body);
    assert.equal(errorType, 'AggregateError');
    assert.match(errorMessage, /^salesiq: .*SNS did not take the alert: AuthorizationError/);
    assert.match(trace[1], /^ +at carryOut \(.*lambda\.cjs:\d+:\d+\)$/);
    assert.match(trace.join('\n'), /\n +at async invoke \(/);
  });

  test('every line that is printed is JSON, and the error is printed once', (context) => {
    if (isMissing(context)) return;
    const lines = (runtime?.printed() ?? '').trimEnd().split('\n').map(parseLine);
    assert.ok(lines.some(({ level, event }) => level === 'INFO' && event === 'connection'));
    const errors = lines.filter(({ message }) => Object(message).errorType === 'AggregateError');
    assert.equal(errors.length, 1);
  });

  test('nothing that is printed or posted holds a secret', async (context) => {
    if (isMissing(context)) return;
    const names = connections.flatMap(({ name }) => [`zoho/${name}/token`, `zoho/${name}/credentials`]);
    const stored = await Promise.all(names.map(secrets.read));
    const held = [...stored.flatMap((text) => secretsIn(text ?? '')), ...zoho.issuedTokens()];
    assert.ok(held.length > names.length);
    const { AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = roleCredentials;
    const texts = [runtime?.printed() ?? '', ...posted.flatMap(({ body, headers }) => [body, headers])];
    assert.equal(searchForSecrets(texts, [...held, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN]), undefined);
  });

  function isMissing(context: TestContext): boolean {
    if (runtime !== undefined) return false;
    context.diagnostic("NOT TESTED: npm cannot reach its registry, so AWS's runtime client is not installed");
    context.skip('npm cannot reach its registry');
    return true;
  }

  async function invoke(event: string): Promise<Posted> {
    assert.ok(runtime);
    const answered = await runtime.invoke(event);
    posted.push(answered);
    return answered;
  }

  async function answer(event: string): Promise<Record<string, unknown>> {
    const { kind, body } = await invoke(event);
    assert.equal(kind, 'response', body);
    return JSON.parse(body);
  }
});

/** CloudWatch takes a line that is not JSON for text, and no metric or filter finds it. */
function parseLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`a line is no JSON: ${line.slice(0, 200)}`);
  }
}
