import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInterrupts } from '../../../cli/interrupts.ts';
import { type Hear, openAccount, overhear } from '../../../cli/place/account.ts';
import { openZoho } from '../../../cli/place/open-zoho.ts';
import { certainties } from '../../../cli/verify/assumption.ts';
import { assumptions, countAssumptions } from '../../../cli/verify/assumptions.ts';
import { createCleanup, createStop } from '../../../cli/verify/live/cleanup.ts';
import { verifyLive } from '../../../cli/verify/live/live.ts';
import { findDeployed } from '../../../cli/verify/look-at-stack.ts';
import { type Line, linesOf } from '../../../cli/verify/report.ts';
import type { Subject } from '../../../cli/verify/subject.ts';
import { checkFile, createTranscript, saveTranscript } from '../../../cli/verify/transcript.ts';
import { verifyAll, type Wanted } from '../../../cli/verify/verify.ts';
import { successorOf } from '../../../lambda/aws/secret-versions.ts';
import { createSecretVersions } from '../../../lambda/aws/secrets-manager.ts';
import { renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { noRecord, renderRecord } from '../../../lambda/incident/record.ts';
import { SecretText } from '../../../lambda/secret-text.ts';
import { requestToken } from '../../../lambda/zoho/request-token.ts';
import { readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { giveConsent } from '../../../local/stage.ts';
import { startZoho, type ZohoStandIn } from '../../../local/zoho/server.ts';
import { denyWithoutTls, type PlayedAccount, type PlayedTopic, playAccount } from '../../support/account.ts';
import { searchForSecrets } from '../../support/secrets-search.ts';

const shipped = JSON.parse(readFileSync('connections.json', 'utf8'));
/** Of the service that the shipped file has no connection of. */
const crm = { name: 'crm', service: 'crm', data_center: 'in', required_scopes: ['ZohoCRM.users.READ'], settings: {} };
const connectionsJson = readConnections(JSON.stringify({ ...shipped, connections: [...shipped.connections, crm] }));
const { connections, secretPrefix } = connectionsJson;
const names = connections.map(({ name }) => name);
const appRole = { role: 'canary-orders-app', connections: ['desk'] };
const everything: Wanted = { roles: [appRole], live: { hasDeadMan: true, stop: createStop() } };

let zoho: ZohoStandIn;
beforeAll(async () => {
  zoho = await startZoho();
});
afterAll(() => zoho.close());

/** An account after its first ticks: credentials and good tokens are stored. */
async function openDeployment() {
  zoho.faults.clear();
  const played = playAccount(connections);
  const { callZoho } = openZoho(zoho.url);
  const secrets: string[] = [];
  for (const connection of connections) {
    const { name, dataCenter } = connection;
    const planted = giveConsent(zoho, connection);
    const { client_id: clientId, client_secret, refresh_token } = planted;
    const [clientSecret, refreshToken] = [new SecretText(client_secret), new SecretText(refresh_token)];
    const credentials = { versionId: '', clientId, clientSecret, refreshToken, refreshTokenHash: '' };
    const issuedAt = new Date();
    const answer = await requestToken(callZoho, dataCenter, credentials);
    const token = readTokenAnswer(answer.status, answer.body, []);
    const document = renderTokenDocument(connection, token, { issuedAt, nonce: 'n', hasSettingFault: false });
    const first = { versionId: `of-a-person-${name}`, secretString: JSON.stringify(planted) };
    played.store.create(`zoho/${name}/credentials`, first, played.now);
    const id = successorOf(`zoho/${name}/token`, 'AWSCURRENT', undefined);
    played.store.create(`zoho/${name}/token`, { versionId: id, secretString: document }, played.now);
    secrets.push(clientId, client_secret, refresh_token, token.accessToken.reveal());
  }
  played.allowed.add('secretsmanager:GetSecretValue zoho/desk/token');
  const subject = subjectOf(played);
  const transcript = createTranscript();
  const [operations, left]: [string[], string[]] = [[], []];
  overhear(played.account, transcript.hearAws, () => undefined);
  const note: Hear = ({ operation }) => void operations.push(operation);
  overhear(played.account, note, () => undefined);
  return {
    ...{ played, subject, operations, left, secrets, transcript },
    async run(wanted: Wanted = everything): Promise<readonly Line[]> {
      const verified = await verifyAll(played.account, subject, transcript, wanted);
      left.push(...verified.left);
      return linesOf(verified.findings, verified.missing);
    },
  };
}
/** What is verified, on the clock of the account. */
function subjectOf(played: PlayedAccount): Subject {
  const versions = createSecretVersions(played.account.secrets, new AbortController().signal);
  return {
    place: { versions, connections: connectionsJson, callZoho: openZoho(zoho.url).callZoho, now: () => new Date() },
    ...{ secretPrefix, connections, all: connections, functionName: 'zoho-token-refresher' },
    ...{ stackName: 'ZohoTokenRefresher', version: '0.1.0' },
    now: () => new Date(played.now),
    wait: async (milliseconds) => played.pass(milliseconds),
    say: () => undefined,
  };
}

type Deployment = Awaited<ReturnType<typeof openDeployment>>;

const idsOf = (lines: readonly Line[], outcome: Line['outcome']) =>
  lines.filter((line) => line.outcome === outcome).map(({ id }) => id);

test('on the stand-ins everything that can be settled is as documented', async () => {
  const { run } = await openDeployment();
  const lines = await run();
  expect(idsOf(lines, 'differs')).toEqual([]);
  const settled = lines.filter(({ assumption }) => typeof assumption.settled === 'string');
  expect(idsOf(settled, 'not tried')).toEqual([]);
  expect(lines.find(({ id }) => id === 'race.one_writer')?.says).toBe('100 of 100 races');
  expect(lines.find(({ id }) => id === 'dead_man.minutes')?.says).toMatch(/^1[0-5]\.\d minutes/);
});

const fault = (name: Parameters<ZohoStandIn['faults']['set']>[0]) => () => zoho.faults.set(name);
const set = Object.assign;
const heartbeat = 'zoho/refresher/heartbeat';
const alarm = ({ played }: Deployment) => played.alarms.get(heartbeat) ?? {};
const topic = ({ played }: Deployment) => played.topics.get(played.topicArn) as PlayedTopic;
const otherOrganisation = { dataCenter: 'in', service: 'desk', orgId: '1' } as const;
const leftDisabled = { State: 'DISABLED', Description: 'x [disabled by zoho-tokens verify]' };
const onlyDenies = { Policy: JSON.stringify({ Statement: [denyWithoutTls] }) };
const pending = { SubscriptionArn: 'PendingConfirmation', Endpoint: 'b@acme.io' };

/** Secrets Manager in which a label of our own takes AWSPREVIOUS along. */
function takePreviousAlong({ store }: PlayedAccount): Partial<PlayedAccount> {
  return {
    puts(put, { own, id, token }) {
      const before = store.find(id).versions.find(({ stages }) => stages.includes('AWSPREVIOUS'))?.versionId;
      put();
      if (own && before !== undefined) store.moveStage(id, 'AWSPREVIOUS', token, 0);
    },
  };
}

/** Secrets Manager that tells both writers that they have won. */
const bothWin: Partial<PlayedAccount> = {
  puts(put) {
    try {
      put();
    } catch (refusal) {
      expect(refusal).toMatchObject({ name: 'ResourceExistsException' });
    }
  },
};

/** Secrets Manager that is in a hurry while writers race. */
const throttles: Partial<PlayedAccount> = {
  puts(put, { text }) {
    if (/^(one|other) /.test(text)) throw new AwsError('ThrottlingException', 'slow down');
    put();
  },
};

const refuse = ({ played }: Deployment, what: string, name: string) => played.refusals.set(what, name);

/** A difference of the account or of Zoho, what has to name it, and whether a promise rests on it; or why it cannot be tried. */
type Planted = [
  ...[name: string, plant: (deployment: Deployment) => unknown, id: string, says: RegExp],
  outcome: boolean | 'not tried',
];
// biome-ignore format: a table reads row by row
const planted: Planted[] = [
  ['a 1008 with status 200', fault('salesiq_errors_200'), 'salesiq.1008', /expected HTTP 400 1008, found HTTP 200 1008/, false],
  ['a foreign orgId answered 403', () => zoho.plant({ ...otherOrganisation, scopes: ['Desk.basic.READ'] }), 'desk.UNPROCESSABLE_ENTITY', /found HTTP 403 OAUTH_ORG_MISMATCH \(desk\)/, false],
  ['a dead token answered 1001', fault('salesiq:1001'), 'salesiq.1008', /found HTTP 400 1001/, true],
  ['a lifetime in milliseconds', fault('milliseconds'), 'accounts.expires_in', /expected 3600, found 3600000/, true],
  ['a refresh that brings a new refresh token', fault('new_refresh_token'), 'accounts.no_refresh_token', /a new one; it is stored/, false],
  ['metric points that never arrive', ({ played }) => set(played, { pointsArrive: false }), 'metric.life', /none after 3 minutes \(desk\)/, true],
  ['metric lines that are wrapped', ({ played }) => set(played, { wrapsLines: true }), 'tick.unwrapped', /wrapped into a message/, true],
  ['a disabled schedule', ({ played }) => set(played.schedule, { State: 'DISABLED' }), 'schedule.enabled', /1 of state DISABLED/, true],
  ['a schedule that an earlier run left disabled', ({ played }) => set(played.schedule, leftDisabled), 'schedule.enabled', /an earlier verify left DISABLED/, true],
  ['an alarm that is missing', ({ played }) => played.alarms.delete('zoho/desk/token-life'), 'alarm.there', /none \(zoho\/desk\/token-life\)/, true],
  ['an alarm without actions', (deployment) => set(alarm(deployment), { OKActions: [] }), 'alarm.actions', /1 for ALARM, 0 for OK \(zoho\/refresher\/heartbeat\)/, true],
  ['an alarm with disabled actions', (deployment) => set(alarm(deployment), { ActionsEnabled: false }), 'alarm.enabled', /disabled ones \(zoho\/refresher\/heartbeat\)/, true],
  ['a topic whose policy only denies', (deployment) => set(topic(deployment), onlyDenies), 'topic.policy', /expected a statement .*, found none/, true],
  ['a topic whose policy only denies, by trying', (deployment) => set(topic(deployment), onlyDenies), 'deliver.alarm', /nothing in 90 s/, true],
  ["a topic under AWS's own key", (deployment) => set(topic(deployment), { KmsMasterKeyId: 'alias/aws/sns' }), 'topic.key', /one of AWS's own/, true],
  ['a key without the statement', (deployment) => [set(topic(deployment), { KmsMasterKeyId: 'key' }), set(deployment.played.keyPolicy, { Statement: [] })], 'topic.key', /found none/, true],
  ['a subscription that is pending', (deployment) => topic(deployment).subscriptions.push(pending), 'subscription.confirmed', /1 confirmed, 1 pending/, true],
  ['a filter policy', (deployment) => set(topic(deployment).subscriptions[0] ?? {}, { filter: { severity: ['critical'] } }), 'subscription.filter', /1 of 1 subscriptions/, true],
  ['an older stack', ({ played }) => set(played.stack, { Outputs: [] }), 'stack.version', /no output Version/, false],
  ['a label that somebody attached', ({ played: { store } }) => store.moveStage('zoho/desk/token', 'MINE', store.get('zoho/desk/token', undefined, undefined).versionId, 0), 'secret.labels', /also MINE \(zoho\/desk\/token\)/, true],
  ['a role that may read credentials', ({ played }) => played.allowed.add('secretsmanager:GetSecretValue zoho/desk/credentials'), 'role.credentials', /allowed \(canary-orders-app on zoho\/desk\/credentials\)/, true],
  ['a label that moves AWSPREVIOUS', ({ played }) => set(played, takePreviousAlong(played)), 'label.previous', /it moved/, false],
  ['two writers who both win', ({ played }) => set(played, bothWin), 'race.one_writer', /100 times won\/won/, true],
  ['no stack', (deployment) => refuse(deployment, 'stack', 'ValidationError'), 'stack.there', /found no stack ZohoTokenRefresher/, false],
  ['an alarm that publishes to a topic that is gone', (deployment) => set(alarm(deployment), { AlarmActions: [`${deployment.played.topicArn}-gone`] }), 'topic.policy', /found no topic \(canary-alert-topic-gone\)/, true],
  ['a policy for another topic', (deployment) => set(topic(deployment), { Policy: topic(deployment).Policy.replaceAll('"Resource":"*"', '"Resource":"arn:aws:sns:x:1:other"') }), 'topic.policy', /found none/, true],
  ['a policy for one alarm alone', (deployment) => set(topic(deployment), { Policy: topic(deployment).Policy.replace('alarm:zoho/*', 'alarm:zoho/refresher/*') }), 'topic.policy', /found none/, true],
  ['a policy that denies all but some', (deployment) => set(topic(deployment), { Policy: JSON.stringify({ Statement: [{ ...denyWithoutTls, Principal: undefined, NotPrincipal: { AWS: 'x' }, Condition: {} }] }) }), 'topic.policy', /not known here/, 'not tried'],
  ['a key that is disabled', (deployment) => [set(deployment.played.keyMetadata, { Enabled: false }), set(topic(deployment), { KmsMasterKeyId: 'key' })], 'topic.key', /a key that is enabled, found none/, true],
  ['a key that cannot be read', (deployment) => [refuse(deployment, 'keys', 'AccessDeniedException'), set(topic(deployment), { KmsMasterKeyId: 'key', ...onlyDenies })], 'topic.policy', /found none/, true],
  ['subscriptions that cannot be read', (deployment) => [refuse(deployment, 'GetSubscriptionAttributes', 'AuthorizationError'), topic(deployment).subscriptions.push(pending)], 'subscription.confirmed', /1 pending/, true],
  ['one secret of eight that cannot be read', (deployment) => refuse(deployment, 'zoho/desk/credentials', 'AccessDeniedException'), 'secret.labels', /^AccessDeniedException \(zoho\/desk\/credentials\); 7 of 8 as documented/, 'not tried'],
  ['a line that does not say when it arrived', ({ played }) => set(played, { saysWhen: false }), 'log.late', /does not say/, 'not tried'],
  ['an alarm that speaks because nothing ticks', (deployment) => [set(deployment.played, { ticks: 0 }), set(alarm(deployment), { StateValue: 'ALARM' })], 'alarm.fill', /no tick was seen/, 'not tried'],
  ['a role that may write', ({ played }) => played.allowed.add('secretsmanager:UpdateSecret zoho/desk/token'), 'role.writes', /UpdateSecret allowed/, true],
  ["a role that may read another's token", ({ played }) => played.allowed.add('secretsmanager:GetSecretValue zoho/salesiq/token'), 'role.other_tokens', /allowed/, false],
  ['a role that hangs on a condition', ({ played }) => set(played, { missingContext: ['aws:SourceVpce'] }), 'role.writes', /hangs on a condition/, 'not tried'],
  ['races that are throttled', ({ played }) => set(played, throttles), 'race.one_writer', /no race came to an end/, 'not tried'],
  ['a page in place of a token', fault('html_200'), 'accounts.success', /found HTTP 200, neither/, true],
  ['a heartbeat alarm that sleeps', ({ played }) => set(played, { silentMinutes: 19 }), 'dead_man.minutes', /expected at most 15 minutes, found \d\d\.\d minutes/, true],
];

test.each(planted)('finds and names %s', async (_name, plant, id, says, outcome) => {
  const deployment = await openDeployment();
  plant(deployment);
  const { settled } = assumptions.get(id) ?? {};
  const isLive = settled === 'live' || settled === 'dead man';
  const lines = await deployment.run(isLive ? everything : { roles: [appRole] });
  expect(lines.find((each) => each.id === id)).toMatchObject({
    outcome: outcome === 'not tried' ? outcome : 'differs',
    breaksPromise: outcome === true,
    says: expect.stringMatching(says),
  });
});

describe('what is tried in earnest leaves nothing behind and the schedule enabled', () => {
  /** Runs it with Ctrl-C before the command of that number, or with the answer to that command lost. */
  async function runInto(trouble: 'Ctrl-C' | 'a lost answer', number: number) {
    const played = playAccount(connections);
    const subject = subjectOf(played);
    const deployed = await findDeployed(played.account, subject.functionName);
    const description = played.schedule.Description;
    const operations: string[] = [];
    const interrupts = createInterrupts();
    const stop = createStop(interrupts.hold().signal);
    overhear(
      played.account,
      ({ operation }) => {
        if (operations.push(operation) !== number + 1 || trouble === 'Ctrl-C') return;
        throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
      },
      () => {
        if (trouble === 'Ctrl-C' && operations.length >= number) interrupts.interrupt();
        stop.throwIfStopped();
      },
    );
    const { left } = await verifyLive({ ...subject, ...played.account, ...deployed }, true, stop);
    const { schedule, queues, topics, alarms, scratch } = played;
    const isClean =
      left.length === 0 &&
      [schedule.State, schedule.Description, schedule.Target.RoleArn].join() === `ENABLED,${description},role` &&
      queues.size + scratch.size === 0 &&
      [...topics.values()].every(({ subscriptions }) => subscriptions.length === 1) &&
      (alarms.get(heartbeat)?.StateValue === 'OK' || alarms.get(heartbeat)?.StateReason === 'silence');
    return { operations, isClean };
  }

  test.each(['Ctrl-C', 'a lost answer'] as const)('with %s at every step', async (trouble) => {
    const { operations } = await runInto(trouble, Number.POSITIVE_INFINITY);
    // Of the hundred races the first and the last stand for all.
    const lastRace = operations.lastIndexOf('DeleteSecret') - 4;
    const steps = operations.map((_, number) => number).filter((number) => number < 20 || number > lastRace);
    const faults: string[] = [];
    for (const number of steps) {
      if (!(await runInto(trouble, number)).isClean) faults.push(`${number}: ${operations[number]}`);
    }
    expect(new Set(steps.map((number) => operations[number]))).toEqual(new Set(operations));
    expect(faults).toEqual([]);
  });
});

describe('--dead-man leaves the schedule alone', () => {
  const at = new Date();
  const asked = { credentials: 'v', configuration: 'c', token: 't' };
  const incident = { code: 'zoho_unavailable', message: 'x', since: at, tries: 1, due: at, with: asked } as const;
  const record = renderRecord({ ...noRecord, incident }, 'n');
  // biome-ignore format: a table reads row by row
  const cases: [name: string, plant: (deployment: Deployment) => unknown, why: RegExp][] = [
    ['if a token ends too soon', ({ subject }) => set(subject, { now: () => new Date(Date.now() + 35 * 60_000) }), /the token of salesiq ends within 30 minutes/],
    ['if the credentials end too soon', ({ played: { account } }) => set(account.scheduler.config, { credentials: async () => ({ expiration: new Date() }) }), /your credentials end within 30 minutes: sign in again/],
    ['during an incident', ({ played }) => played.store.put('zoho/desk/token', 'r'.repeat(64), record, ['INCIDENT'], played.now), /desk has an open incident/],
    ['if an alarm speaks', (deployment) => set(alarm(deployment), { StateValue: 'ALARM' }), /a heartbeat alarm in state OK/],
  ];
  test.each(cases)('%s', async (_name, plant, why) => {
    const deployment = await openDeployment();
    plant(deployment);
    const lines = await deployment.run();
    const expected = { outcome: 'not tried', says: expect.stringMatching(why) };
    expect(lines.find(({ id }) => id === 'dead_man.minutes')).toMatchObject(expected);
    expect(deployment.operations).not.toContain('UpdateSchedule');
  });
});

test('--live enables a schedule that was left disabled before anything else, and says if it cannot', async () => {
  const deployment = await openDeployment();
  set(deployment.played.schedule, leftDisabled);
  const lines = await deployment.run({ roles: [], live: { hasDeadMan: false, stop: createStop() } });
  expect(deployment.played.schedule).toMatchObject({ State: 'ENABLED', Description: 'x' });
  expect(deployment.operations.indexOf('UpdateSchedule')).toBeLessThan(5);
  expect(lines.find(({ id }) => id === 'schedule.enabled')?.outcome).toBe('as documented');
  set(deployment.played.schedule, leftDisabled);
  refuse(deployment, 'UpdateSchedule', 'AccessDeniedException');
  await deployment.run({ roles: [], live: { hasDeadMan: false, stop: createStop() } });
  expect(deployment.left).toEqual([expect.stringMatching(/enable it \(AccessDeniedException\)/)]);
});

test('what cannot be undone is tried again for two minutes, then named', async () => {
  const [tries, waited]: [string[], number[]] = [[], []];
  const cleanup = createCleanup();
  cleanup.add('delete the queue', async () => void tries.push('queue'));
  cleanup.add('enable the schedule: by hand', async () => {
    tries.push('schedule');
    if (tries.length < 4) throw Object.assign(new Error('x'), { name: 'TimeoutError' });
  });
  const wait = async (milliseconds: number) => void waited.push(milliseconds);
  expect(await cleanup.run({ say: () => undefined, wait })).toEqual([]);
  expect([tries, waited]).toEqual([
    ['schedule', 'schedule', 'schedule', 'schedule', 'queue'],
    [2000, 10_000],
  ]);
  cleanup.add('enable the schedule: by hand', () => Promise.reject(new Error('no')));
  expect(await cleanup.run({ say: () => undefined, wait })).toEqual(['enable the schedule: by hand (Error)']);
});

test('--save replaces nothing but a transcript, and what it says of differences has no name in it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  const [theirs, own] = [join(folder, 'notes.txt'), join(folder, 'verify.txt')];
  writeFileSync(theirs, 'notes');
  expect(() => checkFile(theirs)).toThrow(/exists and is not a transcript/);
  expect(() => checkFile(join(folder, 'no', 'folder'))).toThrow(/cannot be written/);
  const deployment = await openDeployment();
  topic(deployment).subscriptions.push(pending);
  deployment.played.allowed.add('secretsmanager:GetSecretValue zoho/desk/credentials');
  const lines = await deployment.run();
  expect(saveTranscript(checkFile(own), lines, deployment.transcript, connections).isSaved).toBe(true);
  const text = readFileSync(checkFile(own), 'utf8');
  expect(text).toMatch(/differs: subscription.confirmed: .* 1 confirmed, 1 pending \(\(topic\)\)/);
  for (const name of ['canary', 'acme', 'zoho/desk', deployment.played.accountId]) expect(text).not.toContain(name);
  expect(saveTranscript(folder, lines, deployment.transcript, connections).isSaved).toBe(false);
  rmSync(folder, { recursive: true });
});

test('a call of AWS is heard with method, host, path, status and headers', async () => {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceException', date: 'x' };
  const handle = async () => ({ response: { statusCode: 403, headers, body: Readable.from(['{"Message":"no"}']) } });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const account = openAccount({ region: 'ap-south-1', requestHandler: { handle }, credentials } as never);
  const transcript = createTranscript();
  overhear(account, transcript.hearAws, () => undefined);
  await expect(findDeployed(account, 'canary-function')).rejects.toThrow('cannot be read');
  expect(transcript.lines()[0]).toContain(
    'GET lambda.ap-south-1.amazonaws.com /2015-03-31/functions/(name)/configuration GetFunctionConfiguration -> 403; content-type: application/json; x-amzn-errortype: ServiceException',
  );
});

test('the transcript holds no secret, id, name or address, and can be read', async () => {
  const { run, secrets, transcript, played } = await openDeployment();
  await run();
  const text = transcript.lines().join('\n');
  const ids = [played.accountId, played.topicArn, 'canary.person@acme.io', 'canary-orders-app', 'canary-alert-topic'];
  const settings = connections.flatMap(({ settings: own }) => Object.values(own));
  const versions = names.map((name) => played.store.get(`zoho/${name}/token`, undefined, undefined).versionId);
  expect(searchForSecrets([text], [...secrets, ...ids, ...settings, ...versions])).toBeUndefined();
  for (const short of [...settings, played.accountId, ...names.map((name) => `zoho/${name}`)])
    expect(text).not.toContain(short);
  expect(text).toContain('"errorCode":"INVALID_OAUTH","message":"The OAuth Token you provided is invalid."');
  expect(text).toMatch(/GET desk\.zoho\.in \/api\/v1\/departments\?limit=1 -> 401; content-type: application\/json/);
  expect(text).toMatch(/POST secrets PutSecretValue -> 200/);
  expect(text).toMatch(/"message":\{"_aws":\{"Timestamp":"\(number\)"\},"SecretPrefix":"\(text, 4 characters\)"/);
  expect(text.split('\n').length).toBeLessThan(400);
});

test('the transcript replaces whatever an answer repeats', async () => {
  const { run, secrets, transcript } = await openDeployment();
  zoho.faults.set('echo_secret_error');
  await run({ roles: [] });
  const [name, email, phone] = ['Canary Industries', 'canary@acme.io', '+491701234567'];
  const [id, host, portal] = ['278200001234', 'crm.canary.example', 'canary-portal'];
  const canaries = [name, email, phone, id, host, portal];
  transcript.know([portal, 'screen_name']);
  const record = { name, email, phone, id, url: `https://${host}/x`, [id]: { count: 7 } };
  const message = `no ${portal} of ${email} at https://${host}, ${id}, ${secrets[3]}`;
  const bodies = [
    JSON.stringify({ data: [record], message, code: Number(id) }),
    `<title>${email} ${portal}</title>${name}`,
  ];
  const path = `/api/v2/${portal}/apps/${id}?search=${email}&limit=1`;
  const headers = { authorization: `${secrets[3]}`, orgId: id };
  for (const body of bodies) {
    const ask = transcript.hearZoho(async () => ({ status: 200, body }));
    await ask({ host: 'desk.zoho.in', method: 'GET', path, headers });
  }
  const text = transcript.lines().join('\n');
  for (const canary of canaries) expect(text).not.toContain(canary);
  expect(searchForSecrets([text], secrets)).toBeUndefined();
  expect(text).toContain('GET desk.zoho.in /api/v2/(screen_name)/apps/(id)?search=(value)&limit=1 -> 200');
});

test('docs/verify.md has the number of assumptions by certainty, and how many verify can settle', () => {
  const counts = countAssumptions();
  const sum = (of: 'all' | 'settled') => counts.reduce((total, count) => total + count[of], 0);
  const row = (name: string, all: number, settled: number) => `| ${name} | ${all} | ${settled} |\n`;
  const rows = counts.map(({ certainty: of, all, settled }) => row(`${of}: ${certainties[of]}`, all, settled));
  const table = rows.join('') + row('all', sum('all'), sum('settled'));
  expect(sum('all')).toBe(assumptions.size);
  expect(readFileSync('docs/verify.md', 'utf8')).toContain(table);
});
