import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTokenReader } from '../../client/index.ts';
import { makeReader } from '../../client/reader.ts';
import { createSecretsManagerSource } from '../../client/secrets-manager-source.ts';
import type { Stage } from '../../local/stage.ts';
import { buildPackage } from '../package/built-package.ts';
import { startExtension } from './client-extension-stand-in.ts';
import { secretsClientOf, setClientStage, storedToken, tickThrough, zohoOf } from './client-stage.ts';
import {
  nodeDriver,
  pythonDriver,
  type RecipeProgram,
  recipeVariables,
  runProgram,
  startProgram,
} from './recipes-program.ts';

const recipes = fileURLToPath(new URL('../../docs/recipes', import.meta.url));
const minute = 60_000;
let project: ReturnType<typeof buildPackage>;
let set: Awaited<ReturnType<typeof setClientStage>>;
let program: RecipeProgram | undefined;

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
  set = await setClientStage({ connectionsText: documentedConnections(), start: new Date() });
  await set.stage.tick(set.start);
});
afterEach(async () => {
  program?.close();
  program = undefined;
  await set.stage.close();
});

/** Runs the app of the guide, in whatever language, from the first chat to a token that Zoho ends. */
async function playGuide(app: RecipeProgram, names: { transfer: string; close: string; callback: string }) {
  const zoho = zohoOf(set.stage);
  const chat = await app.call(names.transfer, 'Where is my order?', { user_id: 'visitor-1' });
  expect(chat).toMatchObject({
    question: 'Where is my order?',
    status: 'waiting',
    department: { id: '2782000000002013' },
  });

  const listed = await fetch(`${zoho.url}/salesiq.zoho.in/api/v2/rtdsportal/conversations`, {
    headers: { Authorization: `Zoho-oauthtoken ${storedToken(set.stage, 'salesiq')}` },
  });
  const { data } = (await listed.json()) as { data: [{ id: string }] };
  expect(await app.call(names.close, data[0].id)).toMatchObject({ status: 'closed' });
  expect(await app.call(names.callback, '4000000012345', 'Call back')).toMatchObject({
    departmentId: '2782000000002013',
    subject: 'Call back',
  });

  // Zoho ends the tokens, and the refresher stores new ones.
  for (const connection of ['salesiq-visitor', 'desk'])
    zoho.killAccessToken(storedToken(set.stage, connection));
  const next = set.start.getTime() + 25 * minute;
  await tickThrough(set.stage, set.moveTo, next, next);
  const readsBefore = set.stage.secretsManager.calls.length;
  expect(await app.call(names.callback, '4000000012345', 'Again')).toMatchObject({ subject: 'Again' });
  expect(await app.call(names.transfer, 'And now?', { user_id: 'visitor-2' })).toMatchObject({
    status: 'waiting',
  });
  expect(set.stage.secretsManager.calls.length - readsBefore).toBe(2);
  const outcomes = zoho.requests.filter(({ kind }) => kind === 'operation').map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['ok', 'ok', 'ok', 'INVALID_OAUTH', 'ok', '1008', 'ok']);
}

test('Node: the app of the guide transfers, closes and calls back, also after Zoho ended its tokens', async () => {
  writeFileSync(join(project.folder, 'driver.mjs'), nodeDriver('./recipes/node/zoho-app.mjs'));
  program = startProgram(execPath, ['driver.mjs'], {
    cwd: project.folder,
    env: recipeVariables(set.stage),
  });
  await playGuide(program, { transfer: 'transferChat', close: 'closeChat', callback: 'createCallback' });
});

/** The reader lies beside the app, as its guide says: copied. */
function pythonVariables(stage: Stage): Record<string, string> {
  const reader = fileURLToPath(new URL('../../client/python', import.meta.url));
  return {
    ...recipeVariables(stage),
    PATH: env.PATH ?? '',
    PYTHONPATH: reader,
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

const hasBoto3 = has('python3', '-c', 'import boto3');
test.skipIf(!hasBoto3)(
  'Python: the app of the guide transfers, closes and calls back, also after Zoho ended its tokens (needs python3 and boto3)',
  async () => {
    program = startProgram('python3', ['-c', pythonDriver('zoho_app')], {
      cwd: join(recipes, 'python'),
      env: pythonVariables(set.stage),
    });
    await playGuide(program, { transfer: 'transfer_chat', close: 'close_chat', callback: 'create_callback' });
  },
);

test.skipIf(!hasBoto3)(
  'Python: a token and its headers show no secret when printed (needs python3 and boto3)',
  async () => {
    const script =
      'import zoho_app; t = zoho_app.desk.get(); print(t, vars(t), t.headers, str(t.headers), [t.headers])';
    const { stdout: printed } = await runProgram('python3', ['-c', script], {
      cwd: join(recipes, 'python'),
      env: pythonVariables(set.stage),
    });
    expect(printed).toContain('[secret]');
    expect(printed).not.toContain(storedToken(set.stage, 'desk'));
  },
);

test('ECS: a token that was injected at the start is dead after 61 minutes, the one that is read lives', async () => {
  const injected = storedToken(set.stage, 'desk');
  const reader = makeReader({
    subject: 'zoho/desk/token',
    source: createSecretsManagerSource('zoho/desk/token', secretsClientOf(set.stage)),
    requestRefresh: undefined,
    isRefused: undefined,
    surroundings: { now: set.stage.now, random: Math.random, wait: async () => undefined },
  });
  await reader.get();
  const from = set.start.getTime();
  await tickThrough(set.stage, set.moveTo, from + 5 * minute, from + 60 * minute);
  set.moveTo(from + 61 * minute);
  const zoho = zohoOf(set.stage);
  expect(zoho.isLive(injected)).toBe(false);
  expect(zoho.isLive((await reader.get()).accessToken)).toBe(true);
});

describe('Lambda with the extension', () => {
  test('reads through the extension, and past it after a refusal', async () => {
    const extension = await startExtension(set.stage.secretsManager, 'session');
    try {
      writeFileSync(join(project.folder, 'driver.mjs'), nodeDriver('./recipes/lambda-extension/index.mjs'));
      program = startProgram(execPath, ['driver.mjs'], {
        cwd: project.folder,
        env: {
          ...recipeVariables(set.stage),
          AWS_SESSION_TOKEN: 'session',
          PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: `${extension.port}`,
        },
      });
      const departments = [{ id: '2782000000002013', name: 'Department 2782000000002013', isEnabled: true }];
      const seenBefore = set.stage.secretsManager.calls.length;
      expect(await program.call('handler')).toEqual({ status: 200, departments });
      expect(extension.answers).toEqual([200]);
      expect(set.stage.secretsManager.calls.length).toBe(seenBefore);

      zohoOf(set.stage).killAccessToken(storedToken(set.stage, 'desk'));
      const next = set.start.getTime() + 25 * minute;
      await tickThrough(set.stage, set.moveTo, next, next);
      expect(await program.call('handler')).toEqual({ status: 200, departments });
      // The extension still holds the dead one.
      expect(extension.answers).toEqual([200]);
    } finally {
      await extension.close();
    }
  });
});

test.skipIf(!has('aws', '--version') || !has('jq', '--version') || !has('curl', '--version'))(
  'shell: the one-liner lists the departments (needs aws, jq and curl)',
  async () => {
    const text = readFileSync(join(recipes, 'shell.md'), 'utf8');
    const line = /```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'zoho-recipe-'));
    try {
      const { stdout, stderr, status } = await runProgram('bash', ['-c', `set -o pipefail\n${line}`], {
        env: { ...recipeVariables(set.stage), HOME: folder, PATH: env.PATH ?? '' },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual({
        data: [{ id: '2782000000002013', name: 'Department 2782000000002013', isEnabled: true }],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test('the documents name connections and options that exist', () => {
  expect(() => createTokenReader({ connection: 'desk', source: 'extension' })).not.toThrow();
  expect(set.stage.connections.map(({ name }) => name)).toEqual(['salesiq', 'salesiq-visitor', 'desk']);
});
