import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hear, openAccount, overhear } from '../../../cli/place/account.ts';
import { openZoho } from '../../../cli/place/open-zoho.ts';
import { certainties } from '../../../cli/verify/assumption.ts';
import { type Line, linesOf } from '../../../cli/verify/assumption-lines.ts';
import { assumptions, countAssumptions } from '../../../cli/verify/assumptions.ts';
import { Stopped, throwIfStopped } from '../../../cli/verify/attempt.ts';
import { createCleanup } from '../../../cli/verify/live/cleanup.ts';
import { findDeployed, type Subject } from '../../../cli/verify/subject.ts';
import { checkFile, createTranscript, saveTranscript } from '../../../cli/verify/transcript.ts';
import { verifyAll, verifyLive, type Wanted } from '../../../cli/verify/verify-all.ts';
import { parseCredentials } from '../../../lambda/aws/credentials-secret.ts';
import { successorOf } from '../../../lambda/aws/secret-versions.ts';
import { createSecretVersions } from '../../../lambda/aws/secrets-manager.ts';
import { renderTokenDocument } from '../../../lambda/aws/token-document.ts';
import { readConnections } from '../../../lambda/connections/read-connections.ts';
import { noRecord, renderRecord } from '../../../lambda/incident/record.ts';
import { requestToken } from '../../../lambda/zoho/request-token.ts';
import { readTokenAnswer } from '../../../lambda/zoho/token-answer.ts';
import { AwsError } from '../../../local/aws/aws-error.ts';
import { giveConsent } from '../../../local/stage.ts';
import { startZoho, type ZohoStandIn } from '../../../local/zoho/server.ts';
import { denyWithoutTls, type PlayedAccount, playAccount } from '../../support/played-account.ts';
import { searchForSecrets, secretsIn } from '../../support/secrets-search.ts';

const shipped = JSON.parse(readFileSync('connections.json', 'utf8'));
/** Of the service that the shipped file has no connection of. */
const crm = { name: 'crm', service: 'crm', data_center: 'in', required_scopes: ['ZohoCRM.users.READ'], settings: {} };
const connectionsJson = readConnections(JSON.stringify({ ...shipped, connections: [...shipped.connections, crm] }));
const { connections, secretPrefix } = connectionsJson;
const names = connections.map(({ name }) => name);
const appRole = { role: 'canary-orders-app', connections: ['desk'] };
const everything: Wanted = { roles: [appRole], live: { hasDeadMan: true } };

let zoho: ZohoStandIn;
beforeAll(async () => {
  zoho = await startZoho();
});
afterAll(() => zoho.close());

/** An account after its first ticks: credentials and good tokens are stored. */
async function openDeployment() {
  zoho.faults.clear();
  const played = playAccount(connections);
  const subject = subjectOf(played);
  const secrets: string[] = [];
  for (const connection of connections) {
    const planted = JSON.stringify(giveConsent(zoho, connection));
    const [credentialsId, tokenId] = [`zoho/${connection.name}/credentials`, `zoho/${connection.name}/token`];
    const versionOfPerson = `of-a-person-${connection.name}`;
    played.store.create(credentialsId, { versionId: versionOfPerson, secretString: planted }, played.now);
    const credentials = parseCredentials(credentialsId, { versionId: versionOfPerson, text: planted });
    const { status, body } = await requestToken(subject.place.callZoho, connection.dataCenter, credentials);
    const written = { issuedAt: new Date(), nonce: 'n', hasSettingFault: false };
    const secretString = renderTokenDocument(connection, readTokenAnswer(status, body, []), written);
    const versionId = successorOf(tokenId, 'AWSCURRENT', undefined);
    played.store.create(tokenId, { versionId, secretString }, played.now);
    secrets.push(credentials.clientId, ...secretsIn(planted), ...secretsIn(secretString));
  }
  played.allowed.add('secretsmanager:GetSecretValue zoho/desk/token');
  const transcript = createTranscript();
  const [operations, left]: [string[], string[]] = [[], []];
  const hear: Hear = (command) => {
    operations.push(command.operation);
    transcript.hearAws(command);
  };
  overhear(played.account, hear, () => undefined);
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
    ...{ secretPrefix, connections, all: connections },
    ...{ functionName: 'zoho-token-refresher', stackName: 'ZohoTokenRefresher' },
    now: () => new Date(played.now),
    wait: async (milliseconds) => played.pass(milliseconds),
    say: () => undefined,
    stop: {},
  };
}

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

const set = Object.assign;
const leftDisabled = { State: 'DISABLED', Description: 'x [disabled by zoho-tokens verify]' };
const onlyDenies = { Policy: JSON.stringify({ Statement: [denyWithoutTls] }) };
const withKey = { KmsMasterKeyId: 'key' };
const pending = { SubscriptionArn: 'PendingConfirmation', Endpoint: 'b@acme.io' };

type Plant = (played: PlayedAccount) => unknown;
// biome-ignore lint/suspicious/noExplicitAny: each operation has fields of its own
type Change = (answer: () => any, input: any, played: PlayedAccount) => object;

const fault = (name: Parameters<ZohoStandIn['faults']['set']>[0]) => () => zoho.faults.set(name);
function within(part: 'topic' | 'heartbeat' | 'schedule', change: object): Plant {
  return (played) => set(played[part], change);
}
function allow(what: string): Plant {
  return ({ allowed }) => allowed.add(`secretsmanager:${what}`);
}
/** AWS answers an operation in another way. */
function answer(operation: string, change: Change): Plant {
  return (played) => {
    const before = played.answers[operation];
    played.answers[operation] = (input) => change(() => before?.(input), input, played);
  };
}
/** AWS refuses an operation, of one secret or of all. */
function refuse(operation: string, name: string, secretId?: string): Plant {
  return answer(operation, (otherwise, { SecretId }) => {
    if (SecretId === secretId) throw new AwsError(name, 'refused');
    return otherwise();
  });
}

/** A label of our own takes AWSPREVIOUS along. */
const takePreviousAlong: Change = (put, { SecretId, ClientRequestToken, VersionStages }, { store }) => {
  const before = store.find(SecretId).versions.find(({ stages }) => stages.includes('AWSPREVIOUS'))?.versionId;
  const answered = put();
  if (VersionStages && before) store.moveStage(SecretId, 'AWSPREVIOUS', ClientRequestToken, 0);
  return answered;
};
const bothWin: Change = (put) => {
  try {
    return put();
  } catch (refusal) {
    expect(refusal).toMatchObject({ name: 'ResourceExistsException' });
    return {};
  }
};
const throttleRaces: Change = (put, { SecretString }) => {
  if (/^(one|other) /.test(SecretString)) throw new AwsError('ThrottlingException', 'slow down');
  return put();
};
const attachLabel: Plant = ({ store }) => {
  const { versionId } = store.get('zoho/desk/token', undefined, undefined);
  store.moveStage('zoho/desk/token', 'MINE', versionId, 0);
};
const openIncident: Plant = ({ store }) => {
  const at = new Date();
  const asked = { credentials: 'v', configuration: 'c', token: 't' };
  const incident = { code: 'zoho_unavailable', message: 'x', since: at, tries: 1, due: at, with: asked } as const;
  const record = renderRecord({ ...noRecord, incident }, 'n');
  store.put('zoho/desk/token', 'r'.repeat(64), record, ['INCIDENT'], 0);
};
const endCredentials: Plant = ({ account }) =>
  set(account.scheduler.config, { credentials: async () => ({ expiration: new Date() }) });
const withCondition = { MissingContextValues: ['aws:SourceVpce'] };
const withConditions: Change = (simulate) => ({
  EvaluationResults: simulate().EvaluationResults.map((result: object) => ({ ...result, ...withCondition })),
});
const deniesAllBut = { ...denyWithoutTls, Principal: undefined, NotPrincipal: { AWS: 'x' }, Condition: {} };

/** A difference of the account or of Zoho, what has to name it, and whether a promise rests on it; or why it cannot be tried. */
type Planted = [name: string, plant: Plant | Plant[], id: string, says: RegExp, outcome: boolean | 'not tried'];
// biome-ignore format: a table reads row by row
const planted: Planted[] = [
  ['a 1008 with status 200', fault('salesiq_errors_200'), 'salesiq.1008', /expected HTTP 400 1008, found HTTP 200 1008/, false],
  ['a foreign orgId answered 403', () => zoho.plant({ dataCenter: 'in', service: 'desk', orgId: '1', scopes: ['Desk.basic.READ'] }), 'desk.UNPROCESSABLE_ENTITY', /found HTTP 403 OAUTH_ORG_MISMATCH \(desk\)/, false],
  ['a dead token answered 1001', fault('salesiq:1001'), 'salesiq.1008', /found HTTP 400 1001/, true],
  ['a lifetime in milliseconds', fault('milliseconds'), 'accounts.expires_in', /expected 3600, found 3600000/, true],
  ['a refresh that brings a new refresh token', fault('new_refresh_token'), 'accounts.no_refresh_token', /a new one; it is stored/, false],
  ['a service that asks to wait', fault('desk:TOO_MANY_REQUESTS'), 'desk.read', /the service asks to wait/, 'not tried'],
  ['a page in place of a token', fault('html_200'), 'accounts.success', /found HTTP 200, neither/, true],
  ['no stack', refuse('DescribeStacks', 'ValidationError'), 'stack.there', /found no stack ZohoTokenRefresher/, false],
  ['an older stack', answer('DescribeStacks', () => ({ Stacks: [{}] })), 'stack.version', /no output Version/, false],
  ['a disabled schedule', within('schedule', { State: 'DISABLED' }), 'schedule.enabled', /1 of state DISABLED/, true],
  ['a schedule that an earlier run left disabled', within('schedule', leftDisabled), 'schedule.enabled', /an earlier verify left DISABLED/, true],
  ['metric points that never arrive', answer('GetMetricData', () => ({})), 'metric.life', /none after 3 minutes \(desk\)/, true],
  ['metric lines that are wrapped', answer('FilterLogEvents', () => ({ events: [{ message: '{"message":"{\\"_aws\\":{}}"}' }] })), 'tick.unwrapped', /wrapped into a message/, true],
  ['a line that does not say when it arrived', answer('FilterLogEvents', (read) => ({ events: [{ ...read().events[0], ingestionTime: undefined }] })), 'log.late', /does not say/, 'not tried'],
  ['an alarm that is missing', ({ alarms }) => alarms.delete('zoho/desk/token-life'), 'alarm.there', /none \(zoho\/desk\/token-life\)/, true],
  ['an alarm without actions', within('heartbeat', { OKActions: [] }), 'alarm.actions', /1 for ALARM, 0 for OK \(zoho\/refresher\/heartbeat\)/, true],
  ['an alarm with disabled actions', within('heartbeat', { ActionsEnabled: false }), 'alarm.enabled', /disabled ones \(zoho\/refresher\/heartbeat\)/, true],
  ['an alarm that speaks because nothing ticks', [answer('FilterLogEvents', () => ({})), within('heartbeat', { StateValue: 'ALARM' })], 'alarm.fill', /no tick was seen/, 'not tried'],
  ['an alarm that publishes to a topic that is gone', within('heartbeat', { AlarmActions: ['arn:aws:sns:x:1:canary-gone'] }), 'topic.policy', /found no topic \(canary-gone\)/, true],
  ['a topic whose policy only denies', within('topic', onlyDenies), 'topic.policy', /expected a statement .*, found none/, true],
  ['a topic whose policy only denies, by trying', within('topic', onlyDenies), 'deliver.alarm', /nothing in 90 s/, true],
  ['a policy for another topic', ({ topic }) => set(topic, { Policy: topic.Policy.replaceAll('"Resource":"*"', '"Resource":"arn:aws:sns:x:1:other"') }), 'topic.policy', /found none/, true],
  ['a policy for one alarm alone', ({ topic }) => set(topic, { Policy: topic.Policy.replaceAll('alarm:zoho/*', 'alarm:zoho/refresher/*') }), 'topic.policy', /found none/, true],
  ['a policy that denies all but some', within('topic', { Policy: JSON.stringify({ Statement: [deniesAllBut] }) }), 'topic.policy', /not known here/, 'not tried'],
  ["a topic under AWS's own key", within('topic', { KmsMasterKeyId: 'alias/aws/sns' }), 'topic.key', /one of AWS's own/, true],
  ['a key without the statement', [within('topic', withKey), answer('GetKeyPolicy', () => ({}))], 'topic.key', /found none/, true],
  ['a key that is disabled', [within('topic', withKey), answer('DescribeKey', () => ({ KeyMetadata: { Enabled: false } }))], 'topic.key', /a key that is enabled, found none/, true],
  ['a key that cannot be read', [within('topic', { ...withKey, ...onlyDenies }), refuse('DescribeKey', 'AccessDeniedException')], 'topic.policy', /found none/, true],
  ['a subscription that is pending', ({ topic }) => topic.subscriptions.push(pending), 'subscription.confirmed', /1 confirmed, 1 pending/, true],
  ['subscriptions that cannot be read', [refuse('GetSubscriptionAttributes', 'AuthorizationError'), ({ topic }) => topic.subscriptions.push(pending)], 'subscription.confirmed', /1 pending/, true],
  ['a filter policy', ({ topic }) => set(topic.subscriptions[0] ?? {}, { filter: { severity: ['critical'] } }), 'subscription.filter', /1 of 1 subscriptions/, true],
  ['a label that somebody attached', attachLabel, 'secret.labels', /also MINE \(zoho\/desk\/token\)/, true],
  ['one secret of eight that cannot be read', refuse('DescribeSecret', 'AccessDeniedException', 'zoho/desk/credentials'), 'secret.labels', /^AccessDeniedException \(zoho\/desk\/credentials\); 7 of 8 as documented/, 'not tried'],
  ['a role that may read credentials', allow('GetSecretValue zoho/desk/credentials'), 'role.credentials', /allowed \(canary-orders-app on zoho\/desk\/credentials\)/, true],
  ['a role that may write', allow('UpdateSecret zoho/desk/token'), 'role.writes', /UpdateSecret allowed/, true],
  ["a role that may read another's token", allow('GetSecretValue zoho/salesiq/token'), 'role.other_tokens', /allowed/, false],
  ['a role that hangs on a condition', answer('SimulatePrincipalPolicy', withConditions), 'role.writes', /hangs on a condition/, 'not tried'],
  ['a label that moves AWSPREVIOUS', answer('PutSecretValue', takePreviousAlong), 'label.previous', /it moved/, false],
  ['two writers who both win', answer('PutSecretValue', bothWin), 'race.one_writer', /100 times won\/won/, true],
  ['races that are throttled', answer('PutSecretValue', throttleRaces), 'race.one_writer', /no race came to an end/, 'not tried'],
  ['a heartbeat alarm that sleeps', (played) => set(played, { silentMinutes: 19 }), 'dead_man.minutes', /expected at most 15 minutes, found \d\d\.\d minutes/, true],
  ['a token that ends too soon', (played) => set(played, { now: Date.now() + 35 * 60_000 }), 'dead_man.minutes', /the token of salesiq ends within 30 minutes/, 'not tried'],
  ['credentials that end too soon', endCredentials, 'dead_man.minutes', /your credentials end within 30 minutes: sign in again/, 'not tried'],
  ['an incident before the schedule is disabled', openIncident, 'dead_man.minutes', /desk has an open incident/, 'not tried'],
  ['an alarm that speaks before the schedule is disabled', within('heartbeat', { StateValue: 'ALARM' }), 'dead_man.minutes', /a heartbeat alarm in state OK/, 'not tried'],
];

test.each(planted)('finds and names %s', async (_name, plant, id, says, outcome) => {
  const deployment = await openDeployment();
  for (const each of [plant].flat()) each(deployment.played);
  const { settled } = assumptions.get(id) ?? {};
  const isLive = settled === 'live' || settled === 'dead man';
  const lines = await deployment.run(isLive ? everything : { roles: [appRole] });
  expect(lines.find((each) => each.id === id)).toMatchObject({
    outcome: outcome === 'not tried' ? outcome : 'differs',
    breaksPromise: outcome === true,
    says: expect.stringMatching(says),
  });
  const isScheduleLeftAlone = id === 'dead_man.minutes' && outcome === 'not tried';
  if (isScheduleLeftAlone) expect(deployment.operations).not.toContain('UpdateSchedule');
});

describe('what is tried in earnest leaves nothing behind and the schedule enabled', () => {
  /** Runs it with Ctrl-C before the command of that number, or with the answer to that command lost. */
  async function runInto(trouble: 'Ctrl-C' | 'a lost answer', number: number): Promise<readonly string[]> {
    const played = playAccount(connections);
    const deployed = await findDeployed(played.account, 'zoho-token-refresher');
    const [operations, left]: [string[], string[]] = [[], []];
    const scratch = new Set<string>();
    const interrupts = new AbortController();
    const stop = { signal: interrupts.signal };
    const hear: Hear = ({ operation, input, status }) => {
      if (operation === 'CreateSecret') scratch.add(Object(input).Name);
      if (operation === 'DeleteSecret' && status === 200) scratch.delete(Object(input).SecretId);
      if (operations.push(operation) !== number + 1 || trouble === 'Ctrl-C') return;
      throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
    };
    overhear(played.account, hear, () => {
      if (trouble === 'Ctrl-C' && operations.length >= number) interrupts.abort();
      throwIfStopped(stop);
    });
    const there = () => {
      const { schedule, topic, queues } = played;
      return structuredClone({ schedule, topic, queues, scratch, left });
    };
    const before = there();
    const trying = verifyLive({ ...subjectOf(played), ...played.account, ...deployed, stop }, true, left);
    await trying.catch((fault) => expect(fault).toBeInstanceOf(Stopped));
    expect(there(), `${number}: ${operations[number]}`).toMatchObject(before);
    const { StateValue, StateReason } = played.heartbeat;
    expect(StateValue === 'OK' || StateReason === 'silence', `${number}: ${operations[number]}`).toBe(true);
    return operations;
  }

  test.each(['Ctrl-C', 'a lost answer'] as const)('with %s at every step', async (trouble) => {
    const operations = await runInto(trouble, Number.POSITIVE_INFINITY);
    // Of the hundred races the first and the last stand for all.
    const lastRace = operations.lastIndexOf('DeleteSecret') - 4;
    const steps = operations.map((_, number) => number).filter((number) => number < 20 || number > lastRace);
    expect(new Set(steps.map((number) => operations[number]))).toEqual(new Set(operations));
    for (const number of steps) await runInto(trouble, number);
  });
});

test('--live enables a schedule that was left disabled before anything else, and says if it cannot', async () => {
  const deployment = await openDeployment();
  set(deployment.played.schedule, leftDisabled);
  const lines = await deployment.run({ roles: [], live: { hasDeadMan: false } });
  expect(deployment.played.schedule).toMatchObject({ State: 'ENABLED', Description: 'x' });
  expect(deployment.operations.indexOf('UpdateSchedule')).toBeLessThan(5);
  expect(lines.find(({ id }) => id === 'schedule.enabled')?.outcome).toBe('as documented');
  set(deployment.played.schedule, leftDisabled);
  refuse('UpdateSchedule', 'AccessDeniedException')(deployment.played);
  await deployment.run({ roles: [], live: { hasDeadMan: false } });
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
  const hopeless = createCleanup();
  hopeless.add('enable the schedule: by hand', () => Promise.reject(new Error('no')));
  expect(await hopeless.run({ say: () => undefined, wait })).toEqual(['enable the schedule: by hand (Error)']);
});

test('the transcript holds no secret, id, name or address, can be read, and replaces no other file', async () => {
  const { run, secrets, transcript, played } = await openDeployment();
  played.topic.subscriptions.push(pending);
  allow('GetSecretValue zoho/desk/credentials')(played);
  const lines = await run();
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  const [theirs, own] = [join(folder, 'notes.txt'), join(folder, 'verify.txt')];
  expect(saveTranscript(checkFile(own), lines, transcript).isSaved).toBe(true);
  const text = readFileSync(checkFile(own), 'utf8');
  writeFileSync(theirs, 'notes');
  expect(() => checkFile(theirs)).toThrow(/exists and is not a transcript/);
  expect(() => checkFile(join(folder, 'no', 'folder'))).toThrow(/cannot be written/);
  expect(saveTranscript(folder, lines, transcript).isSaved).toBe(false);
  rmSync(folder, { recursive: true });
  const settings = connections.flatMap(({ settings: all }) => Object.values(all));
  const versions = names.map((name) => played.store.get(`zoho/${name}/token`, undefined, undefined).versionId);
  expect(searchForSecrets([text], [...secrets, ...versions])).toBeUndefined();
  for (const known of [...settings, played.accountId, 'canary', 'acme', ...names.map((name) => `zoho/${name}`)])
    expect(text).not.toContain(known);
  expect(text).toMatch(/differs: subscription.confirmed: .* 1 confirmed, 1 pending \(\(topic\)\)/);
  expect(text).toContain('"errorCode":"INVALID_OAUTH","message":"The OAuth Token you provided is invalid."');
  expect(text).toMatch(/GET desk\.zoho\.in \/api\/v1\/departments\?limit=1 -> 401; content-type: application\/json/);
  expect(text).toMatch(/POST secrets PutSecretValue -> 200/);
  expect(text).toMatch(/"message":\{"_aws":\{"Timestamp":"\(number\)"\},"SecretPrefix":"\(text, 4 characters\)"/);
  expect(text.split('\n').length).toBeLessThan(500);
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
