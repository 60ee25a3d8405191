import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type DocumentCommand, findCommands } from '../support/document-commands.ts';

/** Why a command of the document is not carried out. */
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

/**
 * Walks through docs/deploy.md, command by command as it stands there.
 *
 * @param carryOut - For each program of the document; throws if a command fails. `npx` is left out.
 * @returns `to` carries out everything up to a command, that one included; `rest` what is left, and checks the list of what
 *   is left out.
 */
export function walkDocument(carryOut: Readonly<Record<string, (words: string[]) => Promise<void>>>) {
  const commands = findCommands(readFileSync('docs/deploy.md', 'utf8'));
  const unused = new Set(Object.keys(leftOut));
  let at = 0;

  async function take({ line }: DocumentCommand): Promise<void> {
    at += 1;
    if (line in leftOut) {
      unused.delete(line);
      return;
    }
    const [program = '', ...words] = wordsOf(line.replace(/^npx (--no-install )?/, ''));
    const run = carryOut[program];
    assert.ok(run, `${line}: neither carried out nor left out for a reason`);
    await run(words);
  }
  return {
    async to(last: string): Promise<void> {
      const index = commands.findIndex(({ line }, place) => place >= at && line === last);
      assert.notEqual(index, -1, `docs/deploy.md has no command ${last}`);
      for (const command of commands.slice(at, index + 1)) await take(command);
    },
    async rest(): Promise<void> {
      for (const command of commands.slice(at)) await take(command);
      assert.deepEqual([...unused], [], 'left out, and no longer in the document');
    },
  };
}

/** A command line in words; what stands in quotes or angle brackets is one. */
function wordsOf(line: string): string[] {
  return (line.match(/"[^"]*"|<[^>]*>|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}
