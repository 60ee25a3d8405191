import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { startZoho } from '../../local/zoho/server.ts';
import { everyFieldOfStage, formerKey } from '../infra/example-stacks.ts';
import { account, type Moto, region, startMoto } from '../support/moto.ts';
import { cdk, deploy, lint, makeDeploymentFolder, readTemplate, stackName } from './cdk.ts';
import { fetchFunction, makeSecrets, missingResources, scheduledEvent, subscribeQueue } from './deployed.ts';
import { startIamGate } from './iam-gate.ts';
import { answered, invoke, outcomes } from './runtime-client.ts';

/**
 * Every option of the file that moto can carry out: it knows no termination protection, and cannot make a key with tags
 * from a template, so tags are tried in the other stage.
 */
const { termination_protection: _, tags, ...everyField } = everyFieldOfStage;
const { connections } = readConnections(readFileSync('connections.json', 'utf8'));
const stages = {
  production: {
    ...everyField,
    account,
    region,
    former_encryption_key_arns: [formerKey.replace('ap-south-1', region)],
  },
  staging: { account, region, alert_emails: ['team@acme.io'], tags },
};

describe('an upgrade of a stack with every option, on moto', { timeout: 480_000 }, () => {
  const place = makeDeploymentFolder(stages);
  const firstOutput = join(place.folder, 'first.out');
  const stageArgs = ['-c', 'stage=production'];
  let moto: Moto;

  before(async () => {
    moto = await startMoto();
    const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await moto.clients.iam.createPolicy({ PolicyName: 'bound', PolicyDocument });
    await cdk(moto, place, ['bootstrap', `aws://${account}/${region}`, ...stageArgs]);
    await deploy(moto, place, stageArgs);
    cpSync(place.output, firstOutput, { recursive: true });
  });
  after(() => moto?.close());

  test('a plain command without the stage is refused: nothing is deployed', async () => {
    const { status, printed } = await cdk(moto, place, ['deploy', '--strict']);
    assert.notEqual(status, 0);
    assert.match(printed, /has the stages production, staging: choose one with -c stage=NAME/);
  });

  test('a second stage changes nothing of the first', async () => {
    await deploy(moto, place, ['-c', 'stage=staging']);
    const template = readTemplate(place, 'ZohoTokenRefresher-staging');
    assert.deepEqual(await missingResources(moto, 'ZohoTokenRefresher-staging', template), []);
  });

  test('an upgrade of the same code: the whole diff is empty, and nothing is deployed', async () => {
    const diff = await cdk(moto, place, ['diff', ...stageArgs, '--fail', '--method=template']);
    assert.match(diff.printed, /Number of stacks with differences: 0/);
    assert.equal(diff.status, 0);
    assert.match(await deploy(moto, place, stageArgs), /✅ +ZohoTokenRefresher \(no changes\)/);
    const template = readTemplate(place);
    assert.deepEqual(template, readTemplate({ ...place, output: firstOutput }));
    assert.deepEqual(await missingResources(moto, stackName, template), []);
  });

  test('cfn-lint finds nothing in the templates, nor in those with every option of the construct', async () => {
    const output = join(place.folder, 'construct.out');
    const app = 'npx --no-install node test/deploy/every-option-app.ts';
    const ofConstruct = { folder: '.', output, app };
    const { status, printed } = await cdk(moto, ofConstruct, ['synth', '--quiet']);
    assert.equal(status, 0, printed);
    assert.equal(await lint(moto, ofConstruct, 'ZohoTokenRefresher-staging', 'BringYourOwn'), '');
    assert.equal(await lint(moto, place, stackName), '');
    assert.equal(await lint(moto, place, 'ZohoTokenRefresher-staging'), '');
  });

  test('the function refreshes the tokens of its own stage and says so to the chat function', async () => {
    const zoho = await startZoho();
    const template = readTemplate(place);
    const secrets = await makeSecrets(moto, template, ['zoho-stage/desk/credentials', 'zoho-stage/desk/token']);
    const refresher = await fetchFunction(moto, stackName, template);
    const chat = await fetchFunction(moto, stackName, template, /Rewrites Zoho token alerts/);
    const receiveAlerts = await subscribeQueue(moto, refresher.environment.ALERT_TOPIC_ARN, 'alerts');
    const receiveShown = await subscribeQueue(moto, chat.environment.CHAT_TOPIC_ARN, 'chat');
    for (const { name, dataCenter, service, requiredScopes } of connections) {
      const grant = zoho.plant({ dataCenter, service, prefix: '1005.', scopes: [...requiredScopes] });
      await secrets.put(`zoho-stage/${name}/credentials`, grant);
    }

    const gate = await startIamGate(moto, refresher.roleName, secrets.arns);
    const where = { AWS_ENDPOINT_URL: gate.url, ZOHO_ENDPOINT_URL: zoho.url };
    const tick = await invoke(refresher, scheduledEvent(template), where);
    await gate.close();
    await zoho.close();
    assert.partialDeepStrictEqual(outcomes(tick), { salesiq: 'failed: prefix_mismatch', desk: 'refreshed' });
    assert.deepEqual(gate.refused, []);

    const [alert] = await receiveAlerts();
    assert.equal(alert?.event.code, 'prefix_mismatch');
    const chatGate = await startIamGate(moto, chat.roleName, secrets.arns);
    const event = JSON.stringify({ Records: [{ Sns: { Message: JSON.stringify(alert?.event), Subject: null } }] });
    answered(await invoke(chat, event, { AWS_ENDPOINT_URL: chatGate.url }));
    await chatGate.close();
    const [notification] = await receiveShown();
    assert.partialDeepStrictEqual(notification?.event, { source: 'custom', metadata: { threadId: 'salesiq' } });
  });
});
