import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { expect, test } from 'vitest';
import type { ZohoTokenRefresherStackProps } from '../../infra/stack.ts';
import { connectionsJson, formerKey } from './example-stacks.ts';
import { flat, ofType, propertiesOf, synthesizeWith, type Template } from './synthesize.ts';

const make = (props: Partial<ZohoTokenRefresherStackProps> = {}, stackName?: string): Template =>
  synthesizeWith({ alertEmails: ['on-call@acme.io'], ...props }, stackName);
const before = make();

/** Alarms by name: all that CloudWatch judges and does. */
const alarmsOf = (template: Template) =>
  new Map(propertiesOf(template, 'AWS::CloudWatch::Alarm').map((alarm) => [String(alarm.AlarmName), alarm]));

/** Who hears an alarm although it carries no attributes: the addresses without a filter on the topics of its actions. */
function heardBy(template: Template, name: string): unknown[] {
  const { AlarmActions } = alarmsOf(template).get(name);
  return propertiesOf(template, 'AWS::SNS::Subscription')
    .filter(({ TopicArn, FilterPolicy }) => AlarmActions.includes(TopicArn) && FilterPolicy === undefined)
    .map(({ Endpoint }) => Endpoint);
}

/** Nothing that was heard before is unheard now, and no alarm warms up again, as it would after every update. */
function expectEverybodyHears(after: Template, but: readonly string[] = []): void {
  expect(ofType(after, 'AWS::SNS::TopicPolicy')).toEqual(ofType(before, 'AWS::SNS::TopicPolicy'));
  for (const [name, alarm] of alarmsOf(before)) {
    if (but.includes(name)) continue;
    expect(alarmsOf(after).get(name), name).toEqual(alarm);
    expect(heardBy(after, name), name).toEqual(['on-call@acme.io']);
  }
}

function withConnections(change: (connections: { name: string }[]) => unknown[]): string {
  const file = JSON.parse(connectionsJson);
  return JSON.stringify({ ...file, connections: change(file.connections) });
}

test('a log level, a runbook, memory, tags or a log retention: every alarm stays as it is', () => {
  const props = {
    logLevel: 'ERROR',
    runbookUrl: 'https://wiki.acme.io/zoho',
    memorySizeMegabytes: 1_024,
    reservedConcurrency: 2,
    probeInterval: Duration.minutes(30),
    tags: { release: '2' },
    logRetention: 7,
  } as const;
  expectEverybodyHears(make(props));
});

test('a filter policy is never on a subscription of the stack: its addresses receive alerts and alarms', () => {
  expectEverybodyHears(before);
});

test('a switch of the customer-managed key: alarms stay, and the function still reads what is under the former key', () => {
  const after = make({
    customerManagedKey: true,
    imports: (stack) => ({ formerEncryptionKeys: [Key.fromKeyArn(stack, 'Former', formerKey)] }),
  });
  expectEverybodyHears(after);
  expect(JSON.stringify(flat(after.Resources))).toContain(`"Resource":"${formerKey}"`);
});

test('a second stage: its alarms watch other metrics under other names, and no name of one is a name of the other', () => {
  const second = make({ secretPrefix: 'zoho-staging' }, 'ZohoTokenRefresher-staging');
  const ours = [...alarmsOf(second).values()].filter(({ Metrics }) => Metrics !== undefined);
  expect(ours).toHaveLength(JSON.parse(connectionsJson).connections.length + 1);
  for (const { Metrics } of ours)
    expect(JSON.stringify(Metrics)).toContain('{"Name":"SecretPrefix","Value":"zoho-staging"}');

  const names = ({ Resources }: Template) =>
    Object.values(Resources).flatMap(({ Properties = {} }) =>
      ['Name', 'AlarmName', 'FunctionName'].map((key) => Properties[key]).filter((name) => name !== undefined),
    );
  expect(names(second)).toHaveLength(names(before).length);
  expect(names(second).filter((name) => names(before).includes(name))).toEqual([]);
});

test('one connection more: it gets its own alarm, and no other alarm warms up again', () => {
  const after = make({
    connectionsJson: withConnections((connections) => [...connections, { ...connections[1], name: 'desk-two' }]),
  });
  expectEverybodyHears(after);
  expect(heardBy(after, 'zoho/desk-two/token-life')).toEqual(['on-call@acme.io']);
});

test('one connection less: its alarm goes with it, its secrets stay, and no other alarm changes', () => {
  const after = make({
    connectionsJson: withConnections((connections) => connections.filter(({ name }) => name !== 'desk')),
  });
  expectEverybodyHears(after, ['zoho/desk/token-life']);
  expect([...alarmsOf(after).keys()]).not.toContain('zoho/desk/token-life');
  for (const [, secret] of ofType(before, 'AWS::SecretsManager::Secret'))
    expect(secret.DeletionPolicy).toBe('RetainExceptOnCreate');
});

test('docs/security.md has a row for each of them, each with a test', () => {
  const security = readFileSync('docs/security.md', 'utf8');
  const [, section = ''] = /^## What people normally do$([\s\S]*?)^## /m.exec(security) ?? [];
  const rows = section.split('\n').filter((line) => /^\| (?!action|---)/.test(line));
  expect(rows.length).toBeGreaterThanOrEqual(8);
  // That the titles are there is checked for the whole document, test/proof/threats.test.ts.
  for (const row of rows) expect(row).toMatch(/\]\(\.\.\/test\/[\w/.-]+\): "[^"]+"/);
});
