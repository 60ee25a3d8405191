/**
 * Entry point of `npx cdk`: reads `connections.json` and makes the stack.
 *
 * What one deployment wants otherwise comes as context, from `cdk.json` or as `npx cdk deploy -c NAME=VALUE`; docs/deploy.md
 * lists the names. Every other option is a prop of `ZohoTokenRefresher`: add it below.
 */

import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConnections } from '../lambda/connections/read-connections.ts';
import { ZohoTokenRefresherStack } from './stack.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

/** A value from the context; `undefined` where there is none. */
function context(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list from the context, written with commas. */
function listFromContext(name: string): string[] {
  return (context(name) ?? '').split(/[\s,]+/).filter((item) => item !== '');
}

const connectionsJson = readFileSync(context('connections') ?? 'connections.json', 'utf8');
const stage = context('stage');
const runbookUrl = context('runbookUrl');

// A stage is a second stack beside the first: its own secrets, function, alarms and dashboard.
const id = stage === undefined ? 'ZohoTokenRefresher' : `ZohoTokenRefresher-${stage}`;
new ZohoTokenRefresherStack(app, id, {
  connectionsJson,
  ...(stage === undefined
    ? {}
    : { secretPrefix: `${readConnections(connectionsJson).secretPrefix}-${stage}` }),
  ...(runbookUrl === undefined ? {} : { runbookUrl }),
  alertEmails: listFromContext('alertEmails'),
  existingSecrets: listFromContext('existingSecrets'),
  customerManagedKey: context('customerManagedKey') === 'true',
  pagingTopic: context('pagingTopic') === 'true',
});
