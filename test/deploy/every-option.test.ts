import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readConnections } from '../../lambda/connections/read-connections.ts';
import { startZoho, type ZohoStandIn } from '../../local/zoho/server.ts';
import { type Moto, startMoto } from '../support/moto.ts';
import { bootstrap, deploy, lint, readTemplate, type StackTemplate } from './cdk.ts';
import {
  fetchFunction,
  makeSecrets,
  missingResources,
  type Secrets,
  scheduledEvent,
  subscribeQueue,
} from './deployed.ts';
import { startIamGate, statementsOfRole } from './policy.ts';
import { answered, invoke, outcomes } from './runtime-client.ts';

/** Those that the stacks of `test/infra/stacks.ts` have. */
const connections = readConnections(readFileSync('connections.json', 'utf8')).connections.slice(0, 2);

describe('every option, and everything brought along, deployed to moto', { timeout: 240_000 }, () => {
  const output = mkdtempSync(join(tmpdir(), 'zoho-deploy-every-option-'));
  const place = { output, folder: '.', app: 'npx --no-install node test/deploy/every-option-app.ts' };
  let moto: Moto;
  let zoho: ZohoStandIn;
  let template: StackTemplate;
  let secrets: Secrets;

  before(async () => {
    moto = await startMoto();
    zoho = await startZoho();
    await bootstrap(moto);
    await deploy(moto, place);
    template = readTemplate(place, 'EveryOption');
    secrets = await makeSecrets(moto, template);
  });
  after(async () => {
    await zoho?.close();
    await moto?.close();
  });

  test('everything that moto can make is there', async () => {
    assert.deepEqual(await missingResources(moto, 'EveryOption', template), []);
    assert.deepEqual(await missingResources(moto, 'BringYourOwn', readTemplate(place, 'BringYourOwn')), []);
  });

  test('cfn-lint finds nothing in the templates', async () => {
    assert.equal(await lint(moto, place, 'EveryOption', 'BringYourOwn'), '');
  });

  test('the function refreshes the tokens of its own stage and says so to the chat function', async () => {
    const refresher = await fetchFunction(moto, 'EveryOption', template);
    const chat = await fetchFunction(moto, 'EveryOption', template, /Rewrites Zoho token alerts/);
    const receiveAlerts = await subscribeQueue(moto, refresher.environment.ALERT_TOPIC_ARN, 'alerts');
    const receiveShown = await subscribeQueue(moto, chat.environment.CHAT_TOPIC_ARN, 'chat');
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

    const [alert] = await receiveAlerts();
    assert.equal(alert?.event.code, 'prefix_mismatch');
    const chatGate = await startIamGate(moto, await statementsOfRole(moto, chat.roleName), secrets.arns);
    const event = JSON.stringify({ Records: [{ Sns: { Message: JSON.stringify(alert?.event), Subject: null } }] });
    answered(await invoke(chat, event, { AWS_ENDPOINT_URL: chatGate.url }));
    await chatGate.close();
    const [notification] = await receiveShown();
    assert.partialDeepStrictEqual(notification?.event, { source: 'custom', metadata: { threadId: 'salesiq' } });
  });
});
