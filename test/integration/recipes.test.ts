import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { offerStage } from '../../local/offer-stage.ts';
import { buildPackage } from '../package/built-package.ts';
import { newFolder } from '../support/new-folder.ts';
import { runProgram } from '../support/run-program.ts';
import { type BareStage, setBareStage } from '../support/stage.ts';
import { startExtension } from './client-extension-stand-in.ts';
import { type CallRecipe, startPython } from './recipes-program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const recipes = join(root, 'docs/recipes');
const departments = [{ id: '2782000000002013', name: 'Department 2782000000002013', isEnabled: true }];
let project: ReturnType<typeof buildPackage>;
let stage: BareStage;

/** The three connections of docs/connections.md, as it prints them. */
function documentedConnections(): string {
  const text = readFileSync(join(recipes, '../connections.md'), 'utf8');
  return /```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
}

/** Whether a program is on this machine and works. */
function has(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

beforeAll(() => {
  project = buildPackage();
  cpSync(recipes, join(project.folder, 'recipes'), { recursive: true });
}, 120_000);
afterAll(() => project?.remove());
beforeEach(async () => {
  // The recipes ask the machine's own clock whether a token lives.
  const where = { start: Date.now(), ignoresClocks: true, leadsAppsHere: true };
  stage = await setBareStage({ connectionsText: documentedConnections(), ...where });
  await stage.tick(new Date(stage.now()));
});
afterEach(() => stage.close());

/** What a recipe finds in its environment: the stand-ins in the place of AWS. */
const recipeVariables = () => ({
  AWS_REGION: 'ap-south-1',
  AWS_DEFAULT_REGION: 'ap-south-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: stage.secretsManager.url,
});

/** Calls the functions of a Node recipe, in this process. */
async function loadNode(recipe: string, more: Record<string, string> = {}): Promise<CallRecipe> {
  for (const [name, value] of Object.entries({ ...recipeVariables(), ...more })) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const functions = (await import(join(project.folder, 'recipes', recipe))) as Record<string, CallRecipe>;
  return async (name, ...values) => functions[name]?.(...(values as [string]));
}

/** The token that is stored for a connection. */
const storedToken = (connection: string) => stage.tokenOf(connection).access_token ?? '';

/** Zoho ends the tokens of these connections, and the refresher stores new ones with its next probe. */
async function replaceTokens(...connections: string[]): Promise<void> {
  for (const connection of connections) stage.zoho.killAccessToken(storedToken(connection));
  stage.pass(25);
  await stage.tick(new Date(stage.now()));
}

/** Runs the app of the guide, in whatever language, from the first chat to tokens that Zoho ends. */
async function playGuide(
  call: CallRecipe,
  names: { transfer: string; close: string; callback: string },
  endTokens: () => void | Promise<void>,
): Promise<void> {
  const zoho = stage.zoho;
  const chat = await call(names.transfer, 'Where is my order?', { user_id: 'visitor-1' });
  const department = { id: '2782000000002013' };
  expect(chat).toMatchObject({ question: 'Where is my order?', status: 'waiting', department });

  const listed = await fetch(`${zoho.url}/salesiq.zoho.in/api/v2/rtdsportal/conversations`, {
    headers: { Authorization: `Zoho-oauthtoken ${storedToken('salesiq')}` },
  });
  const { data } = (await listed.json()) as { data: [{ id: string }] };
  expect(await call(names.close, data[0].id)).toMatchObject({ status: 'closed' });
  const called = { departmentId: department.id, subject: 'Call back' };
  expect(await call(names.callback, '4000000012345', 'Call back')).toMatchObject(called);

  await endTokens();
  expect(await call(names.callback, '4000000012345', 'Again')).toMatchObject({ subject: 'Again' });
  const again = await call(names.transfer, 'And now?', { user_id: 'visitor-2' });
  expect(again).toMatchObject({ status: 'waiting' });
  const outcomes = zoho.requests.filter(({ kind }) => kind === 'operation').map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['ok', 'ok', 'ok', 'INVALID_OAUTH', 'ok', '1008', 'ok']);
}

test('Node: the app of the guide transfers, closes and calls back, also after Zoho ended its tokens', async () => {
  let readsBefore = 0;
  const names = { transfer: 'transferChat', close: 'closeChat', callback: 'createCallback' };
  await playGuide(await loadNode('node/zoho-app.mjs'), names, async () => {
    await replaceTokens('salesiq-visitor', 'desk');
    readsBefore = stage.secretsManager.calls.length;
  });
  expect(stage.secretsManager.calls.length - readsBefore).toBe(2);
});

const hasBoto3 = has('python3', '-c', 'import boto3');
test.skipIf(!hasBoto3)(
  'Python beside `npm start`: the same, led there by the exports alone, and asking the refresher itself (needs boto3)',
  async () => {
    const folder = newFolder();
    // The two files that docs/practice.md has people copy.
    for (const file of ['client/python/zoho_tokens.py', 'docs/recipes/python/zoho_app.py'])
      copyFileSync(join(root, file), join(folder, file.replace(/.*\//, '')));
    const offered = await offerStage(stage, { file: join(folder, 'private/store.json') });
    onTestFinished(() => offered.close());
    const env = { PATH: process.env.PATH ?? '', ...offered.variables };
    const call = startPython('zoho_app', { cwd: folder, env });
    const names = { transfer: 'transfer_chat', close: 'close_chat', callback: 'create_callback' };
    await playGuide(call, names, () => {
      // A token is not looked at twice in two minutes.
      stage.pass(3);
      for (const connection of ['salesiq-visitor', 'desk']) stage.zoho.killAccessToken(storedToken(connection));
    });
    const script = 'import zoho_app; t = zoho_app.desk.get(); print(t, vars(t), str(t.headers), [t.headers])';
    const { stdout } = await runProgram('python3', ['-B', '-c', script], { cwd: folder, env });
    expect(stdout).toContain('[secret]');
    expect(stdout).not.toContain(storedToken('desk'));
  },
);

test('Lambda with the extension: reads through the extension, and past it after a refusal', async () => {
  const extension = await startExtension(stage.secretsManager, 'session');
  onTestFinished(() => extension.close());
  const call = await loadNode('lambda-extension/index.mjs', {
    AWS_SESSION_TOKEN: 'session',
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: `${extension.port}`,
  });
  const seenBefore = stage.secretsManager.calls.length;
  expect(await call('handler')).toEqual({ status: 200, departments });
  expect([extension.answers, stage.secretsManager.calls.length]).toEqual([[200], seenBefore]);
  await replaceTokens('desk');
  expect(await call('handler')).toEqual({ status: 200, departments });
  // The extension still holds the dead one.
  expect(extension.answers).toEqual([200]);
});

test.skipIf(!has('aws', '--version') || !has('jq', '--version') || !has('curl', '--version'))(
  'shell: the one-liner lists the departments (needs aws, jq and curl)',
  async () => {
    const text = readFileSync(join(recipes, 'shell.md'), 'utf8');
    const line = /```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const env = { ...recipeVariables(), HOME: newFolder(), PATH: process.env.PATH ?? '' };
    const ran = await runProgram('bash', ['-c', `set -o pipefail\n${line}`], { env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({ data: departments });
  },
);

/**
 * EventBridge matches exact values: the token secrets and no credentials, new tokens and no records of the refresher.
 *
 * @see {@link https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html}
 */
test('the event pattern is of new tokens alone, and the document prints it', () => {
  const pattern: unknown = JSON.parse(readFileSync('docs/recipes/push/event-pattern.json', 'utf8'));
  expect(pattern).toEqual({
    source: ['aws.secretsmanager'],
    'detail-type': ['Secret Label Updated'],
    detail: { name: ['zoho/salesiq/token', 'zoho/desk/token'], labelUpdated: ['AWSCURRENT'] },
  });
  const text = readFileSync('docs/recipes/push.md', 'utf8');
  expect(JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '')).toEqual(pattern);
});
