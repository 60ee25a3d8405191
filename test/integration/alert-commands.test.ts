import { expect, test } from 'vitest';
import type { Connection } from '../../lambda/connections/read-connections.ts';
import type { AlertEvent } from '../../lambda/incident/alert.ts';
import { giveConsent, tickEvent } from '../../local/stage.ts';
import { type CliStage, openCliStage } from '../support/cli/cli-stage.ts';
import { answerConsentPage, registerClient } from '../support/cli/consent-page.ts';
import { connectionsText } from '../support/stage.ts';

const prefix = 'npx --no-install zoho-tokens ';

function store(cli: CliStage, changes: Record<string, string>): void {
  const credentials = JSON.stringify({ ...cli.credentialsOf('desk'), ...changes });
  cli.stage.secretsManager.put('zoho/desk/credentials', credentials);
}

/** Somebody has stored the consent of a client that does not fit. */
function consent(cli: CliStage, changes: Partial<Connection>): void {
  store(cli, giveConsent(cli.zoho, { ...cli.connectionNamed('desk'), ...changes }));
}

/**
 * What goes wrong, for each code that `authorize` ends. A fault at Zoho passes before the person acts, its wait does not: the
 * new consent ends that too.
 */
const nights: Readonly<Record<string, (cli: CliStage) => void>> = {
  credentials_missing: (cli) => store(cli, { refresh_token: '' }),
  invalid_client: (cli) => store(cli, { client_id: `1005.${'A'.repeat(30)}` }),
  invalid_client_secret: (cli) => store(cli, { client_secret: 'a'.repeat(42) }),
  invalid_code: (cli) => cli.zoho.revoke(cli.credentialsOf('desk').refresh_token ?? ''),
  refused: (cli) => cli.zoho.faults.set('refusal:client_on_hold'),
  prefix_mismatch: (cli) => consent(cli, { tokenPrefixes: ['1000.'] }),
  scope_mismatch: (cli) => consent(cli, { requiredScopes: ['Desk.calls.READ'] }),
  token_rejected: (cli) => cli.zoho.faults.set('minted_dead'),
  rate_limited: (cli) => cli.zoho.faults.set('throttle_localised_bare'),
};

test.each(Object.keys(nights))('the command in the alert of %s, as printed, ends its incident', async (code) => {
  const cli = await openCliStage({ connectionsText: connectionsText(['desk']) });
  const { stage, zoho } = cli;
  const lambda = stage.startEnvironment({ STAGE: 'production' });
  const tick = async (minutesLater: number) => {
    cli.pass(minutesLater);
    await lambda.invoke(tickEvent(new Date(stage.now())));
  };
  const alerts = () =>
    stage.sns.inbox.map((entry) => ({
      event: JSON.parse(stage.sns.delivered(entry, 'sqs')) as AlertEvent,
      email: stage.sns.delivered(entry, 'email'),
    }));

  await tick(0);
  nights[code]?.(cli);
  await tick(21);
  await tick(20);
  const [open] = alerts();
  expect(open?.event).toMatchObject({ state: 'open', connection: 'desk', code });
  const { command } = open?.event ?? {};
  expect(command).toBe(`${prefix}authorize desk --stage production --region ap-south-1`);
  expect(open?.email).toContain(`\n  ${command}\n`);

  zoho.faults.clear();
  const client = registerClient(zoho, cli.connectionNamed('desk'), cli.callbackPort);
  const granted = answerConsentPage(cli.callbackPort, 'grant');
  const ran = await cli.runElsewhere(
    [...(command ?? '').slice(prefix.length).split(' '), ...cli.withoutBrowser],
    cli.account,
    `${client.client_id}\n${client.client_secret}\n`,
  );
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('proved and stored in zoho/desk') });
  expect(await granted).toContain('Consent for desk is stored');

  await tick(2);
  const resolved = alerts().at(-1);
  expect(resolved?.event).toMatchObject({ state: 'resolved', code, command: null, usable: true });
  expect(resolved?.event.incident_id).toBe(open?.event.incident_id);
});
