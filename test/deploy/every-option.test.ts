import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { bootstrap, deploy } from './cdk.ts';
import { findProgram, run } from './commands.ts';
import { fetchFunction, invoke } from './deployed-function.ts';
import { startIamGate } from './iam-gate.ts';
import { missingResources } from './missing-resources.ts';
import { type Moto, startMoto } from './moto.ts';
import { tryToRead, tryToWrite } from './neighbours.ts';
import { rolesOf, statementsOfRole } from './policy.ts';
import { outcomes, scheduledEvent } from './scheduled-event.ts';
import { makeSecrets, type Secrets } from './secrets-of-template.ts';
import { subscribeQueue } from './subscribed-queue.ts';
import { readTemplate, type StackTemplate } from './template.ts';

/** Those that the stacks of `test/infra/stacks.ts` have. */
const connections = readConnections(readFileSync('connections.json', 'utf8')).connections.slice(0, 2);

describe('every option, and everything brought along, deployed to moto', { timeout: 240_000 }, () => {
  const output = mkdtempSync(join(tmpdir(), 'zoho-deploy-every-option-'));
  const app = 'npx --no-install node test/deploy/every-option-app.ts';
  let moto: Moto;
  let zoho: ZohoStandIn;
  let template: StackTemplate;
  let secrets: Secrets;

  before(async () => {
    findProgram('cfn-lint', 'pip install cfn-lint==1.51.0');
    moto = await startMoto();
    zoho = await startZoho();
    await bootstrap(moto);
    await deploy(moto, { output, app });
    template = readTemplate(output, 'EveryOption');
    secrets = await makeSecrets(moto, template);
  });
  after(async () => {
    await zoho?.close();
    await moto?.stop();
  });

  test('everything that moto can make is there', async () => {
    assert.deepEqual(await missingResources(moto, 'EveryOption', template), []);
    assert.deepEqual(await missingResources(moto, 'BringYourOwn', readTemplate(output, 'BringYourOwn')), []);
  });

  test('cfn-lint finds nothing in the templates', async () => {
    const templates = ['EveryOption', 'BringYourOwn'].map((name) => join(output, `${name}.template.json`));
    const { output: findings } = await run(
      'cfn-lint',
      ['--ignore-checks', 'W3005', '--', ...templates],
      moto.variables,
    );
    assert.equal(findings, '');
  });

  test('the function refreshes the tokens of its own stage and says so to the chat function', async () => {
    const refresher = await fetchFunction(moto, 'EveryOption', template, /Keeps Zoho access tokens fresh/);
    const chat = await fetchFunction(moto, 'EveryOption', template, /Rewrites Zoho token alerts/);
    const alerts = await subscribeQueue(moto, refresher.environment.ALERT_TOPIC_ARN ?? '', 'alerts');
    const shown = await subscribeQueue(moto, chat.environment.CHAT_TOPIC_ARN ?? '', 'chat');
    for (const { name, dataCenter, service, requiredScopes } of connections) {
      const grant = zoho.plant({ dataCenter, service, prefix: '1005.', scopes: [...requiredScopes] });
      await secrets.put(`every/option/${name}/credentials`, grant);
    }

    const gate = await startIamGate(moto, await statementsOfRole(moto, refresher.roleName), secrets.arns);
    const tick = await invoke(refresher, scheduledEvent(template), {
      AWS_ENDPOINT_URL: gate.url,
      ZOHO_ENDPOINT_URL: zoho.url,
    });
    await gate.close();
    assert.deepEqual(outcomes(tick), { salesiq: 'failed: prefix_mismatch', desk: 'refreshed' });
    assert.deepEqual(gate.refused, []);

    const [alert] = await alerts.receive();
    assert.equal(alert?.event.code, 'prefix_mismatch');
    const chatGate = await startIamGate(moto, await statementsOfRole(moto, chat.roleName), secrets.arns);
    const event = JSON.stringify({
      Records: [{ Sns: { Message: JSON.stringify(alert?.event), Subject: null } }],
    });
    const rewritten = await invoke(chat, event, { AWS_ENDPOINT_URL: chatGate.url });
    await chatGate.close();
    assert.equal(rewritten.error, undefined);
    const [notification] = await shown.receive();
    assert.equal(notification?.event.source, 'custom');
    assert.equal(Object(notification?.event.metadata).threadId, 'salesiq');
  });

  test('an app that may read the Desk token can read nothing else and write nothing', async () => {
    const [role] = await rolesOf(moto, /DeskApp/);
    const gate = await startIamGate(moto, await statementsOfRole(moto, role ?? ''), secrets.arns);
    assert.equal(await tryToRead(gate.url, 'every/option/desk/token'), 'allowed');
    for (const secret of ['desk/credentials', 'salesiq/token', 'salesiq/credentials']) {
      assert.equal(await tryToRead(gate.url, `every/option/${secret}`), 'AccessDeniedException', secret);
    }
    assert.equal(await tryToWrite(gate.url, 'every/option/desk/token'), 'AccessDeniedException');
    await gate.close();
  });

  test('a second deploy of the same code changes nothing', async () => {
    const printed = await deploy(moto, { output, app });
    assert.match(printed, /✅ +EveryOption \(no changes\)/);
    assert.match(printed, /✅ +BringYourOwn \(no changes\)/);
  });
});
