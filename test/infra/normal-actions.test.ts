import { readFileSync } from 'node:fs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import type { ZohoTokenRefresherProps } from '../../infra/props.ts';
import { ZohoTokenRefresherStack, type ZohoTokenRefresherStackProps } from '../../infra/stack.ts';
import { connectionsJson, formerKey } from './stacks.ts';
import { faultsOfStructure } from './structure.ts';
import { flat, ofType, synthesize, type Template } from './synthesize.ts';

const make = (props: Partial<ZohoTokenRefresherStackProps> = {}): Template =>
  synthesize(
    (app, code) =>
      new ZohoTokenRefresherStack(app, 'ZohoTokenRefresher', {
        connectionsJson,
        alertEmails: ['on-call@acme.io'],
        ...code,
        ...props,
      }),
  );
const before = make();

/** Alarms by name: all that CloudWatch judges and does. */
const alarmsOf = (template: Template) =>
  new Map(
    ofType(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
      String(Properties.AlarmName),
      flat(Properties),
    ]),
  );

/** Who hears an alarm although it carries no attributes: the addresses without a filter on the topics of its actions. */
function heardBy(template: Template, name: string): unknown[] {
  const { AlarmActions } = Object(alarmsOf(template).get(name));
  return ofType(template, 'AWS::SNS::Subscription')
    .filter(([, { Properties }]) => [AlarmActions].flat().includes(flat(Properties.TopicArn)))
    .filter(([, { Properties }]) => Properties.FilterPolicy === undefined)
    .map(([, { Properties }]) => Properties.Endpoint);
}

/** Nothing that was heard before is unheard now, and no alarm warms up again. */
function expectEverybodyHears(after: Template, but: readonly string[] = []): void {
  expect(faultsOfStructure(after)).toEqual([]);
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
  const props: Partial<ZohoTokenRefresherProps> = {
    logLevel: 'ERROR',
    runbookUrl: 'https://wiki.acme.io/zoho',
    memorySizeMegabytes: 1_024,
    tags: { release: '2' },
    logRetention: 7,
  };
  expectEverybodyHears(make(props));
});

describe('a filter policy', () => {
  test('is never on a subscription of the stack: its addresses hear alerts and alarms', () => {
    expectEverybodyHears(make({ alertEmails: ['on-call@acme.io'] }));
  });

  test('on somebody’s own subscription to the alert topic leaves the alarms to the paging topic', () => {
    const template = make({ pagingTopic: true });
    for (const [, alarm] of alarmsOf(template)) {
      expect(Object(alarm).AlarmActions).toEqual([expect.stringMatching(/PagingTopic/)]);
    }
    expect(faultsOfStructure(template)).toEqual([]);
  });
});

test('a switch of the customer-managed key: alarms stay, and the function still reads what is under the former key', () => {
  const after = make({
    customerManagedKey: true,
    imports: (stack) => ({ formerEncryptionKeys: [Key.fromKeyArn(stack, 'Former', formerKey)] }),
  });
  expectEverybodyHears(after);
  expect(JSON.stringify(flat(after.Resources))).toContain(`"Resource":"${formerKey}"`);
});

test('a second stage: its alarms watch other metrics under other names, and nothing of the first changes', () => {
  const second = make({ secretPrefix: 'zoho-staging' });
  const watched = (template: Template) =>
    [...alarmsOf(template).values()].map((alarm) => {
      const { AlarmName, Metrics, Namespace, Dimensions } = Object(alarm);
      return { AlarmName, Metrics, Namespace, Dimensions };
    });
  const ours = watched(second).filter(({ Metrics }) => Metrics !== undefined);
  expect(ours).toHaveLength(JSON.parse(connectionsJson).connections.length + 1);
  for (const { AlarmName, Metrics } of ours) {
    expect(AlarmName).toMatch(/^zoho-staging\//);
    expect(JSON.stringify(Metrics)).toContain('{"Name":"SecretPrefix","Value":"zoho-staging"}');
  }
  expectEverybodyHears(make());
});

test('one connection more: it gets its own alarm, and no other alarm warms up again', () => {
  const after = make({
    connectionsJson: withConnections((connections) => [
      ...connections,
      { ...connections.find(({ name }) => name === 'desk'), name: 'desk-two' },
    ]),
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
  for (const [, secret] of ofType(before, 'AWS::SecretsManager::Secret')) {
    expect(secret.DeletionPolicy).toBe('RetainExceptOnCreate');
  }
});

test('docs/security.md has a row for each of them, each with a test', () => {
  const security = readFileSync('docs/security.md', 'utf8');
  const [, section = ''] = /^## What people normally do$([\s\S]*?)^## /m.exec(security) ?? [];
  const rows = section.split('\n').filter((line) => /^\| (?!action|---)/.test(line));
  expect(rows.length).toBeGreaterThanOrEqual(8);
  // That the titles are there is checked for the whole document, test/proof/threats.test.ts.
  for (const row of rows) expect(row).toMatch(/\]\(\.\.\/test\/[\w/.-]+\): "[^"]+"/);
});
