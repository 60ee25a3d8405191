import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Connection, readConnections } from '../../lambda/connections/read-connections.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { cdk, makeDeploymentFolder } from './cdk.ts';
import { findProgram, run, runToSuccess } from './commands.ts';
import { type DeployedFunction, fetchFunction, invoke } from './deployed-function.ts';
import { walkDocument } from './document.ts';
import { type IamGate, startIamGate } from './iam-gate.ts';
import { missingResources } from './missing-resources.ts';
import { account, type Moto, region, startMoto } from './moto.ts';
import { neighbours } from './neighbours.ts';
import { operate } from './operator.ts';
import { isAllowed, type Statement, statementsOfRole } from './policy.ts';
import { outcomes, scheduledEvent } from './scheduled-event.ts';
import { makeSecrets, type Secrets } from './secrets-of-template.ts';
import { type SubscribedQueue, subscribeQueue } from './subscribed-queue.ts';
import { readTemplate, type StackTemplate } from './template.ts';

const stackName = 'ZohoTokenRefresher';
const connectionsText = readFileSync('connections.json', 'utf8');
const { connections } = readConnections(connectionsText);

describe('the default stack, deployed to moto', { timeout: 240_000 }, () => {
  const place = makeDeploymentFolder({ production: { alert_emails: ['on-call@acme.io'] } });
  const { output } = place;
  /** What the commands of docs/deploy.md printed last, by program and command. */
  const printed = new Map<string, string>();
  const document = walkDocument({
    async cdk(words) {
      const { status, output: text } = await cdk(moto, place, [...words, ...additions(words[0])]);
      assert.equal(status, 0, text.slice(-4_000));
      printed.set(`cdk ${words[0]}`, text);
    },
    async aws(words) {
      // moto makes no outputs.
      const outputs: Record<string, string | undefined> = {
        AlertTopicArn: refresher.environment.ALERT_TOPIC_ARN,
      };
      const filled = words.map((word) => word.replace(/^<output (\w+)>$/, (_, name: string) => outputs[name] ?? ''));
      printed.set(
        `aws ${words[1]}`,
        await runToSuccess('aws', filled, { ...moto.variables, AWS_DEFAULT_REGION: region }),
      );
    },
    async 'zoho-tokens'(words) {
      const { folder } = place;
      const where = { moto, zoho, refresher, gateUrl: gate.url, folder, connectionsText };
      printed.set(`zoho-tokens ${words[0]}`, await operate(words, where));
    },
  });
  const planted = new Map<string, string>();
  let moto: Moto;
  let zoho: ZohoStandIn;
  let template: StackTemplate;
  let refresher: DeployedFunction;
  let secrets: Secrets;
  let queue: SubscribedQueue;
  let statements: Statement[];
  let gate: IamGate;

  before(async () => {
    findProgram('cfn-lint', 'pip install cfn-lint==1.51.0');
    findProgram('aws', 'pip install awscli');
    moto = await startMoto();
    zoho = await startZoho();
    await document.to('npx cdk deploy --strict');
    template = readTemplate(output, stackName);
    refresher = await fetchFunction(moto, stackName, template, /Keeps Zoho access tokens fresh/);
    secrets = await makeSecrets(moto, template);
    queue = await subscribeQueue(moto, refresher.environment.ALERT_TOPIC_ARN ?? '', 'on-call');
    statements = await statementsOfRole(moto, refresher.roleName);
    gate = await startIamGate(moto, statements, secrets.arns);
  });
  after(async () => {
    await gate?.close();
    await zoho?.close();
    await moto?.stop();
  });

  test('everything that moto can make is there', async () => {
    assert.deepEqual(await missingResources(moto, stackName, template), []);
  });

  test('cfn-lint finds nothing in the template', async () => {
    const { output: findings } = await run(
      'cfn-lint',
      // CDK's own DependsOn beside a GetAtt: superfluous, not wrong.
      ['--ignore-checks', 'W3005', '--', join(output, `${stackName}.template.json`)],
      moto.variables,
    );
    assert.equal(findings, '');
  });

  test('a tick before anybody has authorized a connection does nothing and alerts nobody', async () => {
    assert.deepEqual(await tick(), {
      salesiq: 'waiting: credentials_missing',
      desk: 'waiting: credentials_missing',
      'salesiq-visitor': 'waiting: credentials_missing',
    });
    assert.deepEqual(await queue.receive(), []);
    assert.equal(zoho.requests.length, 0);
  });

  test('a grant whose tokens have the wrong prefix is reported to the topic and not stored', async () => {
    for (const connection of connections) await authorize(connection, '1005.');
    for (const name of ['desk', 'salesiq-visitor'])
      zoho.faults.set('new_refresh_token', { clientId: await clientOf(name) });
    assert.deepEqual(await tick(), {
      salesiq: 'failed: prefix_mismatch',
      desk: 'refreshed',
      'salesiq-visitor': 'refreshed',
    });
    const alerts = await queue.receive();
    assert.equal(alerts.length, 1);
    assert.equal(alerts[0]?.event.code, 'prefix_mismatch');
    assert.equal(alerts[0]?.event.connection, 'salesiq');
    assert.equal(alerts[0]?.event.state, 'open');
    assert.equal(alerts[0]?.attributes.severity, 'critical');
    assert.match(String(alerts[0]?.event.summary), /1000\..*1005\./);
    assert.equal(await secrets.read('zoho/salesiq/token'), 'nothing stored yet');
  });

  test('the right credentials heal the connection on the next tick: every token secret is filled', async () => {
    const salesiq = connections.find(({ name }) => name === 'salesiq');
    assert.ok(salesiq);
    await authorize(salesiq, '1000.');
    zoho.faults.set('new_refresh_token', { clientId: await clientOf('salesiq') });
    assert.deepEqual(await tick(), { salesiq: 'refreshed', desk: 'fresh', 'salesiq-visitor': 'fresh' });
    for (const { name, service, tokenPrefixes } of connections) {
      const token = JSON.parse((await secrets.read(`zoho/${name}/token`)) ?? '{}');
      assert.equal(token.service, service);
      assert.ok(tokenPrefixes.some((prefix) => token.access_token.startsWith(prefix)));
      assert.ok(zoho.isLive(token.access_token));
    }
    const [resolved] = await queue.receive();
    assert.equal(resolved?.event.state, 'resolved');
  });

  test('a refresh token that Zoho replaced is kept', async () => {
    for (const { name } of connections) {
      const { refresh_token } = JSON.parse((await secrets.read(`zoho/${name}/credentials`)) ?? '{}');
      assert.notEqual(refresh_token, planted.get(name));
    }
  });

  test('a look costs two calls for each connection, a refresh two more: the counts behind docs/performance.md', async () => {
    zoho.faults.clear();
    const before = gate.allowed.length;
    assert.deepEqual(await tick(), { salesiq: 'fresh', desk: 'fresh', 'salesiq-visitor': 'fresh' });
    assert.equal(gate.allowed.length - before, 2 * connections.length);

    const token = JSON.parse((await secrets.read('zoho/desk/token')) ?? '{}');
    const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const aged = { ...token, issued_at: minutesFromNow(-25), expires_at: minutesFromNow(35) };
    await secrets.put('zoho/desk/token', aged);
    assert.deepEqual(await tick(), { salesiq: 'fresh', desk: 'refreshed', 'salesiq-visitor': 'fresh' });
    assert.equal(gate.allowed.length - before, 4 * connections.length + 2);
  });

  test('the role allows exactly the calls that went over the wire', () => {
    assert.deepEqual(gate.refused, []);
    const forFunction = statements.filter(({ actions }) => actions.every((action) => !action.startsWith('logs:')));
    const allowed = forFunction.flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
    );
    const unused = allowed.filter(
      ({ action, resource }) =>
        !gate.allowed.some((call) => isAllowed([{ effect: 'Allow', actions: [action], resources: [resource] }], call)),
    );
    assert.deepEqual(unused, []);
  });

  test('the role is refused everything next to it', async () => {
    const own = { secret: 'zoho/desk/token', topicArn: refresher.environment.ALERT_TOPIC_ARN ?? '' };
    for (const [name, attempt] of neighbours(gate.url, own)) {
      assert.match(await attempt(), /AccessDenied|AuthorizationError/, name);
    }
  });

  test('the rest of docs/deploy.md runs as it is written: an upgrade of the same code changes nothing', async () => {
    await document.rest();
    // What was received before is in the queue again after half a minute.
    assert.ok((await queue.receive()).some(({ event }) => event.state === 'test'));
    // moto subscribes no e-mail address from a template.
    assert.match(printed.get('aws list-subscriptions-by-topic') ?? '', /"Protocol": "sqs"/);
    assert.match(printed.get('zoho-tokens status') ?? '', /^desk +fresh /m);
    assert.match(printed.get('cdk diff') ?? '', /There were no differences/);
    assert.match(printed.get('cdk deploy') ?? '', /✅ +ZohoTokenRefresher \(no changes\)/);
    assert.match(printed.get('cdk destroy') ?? '', /ZohoTokenRefresher: destroyed/);
    // Marked for deletion: AWS keeps it for 30 days.
    await assert.rejects(secrets.read('zoho/desk/credentials'), { name: 'InvalidRequestException' });
  });

  /** What a test adds to a command of cdk: nobody is there to be asked, and moto makes no read-only change set. */
  function additions(command: string | undefined): string[] {
    if (command === 'bootstrap') return [`aws://${account}/${region}`];
    if (command === 'deploy') return ['--require-approval=never'];
    if (command === 'diff') return ['--method=template'];
    return command === 'destroy' ? ['--force'] : [];
  }

  /** Invokes the deployed code as the schedule does and returns each connection's outcome. */
  async function tick(): Promise<Record<string, string>> {
    const invocation = await invoke(refresher, scheduledEvent(template), {
      AWS_ENDPOINT_URL: gate.url,
      ZOHO_ENDPOINT_URL: zoho.url,
      // Metrics are written under every level.
      LOG_LEVEL: 'ERROR',
    });
    const ticks = invocation.stdout.split('\n').filter((line) => line.includes('"Ticks":1'));
    assert.equal(ticks.length, 1, 'one heartbeat for each tick');
    assert.match(ticks[0] ?? '', /"SecretPrefix":"zoho"/);
    return outcomes(invocation);
  }

  /** Puts the credentials of a new grant into a connection's secret, as an operator does. */
  async function authorize({ name, dataCenter, service, requiredScopes }: Connection, prefix: '1000.' | '1005.') {
    const grant = zoho.plant({ dataCenter, service, prefix, scopes: [...requiredScopes] });
    planted.set(name, grant.refresh_token);
    await secrets.put(`zoho/${name}/credentials`, grant);
  }

  async function clientOf(connection: string): Promise<string> {
    return JSON.parse((await secrets.read(`zoho/${connection}/credentials`)) ?? '{}').client_id;
  }
});
