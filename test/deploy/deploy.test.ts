import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { commandsToRun } from '../support/document-commands.ts';
import { account, type Moto, region, startMoto } from '../support/moto.ts';
import { findProgram, must, runProgram } from '../support/run-program.ts';
import { searchForSecrets, secretsIn } from '../support/secrets-search.ts';
import { cdk, makeDeploymentFolder, readTemplate, type StackTemplate, stackName } from './cdk.ts';
import {
  type DeployedFunction,
  fetchFunction,
  makeSecrets,
  missingResources,
  type Receive,
  type Secrets,
  scheduledEvent,
  subscribeQueue,
} from './deployed.ts';
import { type IamGate, isAllowed, startIamGate } from './iam-gate.ts';
import { operate } from './operator.ts';
import { answered, type Invocation, invoke, outcomes, roleCredentials } from './runtime-client.ts';

const { connections } = readConnections(readFileSync('connections.json', 'utf8'));

/** Why a command of docs/deploy.md is not carried out. */
const leftOut: Readonly<Record<string, string>> = {
  'npm ci': 'a test must not install what it runs on',
  'npm ci && npm run build': '`npm run test:deploy` has built before, and must not install',
  'npx --no-install zoho-tokens runbook CODE':
    'CODE stands for a code; test/integration/first-hour.test.ts runs it with one',
  'aws cloudwatch set-alarm-state --alarm-name zoho/refresher/heartbeat --state-value ALARM --state-reason "test"':
    'the CloudFormation of moto makes no alarms',
  'npx cdk deploy --strict -c stage=staging': 'test/deploy/upgrade.test.ts deploys a second stage',
  'aws sns subscribe --topic-arn <output PagingTopicArn> --protocol https --notification-endpoint <address>':
    'the default stage has no paging topic, and there is nobody at the address',
  'npx --no-install zoho-tokens verify':
    'test/deploy/verify.test.ts runs it; here the CloudFormation of moto has made neither schedule nor alarms',
  'git pull': 'the working folder has nowhere to pull from',
  'npm test': 'a test cannot run all tests',
};

/** What a test adds to a command of cdk: nobody is there to be asked, and moto makes no read-only change set. */
const additions: Readonly<Record<string, readonly string[]>> = {
  bootstrap: [`aws://${account}/${region}`],
  deploy: ['--require-approval=never'],
  diff: ['--method=template'],
  destroy: ['--force'],
};

describe('the default stack, deployed to moto', { timeout: 240_000 }, () => {
  const place = makeDeploymentFolder();
  const document = commandsToRun('docs/deploy.md', leftOut);
  /** What the commands of the document printed last, by program and command. */
  const printed = new Map<string, string>();
  /** What came of every event so far. */
  const invocations: Invocation[] = [];
  let moto: Moto;
  let zoho: ZohoStandIn;
  let template: StackTemplate;
  let refresher: DeployedFunction;
  let secrets: Secrets;
  let receive: Receive;
  let gate: IamGate;

  before(async () => {
    assert.ok(findProgram('aws'), 'pip install awscli');
    moto = await startMoto();
    zoho = await startZoho();
    const untilDeploy = document.findIndex(({ line }) => line === 'npx cdk deploy --strict') + 1;
    for (const { line } of document.splice(0, untilDeploy)) await carryOut(line);
    template = readTemplate(place);
    refresher = await fetchFunction(moto, stackName, template);
    secrets = await makeSecrets(moto, template);
    receive = await subscribeQueue(moto, refresher.environment.ALERT_TOPIC_ARN, 'on-call');
    gate = await startIamGate(moto, refresher.roleName, secrets.arns);
  });
  after(async () => {
    await gate?.close();
    await zoho?.close();
    await moto?.close();
  });

  test('everything that moto can make is there', async () => {
    assert.deepEqual(await missingResources(moto, stackName, template), []);
  });

  test('a grant whose tokens have the wrong prefix is reported to the topic and not stored', async () => {
    for (const { name } of connections) await authorize(name, '1005.');
    assert.deepEqual(await tick(), {
      salesiq: 'failed: prefix_mismatch',
      desk: 'refreshed',
      'salesiq-visitor': 'refreshed',
    });
    const [alert, ...others] = await receive();
    assert.deepEqual(others, []);
    assert.partialDeepStrictEqual(alert, {
      event: { code: 'prefix_mismatch', connection: 'salesiq', state: 'open' },
      attributes: { severity: 'critical' },
    });
    assert.equal(await secrets.readText('zoho/salesiq/token'), 'nothing stored yet');
  });

  test('an alert that SNS refuses ends in an error that people can read, and that is printed once', async () => {
    await authorize('desk', '1000.');
    await secrets.put('zoho/desk/token', { nothing: 'stored' });
    const quietGate = await startIamGate(moto, refresher.roleName, secrets.arns, 'sns:Publish');
    const { kind, body, printed: lines } = await invokeAt(quietGate.url, scheduledEvent(template));
    await quietGate.close();
    assert.equal(kind, 'error', body);
    const { errorType, errorMessage, trace } = JSON.parse(body);
    assert.equal(errorType, 'AggregateError');
    assert.match(errorMessage, /^desk: .*SNS did not take the alert: AuthorizationError/);
    assert.match(trace[1], /^ +at carryOutEvent \(.*lambda\.cjs:\d+:\d+\)$/);
    assert.match(trace.join('\n'), /\n +at async carryOut \(/);
    assert.equal(lines.split('"errorType":"AggregateError"').length, 2);
  });

  test('the right credentials heal the connection on the next tick, and a refresh token that Zoho replaced is kept', async () => {
    const granted = await authorize('salesiq', '1000.');
    await authorize('desk', '1005.');
    assert.deepEqual(await tick(), { salesiq: 'refreshed', desk: 'refreshed', 'salesiq-visitor': 'fresh' });
    assert.ok(zoho.isLive((await secrets.read('zoho/salesiq/token')).access_token));
    assert.notEqual((await secrets.read('zoho/salesiq/credentials')).refresh_token, granted.refresh_token);
    assert.equal((await receive())[0]?.event.state, 'resolved');
  });

  // That it allows nothing else is read in its policy by test/infra/permissions.test.ts.
  test('the role allows the calls that went over the wire, and each that it allows is one of them', () => {
    assert.deepEqual(gate.refused, []);
    const single = gate.statements.flatMap((statement) =>
      [statement.Action]
        .flat()
        .flatMap((Action) => [statement.Resource].flat().map((Resource) => ({ ...statement, Action, Resource }))),
    );
    // Lambda writes the log lines, not the function.
    const ofFunction = single.filter(({ Action }) => !Action.startsWith('logs:'));
    const unused = ofFunction.filter((statement) => !gate.allowed.some((call) => isAllowed([statement], call)));
    assert.deepEqual(unused, []);
  });

  test('every line that the function prints is JSON, and neither they nor its answers hold a secret', async () => {
    // CloudWatch takes a line that is not JSON for text, and no metric or filter finds it.
    const lines = invocations.flatMap(({ printed: text }) => text.split('\n').filter((line) => line !== ''));
    assert.ok(lines.map((line) => JSON.parse(line)).some(({ event }) => event === 'connection'));
    const stored = await Promise.all([...secrets.arns.keys()].map(secrets.readText));
    const held = [...stored.flatMap(secretsIn), ...zoho.issuedTokens()];
    const { AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = roleCredentials;
    const texts = invocations.flatMap((each) => Object.values(each));
    assert.equal(searchForSecrets(texts, [...held, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN]), undefined);
  });

  test('the rest of docs/deploy.md runs as it is written: an upgrade of the same code changes nothing', async () => {
    for (const { line } of document) await carryOut(line);
    // What was received before is in the queue again after half a minute.
    assert.ok((await receive()).some(({ event }) => event.state === 'test'));
    // moto subscribes no e-mail address from a template.
    assert.match(printed.get('aws list-subscriptions-by-topic') ?? '', /"Protocol": "sqs"/);
    assert.match(printed.get('zoho-tokens status') ?? '', /^desk +fresh /m);
    assert.match(printed.get('cdk diff') ?? '', /There were no differences/);
    assert.match(printed.get('cdk deploy') ?? '', /✅ +ZohoTokenRefresher \(no changes\)/);
    assert.match(printed.get('cdk destroy') ?? '', /ZohoTokenRefresher: destroyed/);
    // Marked for deletion: AWS keeps it for 30 days.
    await assert.rejects(secrets.readText('zoho/desk/credentials'), { name: 'InvalidRequestException' });
  });

  /** Runs a command of the document as it stands there; throws if it fails. */
  async function carryOut(line: string): Promise<void> {
    // What stands in quotes or angle brackets is one word.
    const quoted = line.replace(/^npx (--no-install )?/, '').match(/"[^"]*"|<[^>]*>|\S+/g) ?? [];
    const [program = '', command = '', ...words] = quoted.map((word) => word.replaceAll('"', ''));
    if (program === 'cdk') {
      const { status, printed: text } = await cdk(moto, place, [command, ...words, ...(additions[command] ?? [])]);
      assert.equal(status, 0, text.slice(-4_000));
      printed.set(`cdk ${command}`, text);
    } else if (program === 'aws') {
      // moto makes no outputs.
      const topic = refresher.environment.ALERT_TOPIC_ARN ?? '';
      const filled = [command, ...words].map((word) => (word === '<output AlertTopicArn>' ? topic : word));
      const { stdout } = await must(runProgram('aws', filled, { env: moto.variables }));
      printed.set(`aws ${words[0]}`, stdout);
    } else {
      assert.equal(program, 'zoho-tokens', `${line}: neither carried out nor left out for a reason`);
      const where = { moto, zoho, folder: place.folder, connections };
      const invoke = async (event: string) => answered(await invokeAt(gate.url, event));
      printed.set(`zoho-tokens ${command}`, await operate([command, ...words], { ...where, invoke }));
    }
  }

  /** Hands an event to the deployed code, whose calls of AWS go through a gate. */
  async function invokeAt(gateUrl: string, event: string, more: Record<string, string> = {}): Promise<Invocation> {
    const where = { AWS_ENDPOINT_URL: gateUrl, ZOHO_ENDPOINT_URL: zoho.url };
    const invocation = await invoke(refresher, event, { ...where, ...more });
    invocations.push(invocation);
    return invocation;
  }

  /** Invokes the deployed code as the schedule does and returns each connection's outcome. */
  async function tick(): Promise<Record<string, string>> {
    // Metrics are written under every level.
    const invocation = await invokeAt(gate.url, scheduledEvent(template), { LOG_LEVEL: 'ERROR' });
    const ticks = invocation.printed.split('\n').filter((line) => line.includes('"Ticks":1'));
    assert.equal(ticks.length, 1, 'one heartbeat for each tick');
    return outcomes(invocation);
  }

  /** Puts the credentials of a new grant, whose refresh token Zoho will replace, into a connection's secret. */
  async function authorize(wanted: string, prefix: '1000.' | '1005.') {
    const connection = connections.find(({ name }) => name === wanted);
    assert.ok(connection);
    const { dataCenter, service, requiredScopes } = connection;
    const grant = zoho.plant({ dataCenter, service, prefix, scopes: [...requiredScopes] });
    zoho.faults.set('new_refresh_token', { clientId: grant.client_id });
    await secrets.put(`zoho/${wanted}/credentials`, grant);
    return grant;
  }
});
