import { readFileSync } from 'node:fs';
import { type App, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { makeStage } from '../../infra/deployment/make-stage.ts';
import { readDeployment, type Stage } from '../../infra/deployment/read-deployment.ts';
import { ZohoTokenRefresherStack } from '../../infra/stack.ts';
import { ZohoTokenRefresher } from '../../infra/zoho-token-refresher.ts';

const shipped = JSON.parse(readFileSync('connections.json', 'utf8')) as { connections: object[] };

/** The first two of the repository's own connections: one of each service. */
export const connectionsJson = JSON.stringify({ ...shipped, connections: shipped.connections.slice(0, 2) });

/** A file with as many connections as asked for; their names are as long as a name may be. */
export function manyConnections(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `c${index}-`.padEnd(40, 'x'));
  return JSON.stringify({
    ...shipped,
    connections: names.map((name) => ({ ...shipped.connections[1], name })),
  });
}

/** Made-up keys that exist already. */
export const formerKey = 'arn:aws:kms:ap-south-1:123456789012:key/00000000-2222-4333-8444-555555555555';
export const replicaKey = (region: string) =>
  `arn:aws:kms:${region}:123456789012:key/11111111-2222-4333-8444-555555555555`;

/** Every field that a stage of `deployment.json` can have beside `connections`. */
export const everyFieldOfStage = {
  account: '123456789012',
  region: 'ap-south-1',
  profile: 'acme',
  secret_prefix: 'zoho-stage',
  runbook_url: 'https://wiki.acme.io/zoho',
  alert_emails: ['on-call@acme.io'],
  paging_topic: true,
  slack_workspace_id: 'T0123ABCD',
  slack_channel_id: 'C0123ABCD',
  teams_tenant_id: '11111111-2222-4333-8444-555555555555',
  teams_team_id: '66666666-7777-4888-8999-000000000000',
  teams_channel_id: '19%3Amade-up%40thread.tacv2',
  customer_managed_key: true,
  former_encryption_key_arns: [formerKey],
  token_replica_regions: ['eu-west-1', 'eu-north-1'],
  token_replica_key_arns: { 'eu-west-1': replicaKey('eu-west-1'), 'eu-north-1': replicaKey('eu-north-1') },
  existing_secrets: ['desk'],
  permissions_boundary: 'bound',
  probe_interval_minutes: 30,
  memory_size_megabytes: 1_024,
  reserved_concurrency: 2,
  log_level: 'WARN',
  log_retention_days: 7,
  tags: { team: 'contact-centre', 'cost-centre': '4711' },
  termination_protection: true,
};

/** Where the function's code comes from; the built bundle unless given. */
export type CodeFolder = { readonly functionCodeFolder?: string };

/** The stack as `npx cdk deploy` makes it. */
export function makeDefaultStack(app: App, code: CodeFolder = {}): ZohoTokenRefresherStack {
  return new ZohoTokenRefresherStack(app, 'ZohoTokenRefresher', { connectionsJson, ...code });
}

/** A stage of `deployment.json` with these fields. */
export function stageOf(fields: object, name = 'production'): Stage {
  const [stage] = readDeployment(JSON.stringify({ stages: { [name]: fields } }), () => 'zoho');
  if (stage === undefined) throw new Error('no stage');
  return stage;
}

/** The stack of a stage with every option, and the readers that an app's stack would add. */
export function makeEveryOptionStack(app: App, code: CodeFolder = {}): ZohoTokenRefresherStack {
  const stack = makeStage(app, stageOf(everyFieldOfStage, 'staging'), connectionsJson, code);
  const { refresher } = stack;
  refresher.grantReadToken('desk', appRole(stack, 'DeskApp'));
  refresher.grantRefresh(appRole(stack, 'ImpatientApp'));
  refresher.grantReadToken('salesiq', new AccountPrincipal('210987654321'));
  refresher.grantReadToken('salesiq', new ArnPrincipal('arn:aws:iam::345678901234:role/ChatApp'));
  return stack;
}

/** A stack that brings its own topic and key. */
export function makeBringYourOwnStack(app: App, code: CodeFolder = {}): Stack {
  const stack = new Stack(app, 'BringYourOwn');
  const key = new Key(stack, 'OwnKey', { enableKeyRotation: true });
  const topic = new Topic(stack, 'OwnTopic', { masterKey: key, enforceSSL: true });
  new ZohoTokenRefresher(stack, 'Refresher', {
    connectionsJson,
    secretPrefix: 'own',
    alertTopic: topic,
    encryptionKey: key,
    ...code,
  });
  return stack;
}

/** The role of an app's container. */
export function appRole(scope: Stack, id: string, roleName?: string): Role {
  const assumedBy = new ServicePrincipal('ecs-tasks.amazonaws.com');
  return new Role(scope, id, { assumedBy, ...(roleName && { roleName }) });
}
